"""What the last actions came to: a move that led nowhere isn't tried for ever, a turn isn't taken back on the spot.

A small model sees one picture and eight-frame memory; odometry knows what neither shows. The best of the answers that
are left is taken, and all are left where none would be.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from navila_sdk.actions import Action, MoveForward, TurnLeft, TurnRight
from navila_sdk.geometry import Pose2

_STILL_M = 0.05
_STILL_RAD = math.radians(5)
_TRIES = 2


class Moves:
    """Follows one episode."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget everything."""
        self._here: Pose2 | None = None
        self._turned_rad = 0.0
        self._tries = 0
        self._tried_yaw_rad = 0.0

    def best(self, actions: Sequence[Action], chances: Sequence[float], pose: Pose2) -> int:
        """Return the index of the likeliest action that makes sense, and remember it.

        Args:
            actions: What can be answered.
            chances: How likely each is.
            pose: Where the robot is, in odometry.
        """
        if self._here is None or self._here.distance_m(pose) > _STILL_M:
            self._here, self._turned_rad, self._tries = pose, 0.0, 0
        if abs(math.remainder(pose.yaw_rad - self._tried_yaw_rad, math.tau)) > _STILL_RAD:
            self._tries = 0
        order = sorted(range(len(actions)), key=lambda index: -chances[index])
        index = next((index for index in order if self._sensible(actions[index])), order[0])
        self._note(actions[index], pose)
        return index

    def _sensible(self, action: Action) -> bool:
        if isinstance(action, MoveForward):
            return self._tries < _TRIES
        if isinstance(action, (TurnLeft, TurnRight)):
            turn = _turn_rad(action)
            return abs(self._turned_rad) < math.tau and self._turned_rad * turn >= 0
        return True

    def _note(self, action: Action, pose: Pose2) -> None:
        if isinstance(action, MoveForward):
            self._tries, self._tried_yaw_rad = self._tries + 1, pose.yaw_rad
        elif isinstance(action, (TurnLeft, TurnRight)):
            self._turned_rad += _turn_rad(action)


def _turn_rad(action: TurnLeft | TurnRight) -> float:
    return action.angle_rad if isinstance(action, TurnLeft) else -action.angle_rad
