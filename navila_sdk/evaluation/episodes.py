"""What an evaluation runs: an episode says where to start, what is asked and where that leads.

Benchmarks give them by split. The same episode runs with any planner, any body and any fidelity.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import Any, Protocol

import attrs

from navila_sdk.errors import EvaluationError
from navila_sdk.geometry import Pose2
from navila_sdk.scenes.load import load_scene
from navila_sdk.scenes.scene import Errand, Scene

Point = tuple[float, float]
AGENT_RADIUS_M = 0.30
"""Geodesic distances of episodes and metrics are those of a body this wide, without any margin."""

FLAT_M = 0.5
"""A way that climbs more leaves its floor."""

FARTHEST_M = 2000.0
"""A described way is cut into steps of 25 cm; a longer one is a slip of the file, and would fill the memory."""


@attrs.frozen(slots=True, kw_only=True)
class EvalEpisode:
    """One instruction at one place.

    Attributes:
        episode_id: Unique within its benchmark.
        split: Which part of the benchmark it belongs to.
        tier: How hard it is ("easy", "medium", "long"); benchmarks without tiers leave it empty.
        scene: As ``load_scene`` takes it.
        instruction: What is asked.
        start: Where the robot begins, in the scene.
        goal_m: Where the instruction leads, in the scene.
        reference_path_m: The way the instruction describes, start and goal included; nDTW compares with it.
        geodesic_m: Length of the shortest way from start to goal; None has it found in the scene.
        climb_m: How far apart the way's lowest and highest points are; scenes have one floor, so none goes far.
        fault: Why it can't be run, where its record is unsound; it's then a failed row that says so.
        goalless: Whether nobody tells where the goal is, as in a leaderboard's test split: the start stands for it, and
            whatever is measured by the goal is undefined.
    """

    episode_id: str
    split: str
    scene: str
    instruction: str
    start: Pose2
    goal_m: Point
    reference_path_m: tuple[Point, ...]
    geodesic_m: float | None
    tier: str = ""
    climb_m: float = 0.0
    fault: str = ""
    goalless: bool = False

    @property
    def shortest_m(self) -> float | None:
        """Length of the shortest way as far as the episode itself knows: that of the described way, if it must."""
        if self.fault:
            return None
        if self.geodesic_m is not None:
            return self.geodesic_m
        return self._described_m

    @property
    def _described_m(self) -> float:
        return sum(math.dist(a, b) for a, b in itertools.pairwise(self.reference_path_m))

    def place(self) -> Scene:
        """Return the scene with the robot at this episode's start and this episode as its only errand.

        Raises:
            EvaluationError: The episode is unsound, or its way leads over stairs.
            NavilaError: The scene can't be had.
        """
        if self.fault:
            raise EvaluationError(f"episode {self.episode_id!r} is unsound: {self.fault}")
        if (way_m := self._described_m) > FARTHEST_M:
            raise EvaluationError(
                f"episode {self.episode_id!r} describes a way of {way_m:.4g} m; at most {FARTHEST_M:g} m are taken"
            )
        if self.climb_m > FLAT_M:
            raise EvaluationError(
                f"episode {self.episode_id!r} leads {self.climb_m:.1f} m up or down; scenes have one floor here"
            )
        errand = Errand(self.instruction, self.start, self.goal_m)
        return attrs.evolve(load_scene(self.scene), start=self.start, errands=(errand,))


def episode_record(episode: EvalEpisode) -> dict[str, Any]:
    """Return an episode as plain values, without the rare words where they say nothing: digests stay what they were."""
    record = attrs.asdict(episode)
    return {name: value for name, value in record.items() if value or name not in ("fault", "goalless")}


def unsound(episode_id: str, split: str, fault: str, *, scene: str = "", instruction: str = "") -> EvalEpisode:
    """Return an episode that only stands for a record nobody can run, and says why."""
    nowhere = (0.0, 0.0)
    return EvalEpisode(
        episode_id=episode_id,
        split=split,
        scene=scene,
        instruction=instruction,
        start=Pose2(),
        goal_m=nowhere,
        reference_path_m=(nowhere,),
        geodesic_m=None,
        fault=fault,
    )


class Benchmark(Protocol):
    """A named set of episodes."""

    @property
    def name(self) -> str:
        """As users ask for it."""
        ...

    @property
    def version(self) -> str:
        """Changes whenever an episode does; part of every result."""
        ...

    @property
    def splits(self) -> Sequence[str]:
        """The names of its splits, the default one first."""
        ...

    def episodes(self, split: str) -> Sequence[EvalEpisode]:
        """Return a split's episodes, always in the same order.

        Raises:
            UnknownNameError: No such split.
        """
        ...
