"""Anchored tracking: from an action and the pose it's measured from to twists that end exactly there.

The goal is a pose in odometry, fixed when the action's frame was taken, so neither latency nor a body
that is faster or slower than commanded changes where an action ends. Speeds follow the embodiment's
mapping and brake along v = sqrt(2 a d), then proportionally.
"""

from __future__ import annotations

import math
from typing import Protocol

from navila_sdk.actions import (
    Action,
    MoveBackward,
    MoveForward,
    StepLeft,
    StepRight,
    TurnLeft,
    TurnRight,
    Wait,
)
from navila_sdk.embodiment import Embodiment
from navila_sdk.execution.outcome import ExecutorSettings
from navila_sdk.geometry import ZERO_TWIST, Pose2, Twist, wrap_angle
from navila_sdk.observation import RobotState

POSITION_GAIN = 5.0  # 1/s: last centimetres; the braking law hands over at d = 2 a / gain^2
YAW_GAIN = 5.0  # 1/s
BRAKING_SHARE = 0.7  # part of the body's acceleration planned for braking, the rest is for disturbance
HOLD_RADIUS_M = 0.15  # a turn keeps its anchor's position only from this close; it never drives back to it
LOOKAHEAD_M = 0.5  # bodies that can't side-step steer back to the line over this distance
SETTLED_MPS = 0.03
SETTLED_RADPS = 0.05


class Tracker(Protocol):
    """Turns states into twists until the action's goal is reached."""

    goal: Pose2

    def twist(self, state: RobotState) -> Twist:
        """Return the twist to ask for now."""
        ...

    def arrived(self, state: RobotState) -> bool:
        """Whether the goal is reached."""
        ...

    def remaining(self, state: RobotState) -> float:
        """Return what is left, in metres, radians or seconds; negative once it's passed."""
        ...

    def remaining_s(self, state: RobotState) -> float:
        """Return an estimate of the time left."""
        ...


def _approach(error: float, speed: float, braking: float, gain: float, slowest: float) -> float:
    """Return the signed rate that closes ``error`` without overshoot, at most ``speed``."""
    distance = abs(error)
    rate = min(speed, math.sqrt(2 * braking * distance), gain * distance)
    return math.copysign(max(rate, min(slowest, speed)), error) if distance > 0 else 0.0


def _time_left_s(error: float, speed: float, braking: float, gain: float, tolerance: float) -> float:
    """Return how long ``_approach`` takes to bring ``error`` within ``tolerance``: cruise, brake, creep."""
    if error <= tolerance:
        return 0.0
    creep_rate = min(2 * braking / gain, speed)
    creep = creep_rate / gain
    if error <= creep:
        return math.log(error / tolerance) / gain
    rate = min(speed, math.sqrt(2 * braking * error))
    brake = max((rate**2 - creep_rate**2) / (2 * braking), 0.0)
    cruise = max(error - creep - brake, 0.0)
    return cruise / speed + (rate - creep_rate) / braking + math.log(max(creep / tolerance, 1.0)) / gain


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

    def _errors(self, state: RobotState) -> tuple[float, float, float]:
        """Return the goal as seen from the body: forward, left, heading."""
        return state.pose.relative(self.goal).as_tuple()

    def remaining(self, state: RobotState) -> float:
        """Return the distance left along the move; negative once it's passed."""
        seen = self.goal.relative(state.pose)
        return -(seen.x_m * self._direction[0] + seen.y_m * self._direction[1])

    def remaining_s(self, state: RobotState) -> float:
        """Return how long the approach takes from here."""
        braking = BRAKING_SHARE * (
            self._limits.ax_max_mps2 if self._direction[0] else self._limits.ay_max_mps2
        )
        left_m, tolerance_m = self.remaining(state), self._settings.position_tolerance_m
        return _time_left_s(left_m, self._speed, braking, POSITION_GAIN, tolerance_m)

    def twist(self, state: RobotState) -> Twist:
        """Return the body twist towards the goal."""
        limits, mapping = self._limits, self._mapping
        ex, ey, eyaw = self._errors(state)
        wz = _approach(eyaw, mapping.turn_radps, BRAKING_SHARE * limits.awz_max_radps2, YAW_GAIN, 0.0)
        if self._holonomic:
            vx_cap = self._speed if self._direction[0] else mapping.lateral_mps
            vy_cap = self._speed if self._direction[1] else mapping.lateral_mps
            vx = _approach(ex, vx_cap, BRAKING_SHARE * limits.ax_max_mps2, POSITION_GAIN, self._floor(ex, 0))
            vy = _approach(ey, vy_cap, BRAKING_SHARE * limits.ay_max_mps2, POSITION_GAIN, self._floor(ey, 1))
            return Twist(vx, vy, wz)
        vx = _approach(
            ex, self._speed, BRAKING_SHARE * limits.ax_max_mps2, POSITION_GAIN, mapping.min_forward_mps
        )
        if abs(ex) > LOOKAHEAD_M / 2:
            aim = eyaw + math.copysign(1.0, ex) * math.atan2(ey, LOOKAHEAD_M)
            wz = _approach(aim, mapping.turn_radps, BRAKING_SHARE * limits.awz_max_radps2, YAW_GAIN, 0.0)
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
        return off <= self._settings.position_tolerance_m and abs(eyaw) <= self._settings.yaw_tolerance_rad


class TurnTracker:
    """Turns in place: counts the heading turned, so a full circle is a full circle."""

    def __init__(
        self, action: TurnLeft | TurnRight, anchor: Pose2, body: Embodiment, settings: ExecutorSettings
    ) -> None:
        self.goal = anchor.compose(action.displacement())
        self._anchor = anchor
        self._settings = settings
        self._limits, self._mapping = body.limits, body.mapping
        self._side = action.side
        self._total_rad = action.side * action.angle_rad
        self._turned_rad = 0.0
        self._last_yaw_rad = anchor.yaw_rad
        self._holonomic = body.limits.vy_max_mps > 0

    def _left_rad(self, state: RobotState) -> float:
        self._turned_rad += wrap_angle(state.pose.yaw_rad - self._last_yaw_rad)
        self._last_yaw_rad = state.pose.yaw_rad
        return self._total_rad - self._turned_rad

    def remaining(self, state: RobotState) -> float:
        """Return the angle left; negative once it's passed."""
        return self._side * self._left_rad(state)

    def remaining_s(self, state: RobotState) -> float:
        """Return how long the approach takes from here."""
        braking = BRAKING_SHARE * self._limits.awz_max_radps2
        left_rad, tolerance_rad = self.remaining(state), self._settings.yaw_tolerance_rad
        return _time_left_s(left_rad, self._mapping.turn_radps, braking, YAW_GAIN, tolerance_rad)

    def twist(self, state: RobotState) -> Twist:
        """Return the body twist: turn, and keep the place where that is near."""
        left = self._left_rad(state)
        floor = self._mapping.min_turn_radps if abs(left) > self._settings.yaw_tolerance_rad / 2 else 0.0
        wz = _approach(
            left, self._mapping.turn_radps, BRAKING_SHARE * self._limits.awz_max_radps2, YAW_GAIN, floor
        )
        seen = state.pose.relative(self._anchor)
        if not self._holonomic or math.hypot(seen.x_m, seen.y_m) > HOLD_RADIUS_M:
            return Twist(0.0, 0.0, wz)
        cap = self._mapping.lateral_mps
        return Twist(
            _approach(seen.x_m, cap, BRAKING_SHARE * self._limits.ax_max_mps2, POSITION_GAIN, 0.0),
            _approach(seen.y_m, cap, BRAKING_SHARE * self._limits.ay_max_mps2, POSITION_GAIN, 0.0),
            wz,
        )

    def arrived(self, state: RobotState) -> bool:
        """Whether the heading is within tolerance, and the place too where it's kept."""
        if abs(self._left_rad(state)) > self._settings.yaw_tolerance_rad:
            return False
        off = state.pose.distance_m(self._anchor)
        return not self._holonomic or off > HOLD_RADIUS_M or off <= self._settings.position_tolerance_m


class StillTracker:
    """Waiting and stopping: zero until the time is over and the body rests."""

    def __init__(self, action: Action, anchor: Pose2, start_s: float) -> None:
        self.goal = anchor
        self._end_s = start_s + (action.duration_s if isinstance(action, Wait) else 0.0)

    def twist(self, state: RobotState) -> Twist:
        """Return zero."""
        del state
        return ZERO_TWIST

    def remaining(self, state: RobotState) -> float:
        """Return the seconds left."""
        return self._end_s - state.time_s

    def remaining_s(self, state: RobotState) -> float:
        """Return the seconds left."""
        return max(self.remaining(state), 0.0)

    def arrived(self, state: RobotState) -> bool:
        """Whether the time is over and the body rests."""
        resting = state.twist.speed_mps < SETTLED_MPS and abs(state.twist.wz_radps) < SETTLED_RADPS
        return state.time_s >= self._end_s and resting


class TimedTracker:
    """NaVILA's own way: fixed velocity times duration, open loop (NaVILA-Bench eval_utils: 0.5 m/s, pi/6)."""

    FORWARD_MPS = 0.5
    TURN_RADPS = math.pi / 6

    def __init__(self, action: Action, anchor: Pose2, start_s: float) -> None:
        self.goal = anchor.compose(action.displacement())
        if isinstance(action, (TurnLeft, TurnRight)):
            self._twist = Twist(0.0, 0.0, action.side * self.TURN_RADPS)
            duration_s = action.angle_rad / self.TURN_RADPS
        else:
            moved = action.displacement()
            distance_m = math.hypot(moved.x_m, moved.y_m)
            unit = 1 / distance_m if distance_m else 0.0
            self._twist = Twist(moved.x_m * unit * self.FORWARD_MPS, moved.y_m * unit * self.FORWARD_MPS, 0.0)
            duration_s = distance_m / self.FORWARD_MPS
        self._end_s = start_s + duration_s

    def twist(self, state: RobotState) -> Twist:
        """Return the fixed velocity until the duration is over."""
        return ZERO_TWIST if self.arrived(state) else self._twist

    def remaining(self, state: RobotState) -> float:
        """Return the seconds left."""
        return self._end_s - state.time_s

    def remaining_s(self, state: RobotState) -> float:
        """Return the seconds left."""
        return max(self.remaining(state), 0.0)

    def arrived(self, state: RobotState) -> bool:
        """Whether the duration is over."""
        return state.time_s >= self._end_s - 1e-9


def tracker_for(
    action: Action,
    anchor: Pose2,
    start_s: float,
    body: Embodiment,
    settings: ExecutorSettings,
    *,
    timed: bool = False,
) -> Tracker:
    """Return what carries out ``action`` measured from ``anchor``.

    Args:
        action: What to do.
        anchor: Odometry pose its frame was taken at.
        start_s: Time it begins.
        body: The robot.
        settings: Tolerances.
        timed: Use NaVILA's open-loop velocities instead of tracking.
    """
    if isinstance(action, (MoveForward, MoveBackward, StepLeft, StepRight)):
        if timed:
            return TimedTracker(action, anchor, start_s)
        return TranslationTracker(action, anchor, body, settings)
    if isinstance(action, (TurnLeft, TurnRight)):
        if timed:
            return TimedTracker(action, anchor, start_s)
        return TurnTracker(action, anchor, body, settings)
    return StillTracker(action, anchor, start_s)
