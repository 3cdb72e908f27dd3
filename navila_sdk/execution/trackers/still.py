"""Waiting and stopping: standing until the time is over."""

from __future__ import annotations

from navila_sdk.actions import Action, Wait
from navila_sdk.execution.trackers.clocked import Clocked
from navila_sdk.geometry import ZERO_TWIST, Pose2, Twist
from navila_sdk.observation import RobotState

SETTLED_MPS = 0.03
SETTLED_RADPS = 0.05


class StillTracker(Clocked):
    """Waiting and stopping: zero until the time is over and the body rests."""

    def __init__(self, action: Action, anchor: Pose2, start_s: float) -> None:
        super().__init__(start_s + (action.duration_s if isinstance(action, Wait) else 0.0))
        self.goal = anchor

    def twist(self, state: RobotState) -> Twist:
        """Return zero."""
        del state
        return ZERO_TWIST

    def arrived(self, state: RobotState) -> bool:
        """Whether the time is over and the body rests."""
        resting = state.twist.speed_mps < SETTLED_MPS and abs(state.twist.wz_radps) < SETTLED_RADPS
        return state.time_s >= self._end_s and resting
