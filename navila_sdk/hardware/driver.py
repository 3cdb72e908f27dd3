"""A real robot as the SDK's ``Driver``: what every body shares, whatever service makes it walk.

Nothing here blocks: commands go to a sender's thread, messages and pictures come in by threads of their own.
"""

from __future__ import annotations

import contextlib

from navila_sdk.embodiment import Embodiment, HeightMapSpec
from navila_sdk.errors import RobotBusyError, RobotError, RobotRefusedError, RobotUnreachableError
from navila_sdk.geometry import ZERO_TWIST, Pose2, Twist
from navila_sdk.hardware.camera import Camera
from navila_sdk.hardware.odometry import Odometry
from navila_sdk.hardware.parts import Parts
from navila_sdk.hardware.sender import Sent
from navila_sdk.observation import Observation, PointCloud, RangeScan, RobotState
from navila_sdk.perception.free_space import scan_of_cloud
from navila_sdk.perception.height_map import HeightMap
from navila_sdk.scenes.scene import Scene

UNSENT_LIMIT = 3
"""So many commands in a row that couldn't be sent are a broken link."""


class RobotDriver:
    """Implements ``navila_sdk.world.Driver``, ``Clocked`` and ``Mapped``.

    Args:
        body: The robot's record.
        parts: What it's made of; owned by the driver from now on.
        scene: The map of where it stands, if it's known; odometry begins at its start.
    """

    def __init__(self, body: Embodiment, parts: Parts, scene: Scene | None) -> None:
        self.clock = parts.clock
        self.scene = scene
        self._body = body
        self._parts = parts
        self._odometry = Odometry()
        self._scan: RangeScan | None = None
        self._cloud: PointCloud | None = None
        self._unsent = 0
        self._broken: RobotError | None = None
        self._camera: Camera | None = None
        self._closed = False

    def look(self, camera: Camera) -> None:
        """Give the driver its eyes; owned by the driver from now on."""
        self._camera = camera

    @property
    def sent(self) -> Sent:
        """What the sender has done."""
        return self._parts.sender.sent

    def pose(self) -> Pose2:
        """Return the freshest odometry pose."""
        arrival = self._parts.readings.latest
        return self._odometry.place(arrival.value) if arrival else Pose2()

    def state(self) -> RobotState:
        """Return the freshest state; one that stopped coming keeps its old time, and the safety chain stops.

        Raises:
            RobotError: The odometry jumped, or another program moves the robot.
        """
        if self._broken is not None:
            raise self._broken
        arrival = self._parts.readings.latest
        if arrival is None:
            raise RobotUnreachableError(f"{self._body.name} says nothing of itself")
        strangers = self._parts.strangers()
        if strangers:
            raise self._break(RobotBusyError(f"another program moves {self._body.name}: {strangers}; stopped"))
        try:
            return self._odometry.state(arrival.value, self.clock.since(arrival.time_s), self._fresh_scan())
        except RobotError as error:
            raise self._break(error) from None

    def observe(self) -> Observation:
        """Return the freshest picture.

        Raises:
            RobotUnreachableError: There is none that is fresh enough.
        """
        if self._camera is None:
            raise RobotUnreachableError(f"{self._body.name} has no camera connected; set driver.camera to a URL")
        return self._camera.observe()

    def cloud(self) -> PointCloud | None:
        """Return the freshest LiDAR cloud, or None without a LiDAR."""
        return self._parts.clouds() if self._parts.clouds else None

    def heights(self, spec: HeightMapSpec) -> HeightMap | None:
        """Return what the robot's own map knows around it, or None where it makes none."""
        return self._parts.heights(spec)

    def send(self, twist: Twist) -> None:
        """Command a body velocity; never blocks. Zero always goes through.

        Raises:
            RobotRefusedError: The robot is in a mode that doesn't walk.
            RobotUnreachableError: Commands don't reach it any more.
        """
        if self._closed:
            return
        if twist.is_zero or not twist.is_finite:
            self._parts.sender.put(ZERO_TWIST)
            return
        self._check_link()
        self._parts.sender.put(twist)

    def close(self) -> None:
        """Stop the robot and let go of everything; a second call does nothing."""
        if self._closed:
            return
        self._closed = True
        parts = self._parts
        with contextlib.ExitStack() as stack:
            for close in reversed(parts.closing):
                stack.callback(close)
            stack.callback(parts.readings.close)
            stack.callback(parts.legs.close)
            if self._camera is not None:
                stack.callback(self._camera.close)
            parts.sender.close()
            parts.legs.halt()

    def _check_link(self) -> None:
        if self._broken is not None:
            raise self._broken
        arrival = self._parts.readings.latest
        forbidden = self._parts.forbids(arrival.value.mode) if arrival else ""
        if forbidden:
            raise self._break(RobotRefusedError(f"{self._body.name} won't walk: {forbidden}"))
        parts = self._parts
        code = parts.sender.code
        self._unsent = self._unsent + 1 if code in parts.unreachable else 0
        if code and (code not in parts.unreachable or self._unsent > UNSENT_LIMIT):
            try:
                parts.check(code, f"{self._body.name}: moving")
            except RobotError as error:
                raise self._break(error) from None

    def _break(self, error: RobotError) -> RobotError:
        """Stop, and remember why: nothing moves again through this driver."""
        self._parts.sender.put(ZERO_TWIST)
        self._broken = error
        return error

    def _fresh_scan(self) -> RangeScan | None:
        if self._parts.clouds is None:
            return None
        cloud = self._parts.clouds()
        if cloud is not None and cloud is not self._cloud:
            self._cloud, self._scan = cloud, scan_of_cloud(cloud.points_m, self._body, cloud.time_s)
        return self._scan
