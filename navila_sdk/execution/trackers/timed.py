"""NaVILA's open-loop way to carry out a sentence, kept for comparison and for reproducing its numbers."""

from __future__ import annotations

import math

from navila_sdk.actions import Action, TurnLeft, TurnRight
from navila_sdk.execution.trackers.clocked import Clocked
from navila_sdk.geometry import ZERO_TWIST, Pose2, Twist
from navila_sdk.observation import RobotState


class TimedTracker(Clocked):
    """NaVILA's own way: fixed velocity times duration, open loop (NaVILA-Bench eval_utils: 0.5 m/s, pi/6)."""

    FORWARD_MPS = 0.5
    TURN_RADPS = math.pi / 6

    def __init__(self, action: Action, anchor: Pose2, start_s: float) -> None:
        self.goal = anchor.compose(action.displacement())
        if isinstance(action, (TurnLeft, TurnRight)):
            self._twist = Twist(0.0, 0.0, action.side * self.TURN_RADPS)
            duration_s = action.angle_rad / self.TURN_RADPS
        else:
            moved = action.displacement()
            distance_m = math.hypot(moved.x_m, moved.y_m)
            unit = 1 / distance_m if distance_m else 0.0
            self._twist = Twist(moved.x_m * unit * self.FORWARD_MPS, moved.y_m * unit * self.FORWARD_MPS, 0.0)
            duration_s = distance_m / self.FORWARD_MPS
        super().__init__(start_s + duration_s)

    def twist(self, state: RobotState) -> Twist:
        """Return the fixed velocity until the duration is over."""
        return ZERO_TWIST if self.arrived(state) else self._twist

    def arrived(self, state: RobotState) -> bool:
        """Whether the duration is over."""
        return state.time_s >= self._end_s - 1e-9
