"""Room to turn: where a body must step so that its corners clear what the range scan sees beside it.

A long body between a wall and a table can't turn where it stands, and a planner that says "turn left" once more can't
mend that. A hand's breadth ahead, back or to a side often does.
"""

from __future__ import annotations

import math

import attrs
import numpy as np

from navila_sdk.embodiment import Embodiment
from navila_sdk.execution.sweep import Points, around, inside, turn_to_touch
from navila_sdk.observation import RangeScan

STEP_M = 0.02
CLEAR_M = 0.03
"""Kept free around the body when it turns where it stepped to; the zones ask for none."""
BESIDE_M, AHEAD_M = 0.03, 0.08
"""Kept free beside a step and ahead of it; a little more than the zones ask for, so that none is stopped half-way."""
SPARE_RAD = 0.05


@attrs.frozen(slots=True)
class Step:
    """A step in the body's frame, metres ahead and left."""

    x_m: float
    y_m: float


class ElbowRoom:
    """Finds the step that makes room for a turn.

    Args:
        body: The robot.
        most_m: How far a step may lead.
    """

    def __init__(self, body: Embodiment, most_m: float) -> None:
        self._half_x, self._half_y = body.footprint.length_m / 2, body.footprint.width_m / 2
        lengths = [STEP_M * i for i in range(1, math.floor(most_m / STEP_M + 1e-9) + 1)]
        ways = [(1.0, 0.0), (-1.0, 0.0)]
        if body.limits.vy_max_mps > 0:
            ways += [(0.0, 1.0), (0.0, -1.0)]
        self._steps = [(x * length, y * length) for length in lengths for x, y in ways]

    def is_free(self, scan: RangeScan, turn_rad: float) -> bool:
        """Return whether the body can turn so far, left where that's positive, where it stands."""
        points = around(scan, self._half_x, self._half_y)
        turns = turn_to_touch(points, self._half_x, self._half_y, turn_rad > 0)
        return not len(turns) or float(turns.min()) > abs(turn_rad)

    def step(self, scan: RangeScan, turn_rad: float) -> Step | None:
        """Return the shortest step after which the body can turn so far; None where no step helps."""
        points = around(scan, self._half_x, self._half_y)
        for x, y in self._steps:
            if self._leads(points, x, y) and self._turns(points - np.array((x, y)), turn_rad):
                return Step(x, y)
        return None

    def _leads(self, points: Points, x: float, y: float) -> bool:
        """Whether nothing stands where a step passes, so far ahead or so far left."""
        along, across = (points[:, 0], points[:, 1]) if x else (points[:, 1], points[:, 0])
        half_along, half_across = (self._half_x, self._half_y) if x else (self._half_y, self._half_x)
        ahead = along * math.copysign(1.0, x or y) - half_along
        return not np.any((ahead > 0) & (ahead < abs(x + y) + AHEAD_M) & (np.abs(across) < half_across + BESIDE_M))

    def _turns(self, points: Points, turn_rad: float) -> bool:
        half_x, half_y = self._half_x + CLEAR_M, self._half_y + CLEAR_M
        if inside(points, half_x, half_y).any():
            return False
        turns = turn_to_touch(points, half_x, half_y, turn_rad > 0)
        return not len(turns) or float(turns.min()) > abs(turn_rad) + SPARE_RAD
