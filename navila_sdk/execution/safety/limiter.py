"""Speed, acceleration and jerk limits of the body, and the dead band below which a command is zero.

The jerk limit makes starts gentle. It never delays braking: a limit that lengthens the way to a stop makes nothing
safer.
"""

from __future__ import annotations

import math

import attrs

from navila_sdk.embodiment import MotionLimits
from navila_sdk.execution.safety.settings import SafetySettings
from navila_sdk.geometry import Twist


def _clamp(value: float, low: float, high: float) -> float:
    return min(max(value, low), high)


@attrs.define(slots=True)
class _Axis:
    """One component of the command: how fast it may change, and how fast it does."""

    most: float
    rise_s: float
    rate: float = 0.0

    def slewed(self, wanted: float, before: float, dt_s: float) -> float:
        """Return the value to send, given the one sent before."""
        if dt_s <= 0 or wanted == before:
            self.rate = self.rate if dt_s <= 0 else 0.0
            return before
        faster = before == 0 or (wanted - before) * before > 0
        if self.rise_s <= 0 or not faster:
            value = _clamp(wanted, before - self.most * dt_s, before + self.most * dt_s)
            if self.rise_s > 0 and value * before < 0:
                value = 0.0
            self.rate = 0.0
            return value
        way = math.copysign(1.0, wanted - before)
        jerk = self.most / self.rise_s
        grown = max(self.rate * way, 0.0) + jerk * dt_s
        # The last term lets the acceleration fade as the wanted value comes near.
        rate = min(self.most, grown, math.sqrt(2 * jerk * abs(wanted - before)))
        step = min(rate * dt_s, abs(wanted - before))
        self.rate = way * step / dt_s
        return wanted if step == abs(wanted - before) else before + way * step


class Limiter:
    """Keeps a command within the embodiment's limits, measured against the command sent before it."""

    def __init__(self, limits: MotionLimits, settings: SafetySettings) -> None:
        self._limits = limits
        self._settings = settings
        self._axes = tuple(
            _Axis(most, settings.accel_rise_s)
            for most in (limits.ax_max_mps2, limits.ay_max_mps2, limits.awz_max_radps2)
        )

    def forget(self) -> None:
        """Begin from rest: what was sent last was zero, whatever had been asked."""
        for axis in self._axes:
            axis.rate = 0.0

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
        wanted = (vx, vy, wz)
        slewed = Twist(
            *(
                axis.slewed(value, last, dt_s)
                for axis, value, last in zip(self._axes, wanted, before.as_tuple(), strict=True)
            )
        )
        if slewed.as_tuple() != wanted:
            reasons.append("limiter: acceleration")
        return slewed, tuple(reasons)
