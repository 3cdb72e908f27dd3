"""The splits: train, val-seen (train's apartments, other ways) and val-unseen (new layouts, looks, furniture, words).

The two val splits are files shipped with the package, so that they never change; train is drawn on demand.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import attrs

from navila_sdk.errors import UnknownNameError
from navila_sdk.evaluation.apartments.draw import TIERS, Drawer
from navila_sdk.evaluation.episodes import EvalEpisode
from navila_sdk.scenes.dice import Dice
from navila_sdk.scenes.load import load_scene
from navila_sdk.scenes.scene import Scene

VERSION = "1"
TRAIN_LOOKS = ("plain", "warm", "cool", "sand", "rose", "bright", "dim")
UNSEEN_LOOKS = ("mint", "dusk", "lilac")
UNSEEN_SEEDS_FROM = 1_000_000
_SEEN_SALT, _UNSEEN_SALT, _TRAIN_SALT = 7_000_000_000, 8_000_000_000, 9_000_000_000
SEEN_EPISODES, UNSEEN_EPISODES = 300, 600

# Colour and noun that never occur together in train.
HELD_OUT = frozenset({"purple ball", "green pillar", "teal armchair", "navy sofa"})


@attrs.frozen(slots=True)
class ApartmentBenchmark:
    """Generated apartments; see the module."""

    name: str = "apartments"
    version: str = VERSION
    splits: tuple[str, ...] = ("val-unseen", "val-seen", "train")
    summary: str = "instructions in R2R's manner in generated apartments; train is drawn on demand, and not counted"

    @property
    def counts(self) -> dict[str, int]:
        """How many episodes the splits hold whose files come along."""
        return {"val-unseen": UNSEEN_EPISODES, "val-seen": SEEN_EPISODES}

    def episodes(self, split: str) -> Sequence[EvalEpisode]:
        """Return a split's episodes; of train, those of its first 500 apartments.

        Raises:
            UnknownNameError: No such split.
        """
        if split not in self.splits:
            raise UnknownNameError("split", split, self.splits)
        if split == "train":
            return [episode for seed in range(500) for episode in train_episodes(seed)]
        from navila_sdk.evaluation.file import read_episodes

        return read_episodes(Path(__file__).with_name(f"{split}.json.gz"))


def train_scene(seed: int) -> tuple[str, Scene] | None:
    """Return a train apartment and its spec; None where it holds what train must not."""
    spec = f"apartment:{seed}:{TRAIN_LOOKS[seed % len(TRAIN_LOOKS)]}"
    scene = load_scene(spec)
    return None if any(thing.name in HELD_OUT for thing in scene.objects) else (spec, scene)


def train_episodes(seed: int, rounds: int = 1) -> list[EvalEpisode]:
    """Return a train apartment's episodes: one of each tier a round; empty where the apartment is left out.

    Args:
        seed: The apartment, below 1 000 000.
        rounds: How many of each tier.

    Raises:
        ValueError: The seed is one of val-unseen's.
    """
    if not 0 <= seed < UNSEEN_SEEDS_FROM:
        raise ValueError(f"train's apartments have seeds from 0 to {UNSEEN_SEEDS_FROM - 1}; got {seed}")
    found = train_scene(seed)
    if found is None:
        return []
    return list(_drawn(found, seed, _TRAIN_SALT, "train", rounds, held_out=False))


def _drawn(
    found: tuple[str, Scene], seed: int, salt: int, split: str, rounds: int, *, held_out: bool
) -> Iterator[EvalEpisode]:
    spec, scene = found
    drawer = Drawer(scene, spec)
    for turn in range(rounds):
        for number, tier in enumerate(TIERS):
            dice = Dice(salt + seed * 1000 + turn * len(TIERS) + number)
            name = f"{seed}-{turn}-{tier.name}"
            episode = drawer.draw(tier, dice, name, split, held_out=held_out)
            if episode is not None:
                yield episode


def make_val_seen(count: int = SEEN_EPISODES) -> list[EvalEpisode]:
    """Return the val-seen split as it was made for its file."""
    return _collected((train_scene(seed), seed, _SEEN_SALT, "val-seen", False) for seed in range(count))[:count]


def make_val_unseen(count: int = UNSEEN_EPISODES) -> list[EvalEpisode]:
    """Return the val-unseen split as it was made for its file: each apartment holds something train never has."""
    return _collected(
        (_unseen_scene(seed), seed, _UNSEEN_SALT, "val-unseen", True)
        for seed in range(UNSEEN_SEEDS_FROM, UNSEEN_SEEDS_FROM + 10 * count)
    )[:count]


def _unseen_scene(seed: int) -> tuple[str, Scene] | None:
    spec = f"apartment:{seed}:{UNSEEN_LOOKS[seed % len(UNSEEN_LOOKS)]}"
    scene = load_scene(spec)
    return (spec, scene) if any(thing.name in HELD_OUT for thing in scene.objects) else None


def _collected(rows: Iterator[tuple[tuple[str, Scene] | None, int, int, str, bool]]) -> list[EvalEpisode]:
    limit = {"val-seen": SEEN_EPISODES, "val-unseen": UNSEEN_EPISODES}
    found: list[EvalEpisode] = []
    for place, seed, salt, split, held_out in rows:
        if place is not None:
            found += _drawn(place, seed, salt, split, 1, held_out=held_out)
        if len(found) >= limit[split]:
            break
    return found
