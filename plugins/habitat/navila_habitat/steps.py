"""From a held velocity to VLN-CE's discrete steps: forward by 25 cm, left or right by 15 or 30 degrees.

The command is summed up over time. Whenever the sum comes within half a step of the next one, that step is taken, so
a body is always at the step nearest to where the command would have brought it. Only the larger of going and turning,
each in steps per second, counts: VLN-CE's agent does one thing at a time. A zero command forgets the rest.
"""

from __future__ import annotations

import enum
import math

from navila_sdk.geometry import Twist


class Step(enum.StrEnum):
    """A discrete action, by habitat_sim's own name."""

    FORWARD = "move_forward"
    LEFT = "turn_left"
    RIGHT = "turn_right"


class StepCounter:
    """Sums up commands and says when a step is due.

    There is no step backward or sideways: such commands add nothing.

    Args:
        forward_m: Length of a step forward.
        turn_rad: Angle of a turn.
    """

    def __init__(self, forward_m: float, turn_rad: float) -> None:
        self._forward_m = forward_m
        self._turn_rad = turn_rad
        self._forward = 0.0
        self._turn = 0.0

    def due(self, command: Twist, dt_s: float) -> Step | None:
        """Return the step to take after ``dt_s`` of a command, or None."""
        if command.is_zero:
            self._forward = self._turn = 0.0
            return None
        going, turning = command.vx_mps / self._forward_m, command.wz_radps / self._turn_rad
        if abs(going) >= abs(turning):
            self._forward = max(self._forward + going * dt_s, -0.5)
            if self._forward >= 0.5:
                self._forward -= 1.0
                return Step.FORWARD
            return None
        self._turn += turning * dt_s
        if abs(self._turn) >= 0.5:
            step = Step.LEFT if self._turn > 0 else Step.RIGHT
            self._turn -= math.copysign(1.0, self._turn)
            return step
        return None
