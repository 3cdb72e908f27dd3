"""Straight moves, closed on odometry along the line, across it and in heading."""

from __future__ import annotations

import math

from navila_sdk.actions import Action, MoveBackward, StepLeft, StepRight
from navila_sdk.embodiment import Embodiment
from navila_sdk.execution.outcome import ExecutorSettings
from navila_sdk.execution.skirting import CLEAR_M, Skirting
from navila_sdk.execution.trackers.approach import (
    BRAKING_SHARE,
    POSITION_GAIN,
    YAW_GAIN,
    approach,
    slowing_s,
    time_left_s,
)
from navila_sdk.geometry import Pose2, Twist
from navila_sdk.observation import RangeScan, RobotState

COAST = 2.0  # how many position tolerances a body may still coast when a move ends
SKIRT_AHEAD_M = 0.6  # how far ahead a move looks for what it must step aside of
CROWDED_M = 0.15  # nearer to it than this, the body steps aside before it goes on
LOOKAHEAD_M = 0.5  # bodies that can't side-step steer back to the line over this distance


class TranslationTracker:
    """Straight moves: closes the error along the move, across it, and in heading."""

    def __init__(self, action: Action, anchor: Pose2, body: Embodiment, settings: ExecutorSettings) -> None:
        self.goal = anchor.compose(action.displacement())
        self._settings = settings
        self._limits, self._mapping = body.limits, body.mapping
        side = isinstance(action, (StepLeft, StepRight))
        backward = isinstance(action, MoveBackward)
        self._direction = (
            (0.0, 1.0 if isinstance(action, StepLeft) else -1.0) if side else (-1.0 if backward else 1.0, 0.0)
        )
        self._speed = self._mapping.lateral_mps if side else self._mapping.forward_mps
        self._holonomic = self._limits.vy_max_mps > 0
        skirts = self._holonomic and not side and settings.skirt_m > 0
        self._skirting = Skirting(body, settings.skirt_m) if skirts else None
        self._aside_m = 0.0
        self._scan: RangeScan | None = None
        self._crowded = False

    def _errors(self, state: RobotState) -> tuple[float, float, float]:
        """Return the goal as seen from the body: forward, left, heading; aside of what stands in the way."""
        aim = self.goal.compose(Pose2(0.0, self._aside_m)) if self._aside_m else self.goal
        return state.pose.relative(aim).as_tuple()

    def _skirt(self, state: RobotState) -> None:
        """Shift the move aside of what a new scan shows in its way."""
        if self._skirting is None or state.scan is None or state.scan is self._scan:
            return
        self._scan, forward = state.scan, self._direction[0] > 0
        offset_m = self.goal.relative(state.pose).y_m
        ahead_m = min(max(self.remaining(state), 0.0), SKIRT_AHEAD_M) + CLEAR_M
        self._aside_m = self._skirting.shift_m(state.scan, offset_m, self._aside_m, ahead_m, forward)
        aside = abs(self._aside_m - offset_m) > self._settings.position_tolerance_m
        self._crowded = aside and self._skirting.room_m(state.scan, forward) < CROWDED_M

    def remaining(self, state: RobotState) -> float:
        """Return the distance left along the move; negative once it's passed."""
        seen = self.goal.relative(state.pose)
        return -(seen.x_m * self._direction[0] + seen.y_m * self._direction[1])

    def remaining_s(self, state: RobotState) -> float:
        """Return how long the approach takes from here."""
        return time_left_s(self.remaining(state), *self._approach())

    def brakes(self, state: RobotState) -> bool:
        """Whether the distance left is what braking takes."""
        speed, braking, _, _ = self._approach()
        rate = min(state.twist.speed_mps, speed)
        return self.remaining(state) <= rate**2 / (2 * braking) + rate * self._mapping.response_s

    def cruise_s(self, state: RobotState) -> float:
        """Return how long it takes until braking begins."""
        return max(self.remaining_s(state) - slowing_s(*self._approach()), 0.0)

    def _approach(self) -> tuple[float, float, float, float]:
        """Return speed, deceleration, gain and tolerance along the move."""
        braking = BRAKING_SHARE * (self._limits.ax_max_mps2 if self._direction[0] else self._limits.ay_max_mps2)
        return self._speed, braking, POSITION_GAIN, self._settings.position_tolerance_m

    def twist(self, state: RobotState) -> Twist:
        """Return the body twist towards the goal."""
        limits, mapping = self._limits, self._mapping
        self._skirt(state)
        ex, ey, eyaw = self._errors(state)
        # What the body coasts anyway is no longer asked for.
        ex, ey = ex - mapping.response_s * state.twist.vx_mps, ey - mapping.response_s * state.twist.vy_mps
        wz = approach(eyaw, mapping.turn_radps, BRAKING_SHARE * limits.awz_max_radps2, YAW_GAIN, 0.0)
        if self._holonomic:
            vx_cap = self._speed if self._direction[0] else mapping.lateral_mps
            vy_cap = self._speed if self._direction[1] else mapping.lateral_mps
            vx = approach(ex, vx_cap, BRAKING_SHARE * limits.ax_max_mps2, POSITION_GAIN, self._floor(ex, 0))
            if self._crowded:
                vx = 0.0
            vy = approach(ey, vy_cap, BRAKING_SHARE * limits.ay_max_mps2, POSITION_GAIN, self._floor(ey, 1))
            return Twist(vx, vy, wz)
        vx = approach(ex, self._speed, BRAKING_SHARE * limits.ax_max_mps2, POSITION_GAIN, mapping.min_forward_mps)
        if abs(ex) > LOOKAHEAD_M / 2:
            aim = eyaw + math.copysign(1.0, ex) * math.atan2(ey, LOOKAHEAD_M)
            wz = approach(aim, mapping.turn_radps, BRAKING_SHARE * limits.awz_max_radps2, YAW_GAIN, 0.0)
        return Twist(vx, 0.0, wz)

    def _floor(self, error: float, axis: int) -> float:
        """Return the slowest rate that moves the body along an axis, or 0 where no motion is needed."""
        if abs(error) <= self._settings.position_tolerance_m / 2:
            return 0.0
        return self._mapping.min_lateral_mps if axis else self._mapping.min_forward_mps

    def arrived(self, state: RobotState) -> bool:
        """Whether position and heading are within tolerance."""
        ex, ey, eyaw = self._errors(state)
        off = math.hypot(ex, ey) if self._holonomic else abs(ex)
        tolerance = self._settings.position_tolerance_m
        coasts = state.twist.speed_mps * self._mapping.response_s
        return off <= tolerance and abs(eyaw) <= self._settings.yaw_tolerance_rad and coasts <= COAST * tolerance
