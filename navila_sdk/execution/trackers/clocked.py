"""What trackers have in common that go by the clock alone."""

from __future__ import annotations

from navila_sdk.observation import RobotState


class Clocked:
    """Ends at a time; nothing is slowed down for.

    Args:
        end_s: When, on the robot's clock.
    """

    def __init__(self, end_s: float) -> None:
        self._end_s = end_s

    def remaining(self, state: RobotState) -> float:
        """Return the seconds left."""
        return self._end_s - state.time_s

    def remaining_s(self, state: RobotState) -> float:
        """Return the seconds left."""
        return max(self.remaining(state), 0.0)

    def brakes(self, state: RobotState) -> bool:
        """Return False."""
        del state
        return False

    def cruise_s(self, state: RobotState) -> float:
        """Return the seconds left."""
        return self.remaining_s(state)
