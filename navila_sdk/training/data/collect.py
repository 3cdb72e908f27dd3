"""Walks episodes and writes shards: shortest ways, ways with slips, and ways a model went; many at once, resumable.

What is drawn depends on seed and shard number alone, so a broken run goes on where it was, whatever the number of
processes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

import attrs
import numpy as np
from numpy.typing import NDArray

from navila_sdk.actions import Action, Stop
from navila_sdk.embodiment import Embodiment
from navila_sdk.errors import DataError, NavilaError
from navila_sdk.evaluation.episodes import EvalEpisode
from navila_sdk.grammar import Unparsed, parse_action
from navila_sdk.observation import Observation
from navila_sdk.scenes.scene import Scene
from navila_sdk.training.data.bodies import CameraSpread, varied
from navila_sdk.training.data.course import Ahead
from navila_sdk.training.data.guided import Guided, body_grid
from navila_sdk.training.data.shards import Track, write_shard
from navila_sdk.vla.sentences import TRAINED
from navila_sdk.world import Driver, Placeable, WorldRecord, WorldRequest

MOST_STEPS = 100
_STUCK_AFTER = 6


class Chooser(Protocol):
    """Chooses actions for many episodes at once: a model under training."""

    def start(self, instructions: Sequence[str]) -> None:
        """Begin as many episodes."""
        ...

    def choose(self, which: Sequence[int], seen: Sequence[Observation]) -> list[Action | None]:
        """Return actions of some of the episodes for what they see now; None has the oracle decide."""
        ...


@attrs.frozen(slots=True, kw_only=True)
class CollectSettings:
    """What is collected.

    Attributes:
        slips: Shares of episodes walked without slips, with few, with many.
        slip_rates: How often each of those takes a random action instead of the oracle's.
        beta: With a model: how often the oracle's action is taken all the same (DAgger's mixing).
        size_px: Width and height of the frames.
        spread: How far the cameras differ.
    """

    slips: tuple[float, float, float] = (0.4, 0.35, 0.25)
    slip_rates: tuple[float, float, float] = (0.0, 0.12, 0.3)
    beta: float = 0.25
    size_px: tuple[int, int] = (64, 48)
    spread: CameraSpread = attrs.field(factory=CameraSpread)


@attrs.define(slots=True)
class _Walk:
    guided: Guided
    body: Embodiment
    scene: Scene
    frames: list[NDArray[np.uint8]] = attrs.field(factory=list["NDArray[np.uint8]"])
    labels: list[str] = attrs.field(factory=list[str])
    taken: list[str] = attrs.field(factory=list[str])
    left_m: list[float] = attrs.field(factory=list[float])
    rooms: list[str] = attrs.field(factory=list[str])
    seen: list[tuple[tuple[int, int, int], ...]] = attrs.field(factory=list["tuple[tuple[int, int, int], ...]"])
    ahead: list[Ahead] = attrs.field(factory=list[Ahead])
    view: Observation | None = None
    still: int = 0
    over: bool = False

    def track(self) -> Track:
        episode = self.guided.episode
        return Track(
            episode.episode_id,
            episode.scene,
            episode.instruction,
            self.body.name,
            episode.tier,
            tuple(self.labels),
            tuple(self.taken),
            tuple(self.left_m),
            tuple(self.rooms),
            tuple(thing.name for thing in self.scene.objects),
            tuple(self.seen),
            tuple(self.ahead),
        )


class Collector:
    """Walks episodes of one scene after another.

    Args:
        world: Takes the pictures.
        bodies: Through whose eyes; each episode draws one.
        settings: What is collected.
        seed: Of everything drawn.
    """

    def __init__(
        self, world: WorldRecord, bodies: Sequence[Embodiment], settings: CollectSettings, seed: int = 0
    ) -> None:
        self._world, self._bodies, self._settings, self._seed = world, bodies, settings, seed
        self.left_out: list[tuple[str, str]] = []
        self._random_actions = [action for text in TRAINED if not isinstance(action := _parsed(text), Stop)]

    def walked(
        self, episodes: Sequence[EvalEpisode], number: int, chooser: Chooser | None = None
    ) -> list[tuple[Track, list[NDArray[np.uint8]]]]:
        """Return episodes as they were walked, with their frames; ``left_out`` says which couldn't be, and why.

        Args:
            episodes: What to walk.
            number: Sets the draws apart from other calls'.
            chooser: Who decides; the oracle with slips where it isn't given.
        """
        random = np.random.default_rng([self._seed, number])
        walks = [walk for episode in episodes if (walk := self._begun(episode, random)) is not None]
        if chooser is None:
            for walk in walks:
                rate = float(random.choice(self._settings.slip_rates, p=self._settings.slips))
                while self._looked(walk):
                    self._take(walk, self._slipped(walk, rate, random))
        else:
            self._with(chooser, walks, random)
        return [(walk.track(), walk.frames) for walk in walks if walk.frames]

    def _begun(self, episode: EvalEpisode, random: np.random.Generator) -> _Walk | None:
        body = self._bodies[int(random.integers(len(self._bodies)))]
        body = varied(body, self._settings.spread, self._settings.size_px, random)
        try:
            scene = episode.place()
            driver = self._world.make(WorldRequest(body, scene=scene))
            guided = Guided(episode, scene, body, _placeable(driver, self._world.name), body_grid(scene, body))
        except DataError:
            raise
        except NavilaError as error:
            self.left_out.append((episode.episode_id, str(error)))
            return None
        return _Walk(guided, body, scene)

    def _looked(self, walk: _Walk) -> bool:
        """Take in what is seen and advised; return whether the episode goes on."""
        advice = None if len(walk.frames) >= MOST_STEPS or walk.over else walk.guided.advice()
        if advice is None:
            walk.over = True
            return False
        observation = walk.view = walk.guided.look()
        pose = walk.guided.pose
        room = walk.scene.room_at(pose.x_m, pose.y_m)
        walk.frames.append(observation.rgb)
        walk.labels.append(str(advice))
        walk.left_m.append(round(walk.guided.left_m(), 2))
        walk.ahead.append(walk.guided.ahead())
        walk.rooms.append(room.name if room else "")
        walk.seen.append(
            tuple(
                (s.index, round(np.degrees(s.bearing_rad)), round(100 * s.distance_m))
                for s in walk.guided.seen(observation)
            )
        )
        return True

    def _take(self, walk: _Walk, action: Action) -> None:
        walk.taken.append(str(action))
        if isinstance(action, Stop):
            walk.over = True
            return
        walk.still = 0 if walk.guided.take(action) else walk.still + 1
        walk.over = walk.still >= _STUCK_AFTER

    def _slipped(self, walk: _Walk, rate: float, random: np.random.Generator) -> Action:
        advice = _parsed(walk.labels[-1])
        if random.uniform() >= rate:
            return advice
        if isinstance(advice, Stop) and random.uniform() < 0.5:
            return advice
        return self._random_actions[int(random.integers(len(self._random_actions)))]

    def _with(self, chooser: Chooser, walks: Sequence[_Walk], random: np.random.Generator) -> None:
        chooser.start([walk.guided.episode.instruction for walk in walks])
        going = list(range(len(walks)))
        while going := [index for index in going if self._looked(walks[index])]:
            views = [view for index in going if (view := walks[index].view) is not None]
            chosen = chooser.choose(going, views)
            for index, action in zip(going, chosen, strict=True):
                advice = _parsed(walks[index].labels[-1])
                # A stop that comes too early would end the lesson; the oracle leads on instead.
                led = random.uniform() < self._settings.beta
                early = isinstance(action, Stop) and not isinstance(advice, Stop)
                self._take(walks[index], advice if action is None or led or early else action)


def _placeable(driver: Driver, world: str) -> Placeable:
    if isinstance(driver, Placeable):
        return driver
    raise DataError(
        f"the world {world!r} can't place its body at once, which taking labelled pictures needs; take another world"
    )


def _parsed(text: str) -> Action:
    action = parse_action(text)
    assert not isinstance(action, Unparsed)
    return action


def collect(
    out: Path,
    shards: Sequence[int],
    episodes_of: Callable[[int], Sequence[EvalEpisode]],
    collector: Collector,
    chooser: Chooser | None = None,
) -> Iterator[tuple[int, int]]:
    """Write shards that aren't there yet; yields (number, frames) after each.

    Args:
        out: Where they go, a folder each.
        shards: Their numbers.
        episodes_of: A shard's episodes.
        collector: Walks them.
        chooser: Who decides; the oracle with slips where it isn't given.
    """
    for number in shards:
        folder = out / f"shard-{number:06d}"
        if (folder / "tracks.jsonl").is_file():
            continue
        collector.left_out.clear()
        walked = collector.walked(episodes_of(number), number, chooser)
        write_shard(folder, walked, collector.left_out)
        yield number, sum(len(frames) for _, frames in walked)
