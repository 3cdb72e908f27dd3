"""What differs from one of the vendor's robots to another, and from velocity level to joint level."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

import attrs

from navila_sdk.clock import WallClock
from navila_sdk.embodiment import HeightMapSpec, Lidar
from navila_sdk.hardware.parts import Latest, Legs, no_heights
from navila_sdk.observation import PointCloud
from navila_sdk.perception.height_map import HeightMap
from navila_unitree.clouds import Rotation
from navila_unitree.lens import Lens
from navila_unitree.options import DriverOptions


class Senses(Latest, Protocol):
    """What a robot says of itself."""

    def wait(self, timeout_s: float) -> object | None:
        """Return the first reading; None where none came in time."""
        ...

    @property
    def level(self) -> Rotation:
        """The rotation that turns its base frame level, now."""
        ...

    @property
    def silent(self) -> str:
        """What isn't heard at all, where something else is, and what helps; "" elsewhere."""
        ...


Walker = TypeVar("Walker", bound=Legs)
Hearing = TypeVar("Hearing", bound=Senses)


class Ears(Protocol):
    """What hears who else moves the robot."""

    def heard(self) -> str:
        """Return who, within the last second; "" where nobody did."""
        ...

    def close(self) -> None:
        """Stop listening."""
        ...


def _started(*_: object) -> None:
    """Do nothing: a robot whose own controller walks is ready when it's ready."""


@attrs.frozen(slots=True, kw_only=True)
class Kind(Generic[Walker, Hearing]):
    """What differs from body to body.

    Attributes:
        service: Its motion service.
        strangers: Makes what hears who else moves the robot.
        legs: Makes the client that moves it; the argument is how long to wait for answers.
        senses: Makes what hears it, with those legs.
        make_ready: Sees that it walks, or raises a RobotError.
        forbids: Says why a mode doesn't walk; "" where it does.
        cloud_topic: Where its LiDAR's clouds come from.
        cloud_mount: Where the LiDAR sits, if its clouds are in its own frame; None if they are in the base frame.
        lens: Its own camera's fisheye; None where pictures come straight.
        start: Last of all, with those legs, those senses and the freshest cloud: takes the robot's joints, say.
        heights: The highest the robot's own map knows around it, once it has started.
        clock: The driver's clock.
    """

    service: str
    strangers: Callable[[], Ears]
    legs: Callable[[float], Walker]
    senses: Callable[[Walker], Hearing]
    make_ready: Callable[[Walker, Hearing, DriverOptions], None]
    forbids: Callable[[int], str]
    cloud_topic: str
    cloud_mount: Lidar | None = None
    lens: Lens | None = None
    start: Callable[[Walker, Hearing, Callable[[], PointCloud | None] | None], None] = _started
    heights: Callable[[HeightMapSpec], HeightMap | None] = no_heights
    clock: WallClock = attrs.field(factory=WallClock)
