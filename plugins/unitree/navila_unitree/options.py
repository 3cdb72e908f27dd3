"""The options of a real robot's driver (``[driver]`` in the config), read strictly."""

from __future__ import annotations

from typing import Literal

import attrs

from navila_sdk.hardware.options import LinkOptions
from navila_sdk.strict import within


@attrs.frozen(slots=True, kw_only=True)
class DriverOptions(LinkOptions):
    """What can be set about the link to one of these robots; ``guard`` counts at joint level only.

    Attributes:
        lidar: Whether the safety zones need the LiDAR's cloud; without it nothing looks where the robot goes.
        picture_px: Width of the pictures planners see.
        alone: Whether another program's motion commands stop the robot.
        level: ``"velocity"``: the robot's own controller walks; ``"joint"``: a locomotion policy of ours does.
        policy: Which one, at joint level: a kind the record names, or a file; "" is the record's first.
        joint_hz: How often the joints are told, at joint level.
        joint_stale_s: Joints silent for longer, or a policy later than this, end in damping.
        settle_s: How long it stands by its policy before anything is asked of it; None is the robot's usual.
        odometry: Topic of its odometry at joint level (nav_msgs Odometry); "" is the robot's usual one.
    """

    lidar: bool = True
    picture_px: int = attrs.field(default=320, validator=within(16, 1920))
    alone: bool = True
    level: Literal["velocity", "joint"] = "velocity"
    policy: str = ""
    joint_hz: float = attrs.field(default=200.0, validator=within(50.0, 500.0))
    joint_stale_s: float = attrs.field(default=0.1, validator=within(0.04, 1.0))
    settle_s: float | None = attrs.field(default=None, validator=attrs.validators.optional(within(0.0, 60.0)))
    odometry: str = ""
