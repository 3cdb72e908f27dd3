"""Which episodes are run, in which order, and each one's seed; none of it depends on how they are run."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence

import attrs

from navila_sdk.errors import EvaluationError, UnknownNameError
from navila_sdk.evaluation.episodes import Benchmark, EvalEpisode
from navila_sdk.evaluation.row import EpisodeRow


@attrs.frozen(slots=True)
class Held:
    """A benchmark whose episodes are drawn or read once, however often they are asked for."""

    benchmark: Benchmark
    _found: dict[str, tuple[EvalEpisode, ...]] = attrs.field(factory=dict[str, tuple[EvalEpisode, ...]], init=False)

    @property
    def name(self) -> str:
        """As users ask for it."""
        return self.benchmark.name

    @property
    def version(self) -> str:
        """The benchmark's version."""
        return self.benchmark.version

    @property
    def splits(self) -> Sequence[str]:
        """Its splits, the default one first."""
        return tuple(self.benchmark.splits)

    @property
    def exports(self) -> Mapping[str, Callable[[str, Sequence[EpisodeRow]], Mapping[str, str]]]:
        """The forms the benchmark itself offers results in; empty where it offers none."""
        return getattr(self.benchmark, "exports", {})

    def episodes(self, split: str) -> tuple[EvalEpisode, ...]:
        """Return a split's episodes; raises as the benchmark does."""
        if split not in self._found:
            self._found[split] = tuple(self.benchmark.episodes(split))
        return self._found[split]


@attrs.frozen(slots=True)
class Part:
    """One machine's share of an evaluation: every ``of``-th episode, from the ``number``-th on.

    Attributes:
        number: Which part, from 1.
        of: How many there are.
    """

    number: int
    of: int

    @classmethod
    def parse(cls, text: str) -> Part:
        """Return the part that ``2/4`` means.

        Raises:
            EvaluationError: It means none.
        """
        number, slash, of = text.partition("/")
        if not (slash and number.isdecimal() and of.isdecimal() and 1 <= int(number) <= int(of)):
            raise EvaluationError(f"a part is K/N with K from 1 to N, such as 2/4; got {text[:40]!r}")
        return cls(int(number), int(of))

    def __str__(self) -> str:
        return f"{self.number}/{self.of}"


def chosen_episodes(
    benchmark: Benchmark,
    split: str | None = None,
    tier: str | None = None,
    count: int | None = None,
    part: Part | None = None,
) -> tuple[EvalEpisode, ...]:
    """Return the first ``count`` episodes in a fixed shuffled order, so that every few hold every tier.

    Args:
        benchmark: The benchmark.
        split: One of its splits; None is the first.
        tier: Only this tier; None is all.
        count: How many; None is all.
        part: One machine's share of those; None is all.

    Raises:
        UnknownNameError: No such split or tier.
        EvaluationError: ``count`` isn't at least 1, the split is empty, or nothing is left for this part.
    """
    if count is not None and count < 1:
        raise EvaluationError(f"at least one episode must be run; got --episodes {count}")
    split = checked_split(benchmark, split)
    episodes = benchmark.episodes(split)
    if not episodes:
        raise EvaluationError(f"the split {split!r} of {benchmark.name} holds no episodes")
    if tier is not None:
        tiers = sorted({episode.tier for episode in episodes})
        if tier not in tiers:
            raise UnknownNameError("tier", tier, [name for name in tiers if name])
        episodes = [episode for episode in episodes if episode.tier == tier]
    name = f"{benchmark.name}/{split}"
    shuffled = sorted(episodes, key=lambda episode: hashlib.sha256(f"{name}/{episode.episode_id}".encode()).digest())
    chosen = tuple(shuffled[:count])
    mine = chosen if part is None else chosen[part.number - 1 :: part.of]
    if not mine:
        raise EvaluationError(f"part {part} is empty: there are only {len(chosen)} episodes")
    return mine


def checked_split(benchmark: Benchmark, split: str | None) -> str:
    """Return the split's name; the benchmark's first where None is given.

    Raises:
        UnknownNameError: No such split.
    """
    splits = tuple(benchmark.splits)
    if split is None:
        return splits[0]
    if split not in splits:
        raise UnknownNameError("split", split, splits)
    return split


def episode_seed(seed: int, episode_id: str) -> int:
    """Return the seed of planner and world in one episode: 0 to 2**31 - 1, the same wherever it runs."""
    return int.from_bytes(hashlib.sha256(f"{seed}/{episode_id}".encode()).digest()[:4], "big") >> 1
