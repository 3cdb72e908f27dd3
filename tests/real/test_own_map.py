"""The safety zones look at the height map a robot makes itself; no cloud, no SDK."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from types import SimpleNamespace

import attrs
import numpy as np
import pytest
from navila_go2.record import embodiment as go2
from navila_unitree import codes
from navila_unitree.low import ground
from navila_unitree.low.ground import RobotGround, grid_of
from navila_unitree.low.senses import Place
from navila_unitree.twin.height_map import CELLS, RESOLUTION_M, cells, standing
from navila_unitree.twin.joint_body import ODOMETRY_HEIGHT_M

import navila_sdk as navila
from navila_sdk.clock import WallClock
from navila_sdk.embodiment import HeightMapSpec
from navila_sdk.execution.safety.gate import SafetyGate
from navila_sdk.execution.safety.settings import ZoneSource
from navila_sdk.geometry import Pose2
from navila_sdk.hardware.arrival import Arrival
from navila_sdk.hardware.driver import RobotDriver
from navila_sdk.hardware.joint_pilot import Stage
from navila_sdk.hardware.odometry import Reading
from navila_sdk.hardware.parts import Parts
from navila_sdk.hardware.sender import Sender
from navila_sdk.perception.free_space import scan_of_heights
from navila_sdk.perception.height_map import HeightMap
from navila_sdk.perception.robot_grid import RobotGrid
from navila_sdk.scenes.scene import Scene, SceneObject, Shape, Solid
from tests.real.lockstep import LockStep

AROUND = HeightMapSpec(x_min_m=-2.0, x_max_m=2.0, y_min_m=-2.0, y_max_m=2.0, resolution_m=0.05)
BASE_M = go2.base_height_m


def walled(wall_x_m: float) -> Scene:
    """A wall so far ahead of the start, and a lamp that hangs above the way."""
    wall = SceneObject("wall", "grey", "", (Solid(Shape.BOX, (3.0 + wall_x_m + 0.5, 5.0, 0.5), (1.0, 9.0, 1.0)),))
    lamp = SceneObject("lamp", "grey", "", (Solid(Shape.BOX, (3.5, 5.0, 2.0), (0.3, 0.3, 0.2)),))
    return Scene("a wall", (10.0, 10.0), Pose2(3.0, 5.0, 0.0), objects=(wall, lamp))


class Dog:
    """A Go2 at joint level without a LiDAR cloud: a pose, and the maps that come on its topic."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, wall_x_m: float) -> None:
        feed = SimpleNamespace(latest=None, close=lambda: None)
        monkeypatch.setattr(ground, "Feed", lambda *_: feed)
        monkeypatch.setattr(ground.sdk, "message", lambda _: SimpleNamespace(HeightMap_=None))
        self._scene = standing(walled(wall_x_m), go2.footprint.height_m)
        self._feed, self.clock = feed, WallClock()
        self.odometry = Pose2(1.3, -0.4, 0.7)
        self._own = RobotGround(AROUND, lambda: Place(self.odometry, BASE_M + ODOMETRY_HEIGHT_M), self.clock)
        self.maps()
        self._sender = Sender(lambda _: 0)

    @property
    def latest(self) -> Arrival[Reading]:
        now_s = self.clock.now_s()
        return Arrival(Reading(self.odometry, 0.0, 0.0, now_s), time.monotonic())

    def maps(self, *, blind: bool = False, ago_s: float = 0.0) -> None:
        """A map comes."""
        heights, origin = cells(self._scene, self._scene.start, self.odometry, None)
        data = (np.full_like(heights, np.nan) if blind else heights).T.ravel().tolist()
        grid = grid_of(SimpleNamespace(width=CELLS, height=CELLS, resolution=RESOLUTION_M, origin=origin, data=data))
        assert grid is not None
        self._feed.latest = Arrival(grid, time.monotonic() - ago_s)

    def driver(self, heights: Callable[[HeightMapSpec], object]) -> RobotDriver:
        nothing = SimpleNamespace(write=lambda _: 0, halt=lambda: 0, close=lambda: None)
        return RobotDriver(
            go2,
            Parts(
                legs=nothing,
                sender=self._sender,
                readings=self,
                clock=self.clock,
                clouds=None,
                forbids=lambda _: "",
                strangers=lambda: "",
                check=codes.check,
                unreachable=codes.UNREACHABLE,
                heights=heights,  # type: ignore[arg-type]
            ),
            None,
        )

    def robot(self) -> navila.Robot:
        # A busy machine may stand still for a while between a map and its use.
        patient = {f"{source}_stale_s": 10.0 for source in ("sensor", "state", "scan")}
        safety = navila.SafetySettings(zones_from=ZoneSource.HEIGHTS, **patient)
        return navila.Robot(go2, self.driver(self._own.highest), safety=safety, clock=self.clock)

    def close(self) -> None:
        """Nothing listens."""


@pytest.fixture
def dogs(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], Dog]:
    return lambda wall_x_m: Dog(monkeypatch, wall_x_m)


def told(robot: navila.Robot, twist: navila.Twist) -> str:
    robot.drive(twist)
    assert robot.verdict is not None
    return robot.verdict.cause


def test_the_zones_see_the_robots_own_map(dogs: Callable[[float], Dog]) -> None:
    with dogs(0.45).robot() as robot:
        assert "ahead" in told(robot, navila.Twist(0.5)), "a wall, and no cloud"
        # Asked again within microseconds, the ramp may give a nanometre a second, which zones don't look at.
        assert robot.drive(navila.Twist(0.5)).speed_mps < 1e-5
        assert told(robot, navila.Twist(-0.3)) == "", "the way back is free"
    with dogs(1.9).robot() as robot:
        assert told(robot, navila.Twist(0.3)) == ""
        assert robot.drive(navila.Twist(0.3)).vx_mps > 0


def test_a_map_that_is_blind_or_stops_coming_stops_the_robot(dogs: Callable[[float], Dog]) -> None:
    dog = dogs(1.9)
    with dog.robot() as robot:
        assert told(robot, navila.Twist(0.3)) == ""
        dog.maps(blind=True)
        assert "range scan holds NaN" in told(robot, navila.Twist(0.3))
        dog.maps(ago_s=30.0)
        assert "range scan is 30." in told(robot, navila.Twist(0.3))
        dog.maps()
        assert told(robot, navila.Twist(0.3)) == ""
        dog.odometry = Pose2(math.nan, 0.0, 0.0)
        with pytest.raises(navila.RobotError, match="where it is, nobody knows: stopped"):
            robot.drive(navila.Twist(0.3))


def test_a_robot_that_makes_no_map_needs_a_cloud(dogs: Callable[[float], Dog]) -> None:
    dog = dogs(1.9)
    safety = navila.SafetySettings(zones_from=ZoneSource.HEIGHTS)
    robot = navila.Robot(go2, dog.driver(lambda _: None), safety=safety, clock=dog.clock)
    with robot, pytest.raises(navila.CapabilityError, match="it has no LiDAR"):
        robot.drive(navila.Twist(0.3))


class Walker(LockStep):
    """A Go2 in physics that walks by its own map and has none other."""

    def __init__(self, wall_x_m: float) -> None:
        self._standing = standing(walled(wall_x_m), go2.footprint.height_m)
        super().__init__("go2", "vision", walled(wall_x_m))

    def map(self) -> RobotGrid:
        pose = self.world.true_pose()
        heights, origin = cells(self._standing, pose, pose, self.world.state().scan)
        return RobotGrid(heights - np.float32(ODOMETRY_HEIGHT_M), origin, RESOLUTION_M, self.time_s)

    def ground(self) -> HeightMap | None:
        spec = self.pilot.card.height_map
        return None if spec is None else self.map().around(self.pose(), float(self.world.base_m()[2]), spec)


def test_a_policy_walks_up_to_a_wall_by_that_map_and_the_zones_stop_it() -> None:
    walker, gate = Walker(0.9), SafetyGate(go2, navila.SafetySettings())
    walker.fly(3.8)
    for _ in range(110):
        known = walker.map().highest(walker.pose(), float(walker.world.base_m()[2]), AROUND)
        scan = scan_of_heights(known, go2, walker.time_s)
        state = attrs.evolve(walker.world.state(), time_s=walker.time_s, scan=scan)
        verdict = gate.judge(navila.Twist(0.4), state, walker.time_s)
        walker.fly(0.02, verdict.sent)
    assert walker.pilot.stage is Stage.WALKING, walker.pilot.trouble
    assert walker.pilot.blocked == "", "it sees the floor before the wall"
    assert "ahead" in verdict.cause
    gone_m = walker.pose().x_m - 3.0
    assert 0.2 < gone_m < 0.9 - go2.footprint.length_m / 2, "it stands before the wall"
