"""Whose definitions of the metrics count: ours, VLN-CE's, NaVILA's evaluator's, or NaVILA-Bench's.

Where upstream's evaluators differ from ours and from each other, and nowhere else:

``sdk``          this SDK's own, as docs/evaluation.md states them
``vlnce``        VLN-CE (its measures.py): nDTW by fastdtw against the ground truth's points as they are;
                 oracle SPL is the running maximum of SPL, so SPL; 0/0 in SPL is NaN, and so is then the mean
``navila``       NaVILA's evaluator: the same measures; its eval_jsons.py leaves NaN out of the means and counts it
``isaac-bench``  NaVILA-Bench (utils/measures.py): path length at the fast clock's full rate in three dimensions; the
                 distance to the goal is that to the nearest point of the reference, and on along it; SPL by that too
"""

from __future__ import annotations

import enum

import attrs
import numpy as np
from numpy.typing import NDArray

from navila_sdk.evaluation.dtw import DtwMode
from navila_sdk.evaluation.episodes import Point
from navila_sdk.evaluation.metrics import (
    STRICT_M,
    SUCCESS_M,
    EpisodeMetrics,
    in_steps,
    ndtw,
    path_length_m,
    path_metrics,
    spl,
)

Points = NDArray[np.float64]


class Compat(enum.StrEnum):
    """Whose definitions."""

    SDK = "sdk"
    VLNCE = "vlnce"
    NAVILA = "navila"
    BENCH = "isaac-bench"

    @property
    def dtw(self) -> DtwMode:
        """How nDTW's distance is found unless the user says otherwise."""
        return DtwMode.FAST if self in (Compat.VLNCE, Compat.NAVILA) else DtwMode.EXACT


@attrs.frozen(slots=True, kw_only=True, eq=False)
class Drive:
    """What an episode's metrics are computed from; every array is (n, d), d being 2 or 3, in metres.

    Attributes:
        steps_m: Positions of the steps, the start first.
        ticks_m: Positions on every tick of the fast clock; only NaVILA-Bench's definitions look at them.
        distances_m: Geodesic distance to the goal at each step.
        reference_m: The reference path's points as the episode gives them.
        shortest_m: Length of the shortest way from start to goal.
        stopped: Whether the planner said stop.
    """

    steps_m: Points
    ticks_m: Points
    distances_m: tuple[float, ...]
    reference_m: Points
    shortest_m: float
    stopped: bool


def measured(drive: Drive, compat: Compat, mode: DtwMode) -> EpisodeMetrics:
    """Return the metrics that follow from a drive, by someone's definitions."""
    if compat is Compat.SDK:
        reference = in_steps(_corners(drive))
        flat = drive.steps_m[:, :2]
        return path_metrics(flat, drive.distances_m, reference, drive.shortest_m, drive.stopped, mode)
    found = _bench(drive, mode) if compat is Compat.BENCH else _vlnce(drive, mode)
    return attrs.evolve(found, compat=str(compat))


def along_m(points: Points, reference_m: Points) -> list[float]:
    """Return each point's way to the goal as NaVILA-Bench sees it: to the nearest reference point, and on along it."""
    gaps = np.sqrt((np.diff(reference_m, axis=0) ** 2).sum(axis=1))
    left = np.concatenate([np.cumsum(gaps[::-1])[::-1], [0.0]])
    found: list[float] = []
    for point in points:
        apart = np.sqrt(((reference_m - point) ** 2).sum(axis=1))
        nearest = int(apart.argmin())
        found.append(float(apart[nearest] + left[nearest]))
    return found


def _vlnce(drive: Drive, mode: DtwMode) -> EpisodeMetrics:
    found = path_metrics(drive.steps_m, drive.distances_m, drive.reference_m, drive.shortest_m, drive.stopped, mode)
    undefined = ("spl", "oracle_spl") if found.sr and not max(drive.shortest_m, found.tl_m) else ()
    value = 0.0 if undefined else found.spl
    return attrs.evolve(found, spl=value, oracle_spl=value, undefined=undefined)


def _bench(drive: Drive, mode: DtwMode) -> EpisodeMetrics:
    ticks, reference = drive.ticks_m, drive.reference_m
    if reference.shape[1] < ticks.shape[1]:  # the reference lies on the floor, the base moves above it
        reference = np.hstack([reference, np.zeros((len(reference), ticks.shape[1] - reference.shape[1]))])
    distances, length_m = along_m(ticks, reference), path_length_m(ticks)
    success = drive.stopped and distances[-1] < SUCCESS_M
    weighted = spl(success, distances[0], length_m)
    # The bench knows no nDTW: the one of the steps stays.
    return attrs.evolve(
        measured(drive, Compat.SDK, mode),
        ne_m=distances[-1],
        sr=float(success),
        sr_1m=float(drive.stopped and distances[-1] < STRICT_M),
        osr=float(min(distances) < SUCCESS_M),
        one_m=min(distances),
        spl=weighted,
        oracle_spl=weighted,
        tl_m=length_m,
        sdtw=float(success) * ndtw(drive.steps_m[:, :2], in_steps(_corners(drive)), mode),
    )


def _corners(drive: Drive) -> list[Point]:
    return [(float(x), float(y)) for x, y in drive.reference_m[:, :2]]
