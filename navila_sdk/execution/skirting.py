"""A step aside: how far a straight move must shift for its corridor to be free of what the range scan sees.

Door frames and table corners are met by centimetres. A planner speaks in steps of 25 cm and 15 degrees and can't mend
that; a body that can side-step can, and goes on along its move.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from navila_sdk.embodiment import Embodiment
from navila_sdk.execution.sweep import around
from navila_sdk.observation import RangeScan

STEP_M = 0.02
CLEAR_M = 0.05
"""Kept free on both sides; more than the zones ask for, so that a step aside isn't stopped half-way."""


class Skirting:
    """Finds side-steps for one body.

    Args:
        body: The robot.
        most_m: The furthest it may shift from the line of its move; 0 never shifts.
    """

    def __init__(self, body: Embodiment, most_m: float) -> None:
        self._half_length_m, self._half_width_m = body.footprint.length_m / 2, body.footprint.width_m / 2
        count = math.floor(most_m / STEP_M + 1e-9)
        shifts = sorted((STEP_M * i for i in range(-count, count + 1)), key=abs)
        self._shifts = np.array(shifts)

    def shift_m(self, scan: RangeScan, offset_m: float, kept_m: float, ahead_m: float, forward: bool) -> float:
        """Return how far left of its line the move should go on; ``kept_m`` where that's free, or nothing is.

        Args:
            scan: What is around the body.
            offset_m: How far left of the line the body is.
            kept_m: How far left of it the move goes now.
            ahead_m: How far ahead must be free.
            forward: Whether the body moves ahead; else back.
        """
        points = self._points(scan, forward)
        ways = np.concatenate([[kept_m], self._shifts])
        free = self._free(points, ways - offset_m, ahead_m)
        if free[0] or not free.any():
            return kept_m
        return float(ways[int(free.argmax())])

    def room_m(self, scan: RangeScan, forward: bool) -> float:
        """Return how far the body can go straight on from where it is; inf where nothing is in the way."""
        points = self._points(scan, forward)
        met = (np.abs(points[:, 1]) < self._half_width_m + CLEAR_M) & (points[:, 0] > self._half_length_m)
        return float(points[met, 0].min() - self._half_length_m) if met.any() else math.inf

    def _free(self, points: NDArray[np.float64], asides_m: NDArray[np.float64], ahead_m: float) -> NDArray[np.bool_]:
        """Return which ways, so far left of the body, are free: the corridor there, and the step to it."""
        x, y = points[:, 0], points[:, 1]
        side = self._half_width_m + CLEAR_M
        aside = asides_m[:, None]
        before = (x > self._half_length_m) & (x < self._half_length_m + ahead_m)
        met = before & (np.abs(y - aside) < side)
        beside = np.abs(x) <= self._half_length_m
        swept = beside & (y * np.sign(aside) > 0) & (np.abs(y) < np.abs(aside) + side) & (np.abs(aside) > STEP_M / 2)
        return np.logical_not(np.any(met | swept, axis=1))

    def _points(self, scan: RangeScan, forward: bool) -> NDArray[np.float64]:
        """Return what the scan met outside the body (N, 2), as seen looking the way it moves, left still left."""
        points = around(scan, self._half_length_m, self._half_width_m)
        if not forward:
            points[:, 0] = -points[:, 0]
        return points
