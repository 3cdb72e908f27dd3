"""How the body follows a commanded twist: within its limits, with the errors asked for."""

from __future__ import annotations

import numpy as np

from navila_sdk.embodiment import MotionLimits
from navila_sdk.geometry import ZERO_TWIST, Pose2, Twist


def _kept(before: float, after: float) -> float:
    """Return what is left of a velocity after a contact: never more, never the other way."""
    return min(max(after, min(before, 0.0)), max(before, 0.0))


class Motion:
    """The body's velocity.

    Args:
        limits: What the body can do at most; a command beyond them is followed only so far.
        step_s: Length of a step.
        noise: Standard deviation of each step's error, as a fraction of the command.
        bias: Constant error, as a fraction of the command.
        random: Where the noise comes from.
    """

    def __init__(
        self, limits: MotionLimits, step_s: float, noise: float, bias: float, random: np.random.Generator
    ) -> None:
        self._limits = limits
        self._step_s = step_s
        self._noise = noise
        self._gain = 1.0 + bias
        self._random = random
        self.twist = ZERO_TWIST

    def step(self, command: Twist) -> Twist:
        """Return the velocity of the next step."""
        vx, vy, wz = (part * self._gain for part in command.as_tuple())
        if self._noise and not command.is_zero:
            error = self._random.standard_normal(3) * self._noise
            vx, vy, wz = vx * (1 + error[0]), vy * (1 + error[1]), wz * (1 + error[2])
        self.twist = self._limits.follow(self.twist, Twist(vx, vy, wz), self._step_s)
        return self.twist

    def bumped(self, real: Twist) -> None:
        """Take over what a contact has left of the velocity."""
        before = self.twist
        self.twist = Twist(
            _kept(before.vx_mps, real.vx_mps),
            _kept(before.vy_mps, real.vy_mps),
            _kept(before.wz_radps, real.wz_radps),
        )


class Odometry:
    """What the body believes of its pose: exact without noise, else a walk of noisy increments."""

    def __init__(self, start: Pose2, noise: float, random: np.random.Generator) -> None:
        self._start = start
        self._noise = noise
        self._random = random
        self._seen = start
        self._pose = Pose2()

    def pose(self, true: Pose2) -> Pose2:
        """Return the odometry pose, given the true one; call it once per step."""
        if not self._noise:
            return self._start.relative(true)
        step = self._seen.relative(true)
        error = 1 + self._noise * self._random.standard_normal(3)
        noisy = Pose2(step.x_m * error[0], step.y_m * error[1], step.yaw_rad * error[2])
        self._seen, self._pose = true, self._pose.compose(noisy)
        return self._pose

    def placed(self, true: Pose2) -> Pose2:
        """Return the pose after the body was put somewhere: exact from here on, until it moves."""
        self._seen, self._pose = true, self._start.relative(true)
        return self._pose
