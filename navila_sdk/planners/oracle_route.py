"""The next of NaVILA's ten actions along the way to a goal.

Every forward move brings the robot nearer to the goal on the distance field, and between two moves the target
heading depends only on where the robot stands and on its heading modulo 15 degrees, which turns don't change.
So the robot neither turns back and forth nor runs in circles.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import attrs
import numpy as np
from numpy.typing import NDArray

from navila_sdk.actions import Action, MoveForward, Stop, TurnLeft, TurnRight
from navila_sdk.geometry import Pose2, wrap_angle
from navila_sdk.scenes.geodesic import DistanceField

UNIT_RAD = math.radians(15)  # NaVILA turns by 15, 30 or 45 degrees
MOVES_CM = (75, 50, 25)
_TURNS = tuple(range(-11, 13))
_AIM_RAD = math.radians(10)
_OVERSHOOT_M = 0.10
_LEAST_GAIN_M = 0.05
_NOSE_M = 0.10  # how far beyond a move's end to look ...
_NOSE_ROOM_M = 0.05  # ... and how much nearer than the radius a solid may be there
_OFF_FIELD_PRICE = 3.0
_TURN_COST_M = 0.02
_LAXER_M = (0.0, 0.05, 0.10, 0.15)


@attrs.frozen(slots=True, eq=False)
class _Fan:
    """What each of the 24 headings offers from one place: rows are headings, columns the moves 75, 50, 25 cm.

    Attributes:
        clearance_m: Least clearance along the move.
        nose_m: Clearance a little beyond the move's end.
        gain_m: How much nearer to the goal it ends.
        cost_m: What is left to go from there.
    """

    clearance_m: NDArray[np.float64]
    nose_m: NDArray[np.float64]
    gain_m: NDArray[np.float64]
    cost_m: NDArray[np.float64]


class Route:
    """The way to one goal.

    Args:
        field: Cost to the goal from everywhere.
        stop_radius_m: How near to the goal the way ends.
    """

    def __init__(self, field: DistanceField, stop_radius_m: float) -> None:
        self.field = field
        self._stop_m = stop_radius_m
        step_m = field.grid.resolution_m / 2
        self._columns = [round(cm / 100 / step_m) for cm in MOVES_CM]
        self._nose = max(1, round(_NOSE_M / step_m))
        self._along_m = np.arange(self._columns[0] + self._nose + 1, dtype=np.float64) * step_m

    def next_action(self, pose: Pose2) -> Action | None:
        """Return what to do at a pose in the scene, or None where no move leads nearer to the goal."""
        here = (pose.x_m, pose.y_m)
        if self._arrived(here):
            return Stop()
        fan = self._fan(pose)
        found = self._toward_corner(pose, fan) or self._by_cost(here, fan)
        if found is None:
            return None
        turn, centimetres = found
        if turn == 0:
            return MoveForward.cm(centimetres)
        kind = TurnLeft if turn > 0 else TurnRight
        return kind.degrees(15 * min(abs(turn), 3))

    def _arrived(self, here: tuple[float, float]) -> bool:
        goal = self.field.target_m
        near = math.hypot(goal[0] - here[0], goal[1] - here[1]) <= self._stop_m
        return near and bool(
            (self.field.grid.clearances_m(self.field.grid.segment(here, goal)) >= self._floor(here)).all()
        )

    def _floor(self, here: tuple[float, float]) -> float:
        """Return the clearance to keep: the body's radius, or what there is now where that is less."""
        now = float(self.field.grid.clearances_m(np.asarray(here)))
        return min(self.field.grid.radius_m, now) - 1e-9

    def _toward_corner(self, pose: Pose2, fan: _Fan) -> tuple[int, int] | None:
        """Return turn and move towards the way's next corner, keeping the present heading if it will do."""
        here = (pose.x_m, pose.y_m)
        corner = self.field.next_corner(*here)
        if corner is None:
            return None
        away_m = math.hypot(corner[0] - here[0], corner[1] - here[1])
        error = wrap_angle(math.atan2(corner[1] - here[1], corner[0] - here[0]) - pose.yaw_rad)
        nearest = round(error / UNIT_RAD)
        nearest = 12 if nearest == -12 else nearest
        for turn in dict.fromkeys([0, nearest] if abs(error) <= _AIM_RAD else [nearest]):
            row = turn - _TURNS[0]
            for column in self._allowed(here, fan, row, 0.0):
                centimetres = MOVES_CM[column]
                if centimetres / 100 <= away_m + _OVERSHOOT_M:
                    return turn, centimetres
        return None

    def _allowed(self, here: tuple[float, float], fan: _Fan, row: int, laxer_m: float) -> Iterator[int]:
        floor_m = self._floor(here) - laxer_m
        for column in range(len(MOVES_CM)):
            if (
                fan.clearance_m[row, column] >= floor_m
                and fan.nose_m[row, column] >= floor_m - _NOSE_ROOM_M
                and fan.gain_m[row, column] >= _LEAST_GAIN_M
            ):
                yield column

    def _by_cost(self, here: tuple[float, float], fan: _Fan) -> tuple[int, int] | None:
        """Return the turn and move after which least is left to go, at the widest clearance that offers one."""
        for laxer_m in _LAXER_M:
            best: tuple[float, int, int] | None = None
            for row in sorted(range(len(_TURNS)), key=lambda row: abs(_TURNS[row])):
                turn = _TURNS[row]
                for column in self._allowed(here, fan, row, laxer_m):
                    cost = MOVES_CM[column] / 100 + float(fan.cost_m[row, column]) + _TURN_COST_M * -(-abs(turn) // 3)
                    if best is None or cost < best[0] - 1e-9:
                        best = (cost, turn, MOVES_CM[column])
            if best is not None:
                return best[1:]
        return None

    def _fan(self, pose: Pose2) -> _Fan:
        headings = pose.yaw_rad + np.asarray(_TURNS, dtype=np.float64) * UNIT_RAD
        along = self._along_m[None, :, None] * np.stack([np.cos(headings), np.sin(headings)], axis=-1)[:, None, :]
        points: NDArray[np.float64] = along + np.asarray((pose.x_m, pose.y_m))
        clearance = self.field.grid.clearances_m(points)
        least = np.minimum.accumulate(clearance, axis=1)
        cost = self.field.costs_m(points[:, self._columns], _OFF_FIELD_PRICE)
        here = self.field.costs_m(np.asarray((pose.x_m, pose.y_m)), _OFF_FIELD_PRICE)
        noses = [column + self._nose for column in self._columns]
        return _Fan(least[:, self._columns], clearance[:, noses], here - cost, cost)
