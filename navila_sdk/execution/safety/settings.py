"""What the safety chain allows; every value can only make it stricter or say when to stop."""

from __future__ import annotations

import attrs


@attrs.frozen(slots=True, kw_only=True)
class SafetySettings:
    """Settings of the chain limiter -> zones -> watchdog.

    Attributes:
        speed_scale: Part of the embodiment's velocity limits that may be used, 0 to 1.
        deadband_mps: Slower translation commands are zero.
        deadband_radps: Slower turn commands are zero.
        stop_distance_m: Free distance that must remain in front of the body in its direction of travel.
        braking_mps2: Deceleration assumed when slowing for an obstacle.
        margin_m: Added on each side of the footprint when looking along the direction of travel.
        sensor_stale_s: A state or range scan older than this stops the robot.
        max_tilt_rad: A body tilted further counts as falling: e-stop. NaVILA-Bench ends an episode at 0.8.
        command_timeout_s: Without a fresh command for this long the watchdog sends zero.
    """

    speed_scale: float = 1.0
    deadband_mps: float = 0.005
    deadband_radps: float = 0.005
    stop_distance_m: float = 0.05
    braking_mps2: float = 0.8
    margin_m: float = 0.02
    sensor_stale_s: float = 0.5
    max_tilt_rad: float = 0.8
    command_timeout_s: float = 0.25
