"""One line of results: everything an episode came to, so that tables, maps and comparisons need nothing else."""

from __future__ import annotations

import json
from typing import Any

import attrs

from navila_sdk.evaluation.episodes import EvalEpisode, Point
from navila_sdk.evaluation.metrics import EpisodeMetrics, unstarted
from navila_sdk.strict import shared_converter

_FAILED = "failed to run"


@attrs.frozen(slots=True, kw_only=True)
class Timings:
    """Wall-clock times and memory; with ``retried`` the only part of a row that differs between equal runs.

    Attributes:
        wall_s: The whole episode, the world's building included.
        build_s: Building world and planner.
        plan_median_s: Median time the planner took for a step.
        plan_p95_s: Its 95th percentile.
        plan_s: All the time the planner took; in a thread of its own, so beside the rest where cores are free.
        judge_s: Time the judge took.
        memory_mib: What the process held when the episode was over; 0 where the system doesn't tell.
    """

    wall_s: float = 0.0
    build_s: float = 0.0
    plan_median_s: float = 0.0
    plan_p95_s: float = 0.0
    plan_s: float = 0.0
    judge_s: float = 0.0
    memory_mib: float = 0.0


@attrs.frozen(slots=True, kw_only=True)
class EpisodeRow:
    """The result of one episode.

    Attributes:
        episode_id: Which episode.
        split: Its split.
        tier: Its tier; empty where the benchmark has none.
        scene: Its scene, as ``load_scene`` takes it.
        instruction: What was asked.
        seed: Seed of planner and world.
        outcome: How it ended; ``failed to run`` where it raised or took its worker with it.
        cause: One line where it didn't end by stop.
        error: Type of what it raised; empty where it ran.
        metrics: What it came to; that of a robot which never left its start where it didn't run.
        actions: What was carried out, as canonical sentences.
        outcomes: How each of them ended.
        path_m: The driven path's steps in the scene, to the millimetre.
        yaws_rad: The heading at each of them.
        retried: Why earlier attempts at it came to nothing (a worker died, time was up); as its times, no part of the
            result.
        planner: The planner, with the one it handed over to.
        model_id: What made the plans.
        recording: Folder of the recording below the results; empty where there is none.
        timings: Wall-clock times.
        navila: Version of the SDK.
    """

    episode_id: str
    split: str
    tier: str
    scene: str
    instruction: str
    seed: int
    outcome: str
    metrics: EpisodeMetrics
    cause: str = ""
    error: str = ""
    actions: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()
    path_m: tuple[Point, ...] = ()
    yaws_rad: tuple[float, ...] = ()
    retried: tuple[str, ...] = ()
    planner: str = ""
    model_id: str = ""
    recording: str = ""
    timings: Timings = attrs.field(factory=Timings)
    navila: str = ""

    @property
    def success(self) -> bool:
        """Whether the robot stopped less than 3 m from the goal."""
        return self.metrics.sr == 1.0


def error_row(episode: EvalEpisode, seed: int, error: str, cause: str, compat: str = "sdk") -> EpisodeRow:
    """Return the row of an episode that didn't run: it counts as a failure, and says why.

    Args:
        episode: Which.
        seed: Its seed.
        error: Type of the error.
        cause: One line.
        compat: Whose definitions of the metrics count.
    """
    from navila_sdk import __version__

    return EpisodeRow(
        episode_id=episode.episode_id,
        split=episode.split,
        tier=episode.tier,
        scene=episode.scene,
        instruction=episode.instruction,
        seed=seed,
        outcome=_FAILED,
        cause=" ".join(cause.split())[:600],
        error=error,
        metrics=unstarted(episode.shortest_m, compat),
        navila=__version__,
    )


def row_to_line(row: EpisodeRow) -> str:
    """Return a row as one line of JSON, without the line's end."""
    return json.dumps(attrs.asdict(row), ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def row_from_line(line: str) -> EpisodeRow:
    """Return the row in a line.

    Raises:
        Exception: It's no row; what cattrs or json says of it, for ``structure_problems``.
    """
    return row_from_values(json.loads(line))


def row_from_values(values: Any) -> EpisodeRow:  # noqa: ANN401 - what JSON holds
    """Return the row that plain values stand for.

    Raises:
        Exception: They are none; what cattrs says of it, for ``structure_problems``.
    """
    return shared_converter().structure(values, EpisodeRow)
