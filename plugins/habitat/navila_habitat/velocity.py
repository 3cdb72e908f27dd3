"""The velocity of a body that moves freely: the command, followed within the embodiment's limits."""

from __future__ import annotations

from navila_sdk.embodiment import MotionLimits
from navila_sdk.geometry import ZERO_TWIST, Twist


class Velocity:
    """What the body's velocity comes to be, step by step.

    Args:
        limits: Velocities and accelerations it can have.
        step_s: Length of a step.
    """

    def __init__(self, limits: MotionLimits, step_s: float) -> None:
        self._limits = limits
        self._step_s = step_s
        self.twist = ZERO_TWIST

    def step(self, command: Twist) -> Twist:
        """Return the velocity of the next step."""
        self.twist = self._limits.follow(self.twist, command, self._step_s)
        return self.twist

    def halt(self) -> None:
        """Come to rest at once: the body was put somewhere, or stands against something."""
        self.twist = ZERO_TWIST
