"""Turns in place, counted so that a full circle is a full circle; where there's no room, a step aside first."""

from __future__ import annotations

import math

from navila_sdk.actions import TurnLeft, TurnRight
from navila_sdk.embodiment import Embodiment
from navila_sdk.execution.elbow_room import ElbowRoom
from navila_sdk.execution.outcome import ExecutorSettings
from navila_sdk.execution.trackers.approach import (
    BRAKING_SHARE,
    POSITION_GAIN,
    YAW_GAIN,
    approach,
    slowing_s,
    time_left_s,
)
from navila_sdk.geometry import Pose2, Twist, wrap_angle
from navila_sdk.observation import RangeScan, RobotState

STEP_MPS = 0.1  # a body that coasts must not step twice as far as it needs
STEPPED_M = 0.02  # a step aside ends this near to its end
HOLD_RADIUS_M = 0.15  # a turn keeps its anchor's position only from this close; it never drives back to it
HOLD_S = 1.0  # and waits for it no longer once the turn is done: something may stand there by then


class TurnTracker:
    """Turns in place: counts the heading turned, so a full circle is a full circle."""

    def __init__(
        self, action: TurnLeft | TurnRight, anchor: Pose2, body: Embodiment, settings: ExecutorSettings
    ) -> None:
        self.goal = anchor.compose(action.displacement())
        self._place = anchor
        self._room = ElbowRoom(body, settings.skirt_m) if settings.skirt_m > 0 else None
        self._reach_m = settings.skirt_m
        self._start: Pose2 | None = None
        self._stepping = False
        self._turned_s: float | None = None
        self._scan: RangeScan | None = None
        self._settings = settings
        self._limits, self._mapping = body.limits, body.mapping
        self._side = action.side
        self._total_rad = action.side * action.angle_rad
        self._turned_rad = 0.0
        self._last_yaw_rad = anchor.yaw_rad
        self._holonomic = body.limits.vy_max_mps > 0
        self._holds = self._holonomic  # not where it has stepped to: the next scan says whether that's far enough

    def _left_rad(self, state: RobotState) -> float:
        self._turned_rad += wrap_angle(state.pose.yaw_rad - self._last_yaw_rad)
        self._last_yaw_rad = state.pose.yaw_rad
        return self._total_rad - self._turned_rad

    def remaining(self, state: RobotState) -> float:
        """Return the angle left; negative once it's passed."""
        return self._side * self._left_rad(state)

    def remaining_s(self, state: RobotState) -> float:
        """Return how long the approach takes from here."""
        return time_left_s(self.remaining(state), *self._approach())

    def brakes(self, state: RobotState) -> bool:
        """Whether the angle left is what braking takes."""
        speed, braking, _, _ = self._approach()
        rate = min(abs(state.twist.wz_radps), speed)
        return self.remaining(state) <= rate**2 / (2 * braking)

    def cruise_s(self, state: RobotState) -> float:
        """Return how long it takes until braking begins."""
        return max(self.remaining_s(state) - slowing_s(*self._approach()), 0.0)

    def _approach(self) -> tuple[float, float, float, float]:
        """Return rate, deceleration, gain and tolerance of the turn."""
        braking = BRAKING_SHARE * self._limits.awz_max_radps2
        return self._mapping.turn_radps, braking, YAW_GAIN, self._settings.yaw_tolerance_rad

    def _make_room(self, state: RobotState, left_rad: float) -> None:
        """Begin or end a step aside, as a new scan says."""
        start = self._start = self._start or state.pose
        if self._room is None or state.scan is None or state.scan is self._scan:
            return
        self._scan = state.scan
        if self._room.is_free(state.scan, left_rad):
            self._stepping = False
            return
        if self._stepping and state.pose.distance_m(self._place) > STEPPED_M:
            return
        step = self._room.step(state.scan, left_rad)
        place = None if step is None else state.pose.compose(Pose2(step.x_m, step.y_m))
        self._stepping = place is not None and place.distance_m(start) <= self._reach_m + STEPPED_M
        if place is not None and self._stepping:
            self._place, self._holds = place, False

    def _step(self, state: RobotState) -> Twist:
        seen, limits, mapping = state.pose.relative(self._place), self._limits, self._mapping
        cap = min(STEP_MPS, mapping.lateral_mps if self._holonomic else mapping.forward_mps)
        x_m, y_m = (
            seen.x_m - mapping.response_s * state.twist.vx_mps,
            seen.y_m - mapping.response_s * state.twist.vy_mps,
        )
        x_floor = mapping.min_forward_mps if abs(seen.x_m) > STEPPED_M / 2 else 0.0
        y_floor = mapping.min_lateral_mps if abs(seen.y_m) > STEPPED_M / 2 else 0.0
        vy = approach(y_m, cap, BRAKING_SHARE * limits.ay_max_mps2, POSITION_GAIN, y_floor) if self._holonomic else 0.0
        return Twist(approach(x_m, cap, BRAKING_SHARE * limits.ax_max_mps2, POSITION_GAIN, x_floor), vy, 0.0)

    def twist(self, state: RobotState) -> Twist:
        """Return the body twist: turn, and keep the place where that is near."""
        left = self._left_rad(state)
        self._make_room(state, left)
        if self._stepping:
            return self._step(state)
        floor = self._mapping.min_turn_radps if abs(left) > self._settings.yaw_tolerance_rad / 2 else 0.0
        wz = approach(left, self._mapping.turn_radps, BRAKING_SHARE * self._limits.awz_max_radps2, YAW_GAIN, floor)
        seen = state.pose.relative(self._place)
        if not self._holds or math.hypot(seen.x_m, seen.y_m) > HOLD_RADIUS_M:
            return Twist(0.0, 0.0, wz)
        cap = self._mapping.lateral_mps
        return Twist(
            approach(seen.x_m, cap, BRAKING_SHARE * self._limits.ax_max_mps2, POSITION_GAIN, 0.0),
            approach(seen.y_m, cap, BRAKING_SHARE * self._limits.ay_max_mps2, POSITION_GAIN, 0.0),
            wz,
        )

    def arrived(self, state: RobotState) -> bool:
        """Whether the heading is within tolerance, and the place too where it's kept, unless that takes too long."""
        if abs(self._left_rad(state)) > self._settings.yaw_tolerance_rad:
            return False
        # From the first time on: a biped sways out of its heading and back as often as it steps.
        if self._turned_s is None:
            self._turned_s = state.time_s
        off = state.pose.distance_m(self._place)
        if not self._holds or off > HOLD_RADIUS_M or off <= self._settings.position_tolerance_m:
            return True
        return state.time_s - self._turned_s > HOLD_S
