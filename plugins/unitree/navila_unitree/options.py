"""The options of a real robot's driver (``[driver]`` in the config), read strictly."""

from __future__ import annotations

from typing import Literal

import attrs

from navila_sdk.strict import within

PATH = "driver"


@attrs.frozen(slots=True, kw_only=True)
class DriverOptions:
    """What can be set about the link to a robot.

    Attributes:
        interface: Network interface the robot is on; ``lo`` for a twin on this computer.
        domain: DDS domain; robots are on 0.
        timeout_s: How long to wait for the robot at the start.
        send_hz: How often a command is repeated to the robot.
        stale_s: A command older than this becomes zero in the sender's own thread.
        lidar: Whether the safety zones need the LiDAR's cloud; without it nothing looks where the robot goes.
        camera: Where pictures come from: ``"vendor"``, or the URL of a JPEG (``http://...``).
        camera_hz: How many pictures are fetched per second.
        camera_stale_s: An older picture is none.
        picture_px: Width of the pictures planners see.
        alone: Whether another program's motion commands stop the robot.
        stand_up: Whether the robot may be stood up at the start, where it lies.
        least_battery: Charge in per cent below which nothing begins.
        level: ``"velocity"``: the robot's own controller walks; ``"joint"``: a locomotion policy of ours does.
        policy: Which one, at joint level: a kind the record names, or a file; "" is the record's first.
        joint_hz: How often the joints are told, at joint level.
        joint_stale_s: Joints silent for longer, or a policy later than this, end in damping.
        guard: Whether a second process damps the joints when this one can't any more, at joint level.
        settle_s: How long it stands by its policy before anything is asked of it; None is the robot's usual.
        odometry: Topic of its odometry at joint level (nav_msgs Odometry); "" is the robot's usual one.
    """

    interface: str = ""
    domain: int = attrs.field(default=0, validator=within(0, 230))
    timeout_s: float = attrs.field(default=5.0, validator=within(0.5, 120.0))
    send_hz: float = attrs.field(default=20.0, validator=within(5.0, 100.0))
    stale_s: float = attrs.field(default=0.25, validator=within(0.05, 0.5))
    lidar: bool = True
    camera: str = "vendor"
    camera_hz: float = attrs.field(default=5.0, validator=within(0.5, 30.0))
    camera_stale_s: float = attrs.field(default=2.0, validator=within(0.1, 60.0))
    picture_px: int = attrs.field(default=320, validator=within(16, 1920))
    alone: bool = True
    stand_up: bool = False
    least_battery: float = attrs.field(default=15.0, validator=within(0.0, 100.0))
    level: Literal["velocity", "joint"] = "velocity"
    policy: str = ""
    joint_hz: float = attrs.field(default=200.0, validator=within(50.0, 500.0))
    joint_stale_s: float = attrs.field(default=0.1, validator=within(0.04, 1.0))
    guard: bool = True
    settle_s: float | None = attrs.field(default=None, validator=attrs.validators.optional(within(0.0, 60.0)))
    odometry: str = ""
