"""What the safety chain allows; every value can only make it stricter or say when to stop."""

from __future__ import annotations

import enum
import math

import attrs


class ZoneSource(enum.StrEnum):
    """What the zones look at: the scan the robot's driver gives, or one made of its cloud, depth image or height map.

    A height map remembers what the LiDAR no longer sees, and knows drops: they are obstacles too.
    """

    STATE = "state"
    CLOUD = "cloud"
    DEPTH = "depth"
    HEIGHTS = "heights"


def _is_fence(_: object, __: object, corners: tuple[tuple[float, float], ...]) -> None:
    if corners and len(corners) < 3:
        raise ValueError(f"a fence needs at least three corners [x, y]; got {len(corners)}")
    if not all(math.isfinite(value) for corner in corners for value in corner):
        raise ValueError(f"a fence's corners must be finite metres; got {corners}")


@attrs.frozen(slots=True, kw_only=True)
class SafetySettings:
    """Settings of the chain trust -> limiter -> zones -> fence -> watchdog.

    Attributes:
        speed_scale: Part of the embodiment's velocity limits that may be used, 0 to 1.
        accel_rise_s: Time an acceleration takes to grow to the embodiment's limit (the jerk limit); 0 is at once.
            Braking never waits for it.
        deadband_mps: Slower translation commands are zero.
        deadband_radps: Slower turn commands are zero.
        zones_from: What the zones look at.
        stop_distance_m: Free distance that must remain in front of the body in its direction of travel.
        braking_mps2: Deceleration assumed when slowing for an obstacle or the fence.
        margin_m: Added on each side of the footprint when looking along the direction of travel.
        fence_m: Corners [x, y] of the ground the robot may be on, in odometry (its origin is where the robot
            connected, x ahead); none is no fence.
        sensor_stale_s: A state or range scan older than this stops the robot, whatever its own limit says.
        state_stale_s: The limit of the robot's state alone.
        scan_stale_s: The limit of range scans alone.
        frame_stale_s: A camera frame older than this is none; slow cameras are given two of their periods.
        jump_m: Odometry that moves further than this between two states, beyond twice what the body can run, has
            jumped: e-stop.
        max_tilt_rad: A body tilted further counts as falling: e-stop. NaVILA-Bench ends an episode at 0.8.
        command_timeout_s: Without a fresh command for this long the command is zero.
        brake_s: So much earlier the watchdog begins to lower it, evenly; 0 is a step at the end.
        joystick: Any button of it is the e-stop: a device such as /dev/input/js0, "auto" for whichever there is, or
            "none".
    """

    speed_scale: float = 1.0
    accel_rise_s: float = 0.1
    deadband_mps: float = 0.005
    deadband_radps: float = 0.005
    zones_from: ZoneSource = ZoneSource.STATE
    stop_distance_m: float = 0.05
    braking_mps2: float = 0.8
    margin_m: float = 0.02
    fence_m: tuple[tuple[float, float], ...] = attrs.field(default=(), validator=_is_fence)
    sensor_stale_s: float = 0.5
    state_stale_s: float = 0.5
    scan_stale_s: float = 0.5
    frame_stale_s: float = 2.0
    jump_m: float = 0.3
    max_tilt_rad: float = 0.8
    command_timeout_s: float = 0.25
    brake_s: float = 0.1
    joystick: str = "auto"
