"""What a tracker is: the part of the executor that turns states into twists for one action."""

from __future__ import annotations

from typing import Protocol

from navila_sdk.geometry import Pose2, Twist
from navila_sdk.observation import RobotState


class Tracker(Protocol):
    """Turns states into twists until the action's goal is reached."""

    goal: Pose2

    def twist(self, state: RobotState) -> Twist:
        """Return the twist to ask for now."""
        ...

    def arrived(self, state: RobotState) -> bool:
        """Whether the goal is reached."""
        ...

    def remaining(self, state: RobotState) -> float:
        """Return what is left, in metres, radians or seconds; negative once it's passed."""
        ...

    def remaining_s(self, state: RobotState) -> float:
        """Return an estimate of the time left."""
        ...

    def brakes(self, state: RobotState) -> bool:
        """Whether the approach has come to where it slows down for the goal."""
        ...

    def cruise_s(self, state: RobotState) -> float:
        """Return an estimate of the time until it slows down for the goal."""
        ...
