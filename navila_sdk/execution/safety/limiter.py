"""Speed and acceleration limits of the body, and the dead band below which a command is zero."""

from __future__ import annotations

from navila_sdk.embodiment import MotionLimits
from navila_sdk.execution.safety.settings import SafetySettings
from navila_sdk.geometry import Twist


def _clamp(value: float, low: float, high: float) -> float:
    return min(max(value, low), high)


class Limiter:
    """Keeps a command within the embodiment's limits, measured against the command sent before it."""

    def __init__(self, limits: MotionLimits, settings: SafetySettings) -> None:
        self._limits = limits
        self._settings = settings

    def apply(self, asked: Twist, before: Twist, dt_s: float) -> tuple[Twist, tuple[str, ...]]:
        """Return the allowed twist and the names of the limits that cut it.

        Args:
            asked: What the executor wants.
            before: What was sent last.
            dt_s: Time since then.
        """
        limits, scale = self._limits, self._settings.speed_scale
        vx = _clamp(asked.vx_mps, limits.vx_min_mps * scale, limits.vx_max_mps * scale)
        vy = _clamp(asked.vy_mps, -limits.vy_max_mps * scale, limits.vy_max_mps * scale)
        wz = _clamp(asked.wz_radps, -limits.wz_max_radps * scale, limits.wz_max_radps * scale)
        reasons: list[str] = []
        if (vx, vy, wz) != asked.as_tuple():
            reasons.append("limiter: speed")
        if abs(vx) < self._settings.deadband_mps:
            vx = 0.0
        if abs(vy) < self._settings.deadband_mps:
            vy = 0.0
        if abs(wz) < self._settings.deadband_radps:
            wz = 0.0
        step_x, step_y, step_w = (
            limits.ax_max_mps2 * dt_s,
            limits.ay_max_mps2 * dt_s,
            limits.awz_max_radps2 * dt_s,
        )
        slewed = Twist(
            _clamp(vx, before.vx_mps - step_x, before.vx_mps + step_x),
            _clamp(vy, before.vy_mps - step_y, before.vy_mps + step_y),
            _clamp(wz, before.wz_radps - step_w, before.wz_radps + step_w),
        )
        if slewed.as_tuple() != (vx, vy, wz):
            reasons.append("limiter: acceleration")
        return slewed, tuple(reasons)
