"""The same unseen episodes where every doorway has a sill and boards lie about: what legs have to see, plans don't."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import attrs

from navila_sdk.evaluation.apartments.benchmark import ApartmentBenchmark
from navila_sdk.evaluation.episodes import EvalEpisode
from navila_sdk.scenes.uneven import MOST_CM, RISE_CM
from navila_sdk.strict import read_options, within

_VERSION = "1"


@attrs.frozen(slots=True, kw_only=True)
class UnevenOptions:
    """What can be set (``[benchmarks.apartments-uneven]``).

    Attributes:
        rise_cm: Height of the sills; boards are as high at most.
    """

    rise_cm: float = attrs.field(default=RISE_CM, validator=within(1.0, MOST_CM, "centimetres"))


@attrs.frozen(slots=True)
class UnevenBenchmark:
    """Episodes of ``apartments`` on floors that aren't flat; meant for bodies with legs, in physics."""

    name: str = "apartments-uneven"
    splits: tuple[str, ...] = ("val-unseen", "val-seen")
    options: UnevenOptions = attrs.field(factory=UnevenOptions)
    summary: str = "apartments with a sill in every doorway and boards on the floor; for legs, in physics"

    @property
    def counts(self) -> dict[str, int]:
        """How many episodes the splits hold."""
        return ApartmentBenchmark().counts

    @property
    def version(self) -> str:
        """Of the episodes and of what lies on the floor; sills of another height are another benchmark."""
        return f"{ApartmentBenchmark().version}.{_VERSION}-{self.options.rise_cm:g}cm"

    def configured(self, options: Mapping[str, Any]) -> UnevenBenchmark:
        """Return the benchmark as its options say.

        Raises:
            ConfigError: An option doesn't fit.
        """
        return attrs.evolve(self, options=read_options(UnevenOptions, options, f"benchmarks.{self.name}"))

    def episodes(self, split: str) -> Sequence[EvalEpisode]:
        """Return a split's episodes.

        Raises:
            UnknownNameError: No such split.
        """
        floor = f":uneven:{self.options.rise_cm:g}"
        return [
            attrs.evolve(episode, scene=f"{episode.scene}{floor}") for episode in ApartmentBenchmark().episodes(split)
        ]
