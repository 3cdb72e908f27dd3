"""Whether command and senses can be believed; where they can't, nothing moves.

Each source is judged by itself: the robot's state, its range scan, its odometry, the command. A source that was there
and is gone, that says NaN, or whose times are on another clock counts as broken, not as free ground.
"""

from __future__ import annotations

import math

import attrs
import numpy as np

from navila_sdk.embodiment import MotionLimits
from navila_sdk.execution.safety.settings import SafetySettings
from navila_sdk.geometry import Pose2, Twist, wrap_angle
from navila_sdk.observation import RangeScan, RobotState

_JUMP_RAD = 1.0
"""The same for the heading as ``SafetySettings.jump_m`` for the place."""


@attrs.frozen(slots=True)
class Doubt:
    """Why something can't be believed.

    Attributes:
        source: What: "command", "state", "odometry", "scan" or "tilt".
        cause: Why, for people.
        latches: Whether a person must look before the robot moves again.
    """

    source: str
    cause: str
    latches: bool = False


class Trust:
    """Judges every command with the state it was made from.

    Args:
        limits: What the body can do; odometry that does more has jumped.
        settings: What is too old, too far, too tilted.
    """

    def __init__(self, limits: MotionLimits, settings: SafetySettings) -> None:
        self._settings = settings
        self._fastest_mps = math.hypot(max(limits.vx_max_mps, -limits.vx_min_mps), limits.vy_max_mps)
        self._fastest_radps = limits.wz_max_radps
        self._last: tuple[float, Pose2] | None = None
        self._scanned = False
        self._scan: RangeScan | None = None
        self._blind = False

    def doubt(self, asked: Twist, state: RobotState, now_s: float) -> Doubt | None:
        """Return the first reason not to believe ``asked`` or ``state`` at ``now_s``; None where there is none."""
        return (
            self._of_body(state)
            or self._of_age("state", "robot state", state.time_s, now_s, self._settings.state_stale_s)
            or self._of_odometry(state)
            or self._of_scan(state.scan, now_s)
            or (None if asked.is_finite else Doubt("command", f"command isn't finite: {asked}"))
        )

    def _of_body(self, state: RobotState) -> Doubt | None:
        limit_rad = self._settings.max_tilt_rad
        if abs(state.tilt_rad) > limit_rad:
            return Doubt("tilt", f"tilted {state.tilt_rad:.2f} rad, limit {limit_rad:.2f}", latches=True)
        if math.isnan(state.tilt_rad):
            return Doubt("tilt", "tilt isn't finite")
        if not state.pose.is_finite or not state.twist.is_finite:
            return Doubt("odometry", f"odometry isn't finite: {state.pose}, {state.twist}")
        return None

    def _of_age(self, source: str, name: str, time_s: float, now_s: float, limit_s: float) -> Doubt | None:
        limit_s, age_s = min(limit_s, self._settings.sensor_stale_s), now_s - time_s
        if -limit_s <= age_s <= limit_s:
            return None
        if age_s > limit_s:
            return Doubt(source, f"{name} is {age_s:.2f} s old, limit {limit_s:.2f}")
        # A source on another clock would never grow stale.
        return Doubt(source, f"{name} is {-age_s:.2f} s ahead of the robot's clock: its times are on another one")

    def _of_odometry(self, state: RobotState) -> Doubt | None:
        before, self._last = self._last, (state.time_s, state.pose)
        if before is None:
            return None
        dt_s = max(state.time_s - before[0], 0.0)
        moved_m = before[1].distance_m(state.pose)
        turned_rad = abs(wrap_angle(state.pose.yaw_rad - before[1].yaw_rad))
        if moved_m > self._settings.jump_m + 2 * self._fastest_mps * dt_s:
            return Doubt("odometry", f"odometry jumped by {moved_m:.2f} m in {dt_s:.2f} s", latches=True)
        if turned_rad > _JUMP_RAD + 2 * self._fastest_radps * dt_s:
            return Doubt("odometry", f"odometry's heading jumped by {turned_rad:.2f} rad", latches=True)
        return None

    def _of_scan(self, scan: RangeScan | None, now_s: float) -> Doubt | None:
        if scan is None:
            return Doubt("scan", "range scan is gone; there was one before") if self._scanned else None
        self._scanned = True
        if scan is not self._scan:
            self._scan, self._blind = scan, bool(np.isnan(scan.range_m).any())
        if self._blind:
            return Doubt("scan", "range scan holds NaN: counts as an obstacle")
        return self._of_age("scan", "range scan", scan.time_s, now_s, self._settings.scan_stale_s)
