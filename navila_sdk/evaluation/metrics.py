"""The metrics of vision-language navigation as VLN-CE defines them, in the plane.

A path is a list of steps: VLN-CE's robot takes a step of 25 cm at a time, so a driven path counts by the points at
which it has got 25 cm further or has ended an action, and a reference path by points at most 25 cm apart.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Sequence

import attrs
import numpy as np
from numpy.typing import NDArray

from navila_sdk.actions import (
    Action,
    MoveBackward,
    MoveForward,
    StepLeft,
    StepRight,
    TurnLeft,
    TurnRight,
)
from navila_sdk.evaluation.dtw import DtwMode, dtw_m
from navila_sdk.evaluation.episodes import Point

SUCCESS_M = 3.0
STRICT_M = 1.0
STEP_M = 0.25
STEP_RAD = math.radians(15)
OF_THE_GOAL = ("ne_m", "sr", "sr_1m", "osr", "one_m", "spl", "ndtw", "sdtw", "oracle_spl")
"""Metrics that need a goal, or a way to it."""
_SLACK = 1e-6


@attrs.frozen(slots=True, kw_only=True)
class EpisodeMetrics:
    """What one episode came to. Rates are 0 or 1 for one episode.

    Attributes:
        ne_m: NE: geodesic distance to the goal at the end.
        sr: SR: stop was said and ``ne_m`` is less than 3 m.
        sr_1m: The same for 1 m.
        osr: OSR: some step was less than 3 m from the goal, stop or no stop.
        one_m: Least geodesic distance to the goal on the way.
        spl: SR times shortest way over the longer of shortest and driven way.
        ndtw: nDTW: likeness of the driven path to the reference path.
        sdtw: SR times nDTW.
        tl_m: TL: length of the driven path, over its steps.
        steps: Actions in VLN-CE's units of 25 cm and 15 degrees, stop included, as commanded.
        actions: Mid-level actions carried out, stop included.
        collisions: How often the body began to touch something.
        contact_s: How long it touched something.
        blocked_s: How long the safety chain held a body that was commanded to move.
        idle_s: How long it stood waiting for a plan.
        duration_s: How long it took, on the robot's clock.
        driven_m: Length of the path as odometry saw it on every tick of the fast clock.
        oracle_spl: What ``spl`` would have been had it stopped at the best moment; see ``Compat`` for upstream's.
        falls: How often the body's tilt went past the limit of the safety settings.
        energy_j: Work of the body's motors; None where the world doesn't tell.
        jerk_mps3: Root mean square of the measured body velocity's second difference; None where it never moved on.
        compat: Whose definitions these are.
        undefined: Attributes that those definitions leave undefined here (upstream: NaN); 0 stands in their place.
    """

    ne_m: float
    sr: float
    sr_1m: float
    osr: float
    one_m: float
    spl: float
    ndtw: float
    sdtw: float
    tl_m: float
    steps: int = 0
    actions: int = 0
    collisions: int = 0
    contact_s: float = 0.0
    blocked_s: float = 0.0
    idle_s: float = 0.0
    duration_s: float = 0.0
    driven_m: float = 0.0
    oracle_spl: float | None = None
    falls: int = 0
    energy_j: float | None = None
    jerk_mps3: float | None = None
    compat: str = "sdk"
    undefined: tuple[str, ...] = ()


def path_metrics(
    path_m: NDArray[np.float64],
    distances_m: Sequence[float],
    reference_m: NDArray[np.float64],
    shortest_m: float,
    stopped: bool,
    mode: DtwMode = DtwMode.EXACT,
) -> EpisodeMetrics:
    """Return the metrics that follow from the path alone.

    Args:
        path_m: Positions of the steps (n, d), the start first.
        distances_m: Geodesic distance to the goal at each of them.
        reference_m: Reference path (m, d).
        shortest_m: Length of the shortest way from start to goal.
        stopped: Whether the planner said stop.
        mode: How nDTW's distance is found.
    """
    end_m, length_m = distances_m[-1], path_length_m(path_m)
    success = stopped and end_m < SUCCESS_M
    likeness = ndtw(path_m, reference_m, mode)
    return EpisodeMetrics(
        ne_m=end_m,
        sr=float(success),
        sr_1m=float(stopped and end_m < STRICT_M),
        osr=float(min(distances_m) < SUCCESS_M),
        one_m=min(distances_m),
        spl=spl(success, shortest_m, length_m),
        ndtw=likeness,
        sdtw=float(success) * likeness,
        tl_m=length_m,
        oracle_spl=oracle_spl(path_m, distances_m, shortest_m),
    )


def unstarted(shortest_m: float | None, compat: str = "sdk") -> EpisodeMetrics:
    """Return the metrics of an episode that came to nothing: a failure that never left its start.

    Args:
        shortest_m: Length of its shortest way; None where nobody knows, and NE is then left out of the mean.
        compat: Whose definitions count.
    """
    zero = dict.fromkeys(("sr", "sr_1m", "osr", "spl", "ndtw", "sdtw", "tl_m", "oracle_spl"), 0.0)
    unknown = ("ne_m", "one_m") if shortest_m is None else ()
    return EpisodeMetrics(ne_m=shortest_m or 0.0, one_m=shortest_m or 0.0, compat=compat, undefined=unknown, **zero)


def spl(success: bool, shortest_m: float, driven_m: float) -> float:
    """Return success weighted by path length; a goal at the start, not left, counts as the shortest way."""
    longer_m = max(shortest_m, driven_m)
    if not success:
        return 0.0
    return shortest_m / longer_m if longer_m > 0 else 1.0


def oracle_spl(path_m: NDArray[np.float64], distances_m: Sequence[float], shortest_m: float) -> float:
    """Return the greatest SPL that a stop at some step of the path would have had."""
    driven_m = np.concatenate([[0.0], np.sqrt((np.diff(path_m, axis=0) ** 2).sum(axis=1)).cumsum()])
    pairs = zip(distances_m, driven_m.tolist(), strict=True)
    return max(spl(end_m < SUCCESS_M, shortest_m, length_m) for end_m, length_m in pairs)


def ndtw(path_m: NDArray[np.float64], reference_m: NDArray[np.float64], mode: DtwMode = DtwMode.EXACT) -> float:
    """Return exp(-DTW / (points of the reference x 3 m)); a position held over several steps counts once."""
    return math.exp(-dtw_m(without_repeats(path_m), reference_m, mode) / (len(reference_m) * SUCCESS_M))


def path_length_m(path_m: NDArray[np.float64]) -> float:
    """Return the sum of the Euclidean lengths of a path's steps."""
    return float(np.sqrt((np.diff(path_m, axis=0) ** 2).sum(axis=1)).sum())


def without_repeats(path_m: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return a path without positions equal to the one before."""
    return path_m[not_repeated(path_m)]


def not_repeated(path_m: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return which positions (n,) of a path differ from the one before."""
    keep = np.ones(len(path_m), dtype=np.bool_)
    keep[1:] = (np.diff(path_m, axis=0) != 0).any(axis=1)
    return keep


def in_steps(corners_m: Sequence[Point]) -> NDArray[np.float64]:
    """Return a reference path (m, 2) with every corner, and points at most 25 cm apart between them."""
    points = [np.asarray(corners_m[:1], dtype=np.float64)]
    for a, b in itertools.pairwise(corners_m):
        count = max(math.ceil(math.dist(a, b) / STEP_M - _SLACK), 1)
        along = np.arange(1, count + 1)[:, None] / count
        points.append(np.asarray(a) * (1 - along) + np.asarray(b) * along)
    return without_repeats(np.concatenate(points))


def counted_steps(actions: Iterable[Action]) -> int:
    """Return how many of VLN-CE's actions these are: begun 25 cm and 15 degrees, one for anything else."""
    return sum(_steps_of(action) for action in actions)


def _steps_of(action: Action) -> int:
    if isinstance(action, (MoveForward, MoveBackward, StepLeft, StepRight)):
        return max(math.ceil(action.distance_m / STEP_M - _SLACK), 1)
    if isinstance(action, (TurnLeft, TurnRight)):
        return max(math.ceil(action.angle_rad / STEP_RAD - _SLACK), 1)
    return 1
