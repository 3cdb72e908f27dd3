"""What joint level must know of a robot."""

from __future__ import annotations

from collections.abc import Callable

import attrs

from navila_sdk.hardware.joint_pilot import Rise
from navila_unitree.low.order import MotorOrder


@attrs.frozen(slots=True, kw_only=True)
class LowBody:
    """What joint level must know of a robot.

    Attributes:
        order: Its motors.
        rise: How it gets up.
        damping: Of each joint of a robot that shall sink down, N m s/rad.
        odometry: The topic its odometry usually comes by (nav_msgs Odometry).
        makes_map: Whether it makes height maps itself.
        settle_s: How long it usually stands by its policy before anything is asked of it; time to lower a gantry.
        must: How it must be before its joints are let go, for people.
        lie_down: Lays it down by its own controller, waiting at most that long; None where nothing can.
    """

    order: MotorOrder
    rise: Rise
    damping: float
    odometry: str
    makes_map: bool
    settle_s: float
    must: str
    lie_down: Callable[[float], None] | None = None
