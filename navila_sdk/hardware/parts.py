"""What a real robot's driver is made of: what walks, what is heard, who else is there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import attrs

from navila_sdk.clock import WallClock
from navila_sdk.embodiment import HeightMapSpec
from navila_sdk.geometry import Twist
from navila_sdk.hardware.arrival import Arrival
from navila_sdk.hardware.odometry import Reading
from navila_sdk.hardware.sender import Sender
from navila_sdk.observation import PointCloud
from navila_sdk.perception.height_map import HeightMap


class Legs(Protocol):
    """What makes a body walk: a service of the robot."""

    def write(self, twist: Twist) -> int:
        """Send a velocity and return the SDK's code; may block."""
        ...

    def halt(self) -> int:
        """Stop for good, as the service means it, and return the code; may block."""
        ...

    def close(self) -> None:
        """Let go of the service."""
        ...


class Latest(Protocol):
    """Where the freshest of something is found."""

    @property
    def latest(self) -> Arrival[Reading] | None:
        """The freshest reading."""
        ...

    def close(self) -> None:
        """Stop listening."""
        ...


def no_heights(_: HeightMapSpec) -> HeightMap | None:
    """Return None: most robots make no map themselves."""


@attrs.frozen(slots=True, kw_only=True)
class Parts:
    """What a driver is made of.

    Attributes:
        legs: Makes it walk.
        sender: Keeps the legs' commands fresh.
        readings: What it says of itself.
        clock: Its clock.
        clouds: The freshest LiDAR cloud, in the base frame turned level; None without a LiDAR.
        heights: The highest the robot's own map knows around it; the same object until it makes another map.
        forbids: Says why a mode doesn't walk; "" where it does.
        strangers: Says who else moves the robot; "" where nobody does.
        check: Raises the error that a code stands for: the code, and what was asked.
        unreachable: Codes that say a command didn't arrive.
        closing: What else to let go of at the end, in order.
    """

    legs: Legs
    sender: Sender
    readings: Latest
    clock: WallClock
    clouds: Callable[[], PointCloud | None] | None
    forbids: Callable[[int], str]
    strangers: Callable[[], str]
    check: Callable[[int, str], None]
    unreachable: frozenset[int]
    heights: Callable[[HeightMapSpec], HeightMap | None] = no_heights
    closing: tuple[Callable[[], None], ...] = ()
