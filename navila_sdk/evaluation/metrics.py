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
    )


def unstarted(shortest_m: float) -> EpisodeMetrics:
    """Return the metrics of an episode that came to nothing: a failure that never left its start."""
    zero = dict.fromkeys(("sr", "sr_1m", "osr", "spl", "ndtw", "sdtw", "tl_m"), 0.0)
    return EpisodeMetrics(ne_m=shortest_m, one_m=shortest_m, **zero)


def spl(success: bool, shortest_m: float, driven_m: float) -> float:
    """Return success weighted by path length; a goal at the start, not left, counts as the shortest way."""
    longer_m = max(shortest_m, driven_m)
    if not success:
        return 0.0
    return shortest_m / longer_m if longer_m > 0 else 1.0


def ndtw(path_m: NDArray[np.float64], reference_m: NDArray[np.float64], mode: DtwMode = DtwMode.EXACT) -> float:
    """Return exp(-DTW / (points of the reference x 3 m)); a position held over several steps counts once."""
    return math.exp(-dtw_m(without_repeats(path_m), reference_m, mode) / (len(reference_m) * SUCCESS_M))


def path_length_m(path_m: NDArray[np.float64]) -> float:
    """Return the sum of the Euclidean lengths of a path's steps."""
    return float(np.sqrt((np.diff(path_m, axis=0) ** 2).sum(axis=1)).sum())


def without_repeats(path_m: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return a path without positions equal to the one before."""
    keep = np.ones(len(path_m), dtype=np.bool_)
    keep[1:] = (np.diff(path_m, axis=0) != 0).any(axis=1)
    return path_m[keep]


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
