"""The velocity of a body that moves freely: the command, followed within the embodiment's limits."""

from __future__ import annotations

from navila_sdk.embodiment import MotionLimits
from navila_sdk.geometry import ZERO_TWIST, Twist


def _slew(now: float, target: float, low: float, high: float, step: float) -> float:
    wanted = min(max(target, low), high)
    return min(max(wanted, now - step), now + step)


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
        limits, dt, now = self._limits, self._step_s, self.twist
        wz_max, awz = limits.wz_max_radps, limits.awz_max_radps2
        self.twist = Twist(
            _slew(now.vx_mps, command.vx_mps, limits.vx_min_mps, limits.vx_max_mps, limits.ax_max_mps2 * dt),
            _slew(now.vy_mps, command.vy_mps, -limits.vy_max_mps, limits.vy_max_mps, limits.ay_max_mps2 * dt),
            _slew(now.wz_radps, command.wz_radps, -wz_max, wz_max, awz * dt),
        )
        return self.twist

    def halt(self) -> None:
        """Come to rest at once: the body was put somewhere, or stands against something."""
        self.twist = ZERO_TWIST
