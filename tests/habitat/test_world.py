"""The world at work: on the stand-in (which isn't Habitat), and on the real habitat_sim where it can be imported."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
import numpy as np
import pytest
from navila_habitat.driver import SteppedDriver
from navila_habitat.faults import InvalidTwistError, SimulatorBusyError, WorldClosedError
from navila_habitat.frames import to_world, yaw_of
from navila_habitat.keeper import KEEPER

import navila_sdk as navila
from navila_sdk.errors import CapabilityError, ConfigError, SceneError
from navila_sdk.execution.outcome import Outcome
from navila_sdk.geometry import Pose2, Twist
from navila_sdk.plugins import Plugins
from navila_sdk.robot import Robot
from navila_sdk.scenes import Scene
from navila_sdk.scenes.geodesic import DistanceField, geodesic_distance_m
from navila_sdk.testing import WorldConformance
from navila_sdk.testing.fake import fake_embodiment
from navila_sdk.world import Measuring, Pictured, Placeable, Stepped
from tests.habitat.conftest import REAL
from tests.habitat.standin import installed
from tests.habitat.standin.simulator import Simulator

Make = Callable[..., Any]
Made = Callable[..., Robot]


def spent(driver: Any, seconds: float) -> None:
    for _ in range(round(seconds / driver.step_s)):
        driver.advance()


# -- what it is -----------------------------------------------------------------------------------


def test_it_is_what_it_says(make: Make) -> None:
    driver = make()
    assert isinstance(driver, Placeable)
    assert isinstance(driver, Pictured)
    assert isinstance(driver, Measuring)
    assert not isinstance(driver, Stepped)
    driver.close()
    assert isinstance(make(motion="discrete"), Stepped)


def test_it_begins_where_the_scene_says(make: Make, apartment: Scene) -> None:
    driver = make()
    start = apartment.start
    assert driver.true_pose().as_tuple() == pytest.approx(start.as_tuple())
    assert driver.state().pose.as_tuple() == pytest.approx((0, 0, 0), abs=1e-6)
    assert driver.observe().rgb.shape == (18, 24, 3)


# -- continuous motion ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        (navila.MoveForward.cm(75), (0.75, 0, 0)),
        (navila.TurnLeft.degrees(90), (0, 0, math.pi / 2)),
        (navila.TurnRight.degrees(30), (0, 0, -math.pi / 6)),
    ],
)
def test_actions_mean_what_they_say(robot: Made, action: Any, expected: tuple[float, float, float]) -> None:
    with robot() as go2:
        assert go2.execute(action) is Outcome.REACHED
        assert go2.state().pose.as_tuple() == pytest.approx(expected, abs=0.02)


def test_velocities_are_the_bodys(make: Make) -> None:
    driver = make("empty", body=fake_embodiment())
    driver.send(Twist(0.4, 0.2, 0.5))
    spent(driver, 2.0)
    moved = driver.state().pose
    # Exact arcs, but for the ramp: the heading is the integral of the turn, the way that of the speed.
    assert moved.yaw_rad == pytest.approx(1.0, abs=0.1)
    assert math.hypot(moved.x_m, moved.y_m) == pytest.approx(math.hypot(0.4, 0.2) * 2 * math.sin(0.5) / 0.5, rel=0.12)
    assert driver.state().twist.as_tuple() == pytest.approx((0.4, 0.2, 0.5), abs=1e-6)


def walled(driver: Any, seconds: float = 6.0) -> Pose2:
    """Turn a little off the wall ahead and push."""
    start = driver.true_pose()
    driver.send(Twist(0.5))
    spent(driver, seconds)
    return start.relative(driver.true_pose())


def corner(make: Make, apartment: Scene, **options: Any) -> Any:
    """A driver that looks at a wall at 30 degrees."""
    room = apartment.rooms[0]
    middle = ((room.x_min_m + room.x_max_m) / 2, (room.y_min_m + room.y_max_m) / 2)
    driver = make(**options)
    driver.place(Pose2(*middle, math.radians(30)))
    return driver


def test_it_slides_along_walls_or_stops(make: Make, apartment: Scene) -> None:
    sliding = corner(make, apartment)
    slid = walled(sliding, 12.0)
    assert sliding.state().contact
    end = sliding.true_pose()
    assert apartment.room_at(end.x_m, end.y_m) is not None
    sliding.close()
    stopping = corner(make, apartment, sliding=False)
    stopped = walled(stopping, 12.0)
    assert stopping.state().contact
    assert stopping.state().twist.speed_mps < 0.01
    assert math.hypot(stopped.x_m, stopped.y_m) < math.hypot(slid.x_m, slid.y_m) - 0.1
    assert abs(stopped.y_m) < 0.05


def test_nothing_is_driven_through(make: Make, apartment: Scene) -> None:
    rng = np.random.default_rng(5)
    driver = make()
    floor = driver.occupancy()
    middles = np.array([floor.center_m(int(ix), int(iy)) for ix, iy in np.argwhere(floor.free)])
    for _ in range(25):
        driver.send(Twist(0.6, float(rng.uniform(-0.3, 0.3)), float(rng.uniform(-1, 1))))
        spent(driver, 1.0)
        pose = driver.true_pose()
        assert np.hypot(*(middles - (pose.x_m, pose.y_m)).T).min() < 0.08
        assert apartment.room_at(pose.x_m, pose.y_m) is not None


# -- discrete steps -------------------------------------------------------------------------------


@pytest.mark.parametrize(("degrees", "said", "expected"), [(15, 45, 45), (30, 30, 30), (30, 15, 0), (15, 20, 15)])
def test_discrete_turns_are_whole_ones(robot: Made, degrees: int, said: int, expected: int) -> None:
    with robot(motion="discrete", turn_step_deg=float(degrees)) as go2:
        assert go2.execute(navila.TurnLeft.degrees(said)) is Outcome.REACHED
        assert go2.state().pose.as_tuple() == pytest.approx((0, 0, math.radians(expected)), abs=1e-3)


@pytest.mark.parametrize(("said_cm", "expected_m"), [(75, 0.75), (25, 0.25), (60, 0.5), (10, 0.0)])
def test_discrete_moves_are_whole_ones(robot: Made, said_cm: int, expected_m: float) -> None:
    with robot("empty", motion="discrete") as go2:
        assert go2.execute(navila.MoveForward.cm(said_cm)) is Outcome.REACHED
        assert go2.state().pose.as_tuple() == pytest.approx((expected_m, 0, 0), abs=1e-3)


def test_what_no_step_does_is_not_done(robot: Made) -> None:
    with robot("empty", motion="discrete") as go2:
        go2.run([navila.MoveForward.cm(25)])
        for _ in range(200):
            go2.drive(Twist(-0.3, 0.2))
            go2.tick(None)
        assert go2.state().pose.as_tuple() == pytest.approx((0.25, 0, 0), abs=1e-3)


def test_vlnce_ground_truth_is_walked_point_by_point(make: Make) -> None:
    """The actions of one of RxR_VLNCE's records, from its own start rotation: each place, and the heading at the end.

    Its recorded places follow p += 0.25 (-sin yaw, 0, -cos yaw) in Habitat's frame, a left turn being +30 degrees.
    """
    actions = [2, 2, 2, 2, 2, 1, 1, 3, 1, 1, 2, 1, 3, 1, 2, 1, 3, 1, 1]
    rotation = (0.0, 0.9676598, 0.0, -0.2522588)
    start = [10.0, 10.0, yaw_of(rotation)]
    driver = make("empty", motion="discrete", turn_step_deg=30.0, start=start)
    habitat_yaw = math.radians(209.2224)
    x, _, z = to_world(10.0, 10.0)
    for action in actions:
        twist, seconds = {1: (Twist(0.5), 0.5), 2: (Twist(0, 0, 0.5), 0.8), 3: (Twist(0, 0, -0.5), 0.8)}[action]
        driver.send(twist)
        spent(driver, seconds)
        driver.send(Twist())
        driver.advance()
        habitat_yaw += {1: 0.0, 2: math.radians(30), 3: -math.radians(30)}[action]
        if action == 1:
            x, z = x - 0.25 * math.sin(habitat_yaw), z - 0.25 * math.cos(habitat_yaw)
        found = driver.true_pose()
        assert to_world(found.x_m, found.y_m) == pytest.approx((x, 0, z), abs=1e-4)
    turned_deg = math.degrees(driver.true_pose().yaw_rad - math.pi / 2)
    assert math.remainder(turned_deg - 329.2224, 360) == pytest.approx(0, abs=1e-3)


def test_a_step_against_a_wall_is_a_collision(make: Make, apartment: Scene) -> None:
    driver = corner(make, apartment, motion="discrete", sliding=False)
    assert isinstance(driver, SteppedDriver)
    walled(driver, 10.0)
    assert driver.state().contact
    driver.send(Twist())
    driver.advance()
    assert not driver.state().contact


# -- the senses -----------------------------------------------------------------------------------


def test_it_sees_what_the_other_world_sees(make: Make, apartment: Scene) -> None:
    """Depth from our scene exported, loaded and drawn in Habitat's frame is that of the world ``mujoco``."""
    body = Plugins().embodiment("go2")
    driver = make(apartment, body, depth=True, picture_px=[32, 24])
    other = navila.connect(body, world="mujoco", scene=apartment, options={"picture_px": [32, 24]})
    tilted = attrs.evolve(body, camera=attrs.evolve(body.camera, pitch_rad=0.3, y_m=0.1, hfov_rad=1.2))
    seen, known = driver.observe().depth_m, other.observe().depth_m
    assert np.median(np.abs(seen - known)) < 0.01
    assert np.quantile(np.abs(seen - known), 0.95) < 0.05
    driver.close()
    driver = make(apartment, tilted, depth=True, picture_px=[32, 24])
    with navila.connect(tilted, world="mujoco", scene=apartment, options={"picture_px": [32, 24]}) as looking:
        assert np.median(np.abs(driver.observe().depth_m - looking.observe().depth_m)) < 0.01
    other.close()


def test_frames_keep_what_they_showed(make: Make) -> None:
    driver = make()
    first = driver.observe()
    kept = first.rgb.copy()
    driver.send(Twist(0.3, 0, 0.5))
    spent(driver, 1.0)
    assert driver.observe().time_s > first.time_s
    assert (first.rgb == kept).all()
    assert not np.array_equal(driver.observe().rgb, kept)
    assert first.depth_m is None


def test_semantic_ids_on_demand(make: Make) -> None:
    driver = make(semantic=True)
    ids = driver.semantic()
    assert ids.shape == (18, 24)
    assert ids.dtype == np.int32
    assert isinstance(driver.categories(), dict)
    driver.close()
    with pytest.raises(CapabilityError, match="semantic=true"):
        make().semantic()


def test_a_map_for_people(make: Make) -> None:
    driver = make()
    assert driver.overview(160, 120).shape == (120, 160, 3)
    with pytest.raises(ConfigError, match="4096"):
        driver.overview(0, 5)


# -- distances ------------------------------------------------------------------------------------


def test_distances_are_the_navmeshs(robot: Made, apartment: Scene) -> None:
    with robot() as go2:
        start, goal = (apartment.start.x_m, apartment.start.y_m), apartment.errands[0].goal_m
        found = go2.way_m(start, goal)
        radius_m = go2.embodiment.footprint.radius_m
        assert found == pytest.approx(geodesic_distance_m(apartment, start, goal, radius_m), rel=0.05)
        assert go2.way_m(start, start) == 0
        assert go2.way_m(start, (1000.0, 1000.0)) == math.inf


def test_the_map_for_plans_has_the_same_ways(make: Make, apartment: Scene) -> None:
    driver = make()
    start, goal = (apartment.start.x_m, apartment.start.y_m), apartment.errands[0].goal_m
    field = DistanceField(driver.occupancy(), goal)
    assert field.distance_m(*start) == pytest.approx(driver.way_m(start, goal), rel=0.05)


# -- scenes, simulators and their end -------------------------------------------------------------


def test_one_simulator_at_a_time(make: Make) -> None:
    first = make()
    with pytest.raises(SimulatorBusyError, match="close that robot"):
        make("apartment:8")
    first.close()
    make("apartment:8").close()


def test_a_simulator_waits_for_the_next_world_like_it(make: Make, simulator: str) -> None:
    if simulator != "stand-in":
        pytest.skip("the real habitat_sim doesn't count how often it was opened")
    before = Simulator.made
    for _ in range(3):
        driver = make()
        driver.send(Twist(0.5))
        spent(driver, 1.0)
        driver.close()
        driver.close()
    assert Simulator.made == before + 1
    assert len(Simulator.opened) == 1
    make("apartment:8").close()
    assert Simulator.made == before + 1
    make("apartment:8", picture_px=[8, 6]).close()
    assert Simulator.made == before + 2
    make("apartment:8", picture_px=[8, 6], keep_open=False).close()
    assert not Simulator.opened


def test_what_waits_begins_anew(make: Make) -> None:
    first = make(seed=3)
    first.send(Twist(0.5, 0, 0.5))
    spent(first, 1.0)
    moved = first.true_pose()
    first.close()
    again = make(seed=3)
    assert again.true_pose() != moved
    assert again.state().time_s == 0
    assert again.state().pose.as_tuple() == pytest.approx((0, 0, 0), abs=1e-6)


def test_a_closed_world_says_so(make: Make) -> None:
    driver = make()
    driver.close()
    for call in (driver.advance, driver.state, driver.observe, driver.true_pose, driver.cloud):
        with pytest.raises(WorldClosedError):
            call()


def test_nan_is_refused(make: Make) -> None:
    driver = make()
    with pytest.raises(InvalidTwistError):
        driver.send(Twist(math.nan))


def test_a_navmesh_is_computed_once_and_kept(make: Make, cache: Path, simulator: str, tmp_path: Path) -> None:
    make(keep_open=False).close()
    kept = sorted((cache / simulator).glob("*.navmesh"))
    assert kept
    times = [path.stat().st_mtime_ns for path in kept]
    make(keep_open=False).close()
    assert [path.stat().st_mtime_ns for path in sorted((cache / simulator).glob("*.navmesh"))] == times
    named = make(navmesh_file=str(kept[0]), keep_open=False)
    assert named.occupancy().free.any()
    named.close()
    (tmp_path / "bad.navmesh").write_bytes(b"no navmesh")
    with pytest.raises(SceneError, match="navmesh_file"):
        make(navmesh_file=str(tmp_path / "bad.navmesh"))


def test_starts_off_the_navmesh_are_refused(make: Make) -> None:
    with pytest.raises(SceneError, match="off the navmesh"):
        make(start=[-30.0, 2.0, 0.0])
    with pytest.raises(ConfigError, match="finite"):
        make(start=[math.nan, 2.0, 0.0])
    make().close()  # and the next one works


def test_a_body_that_fits_nowhere_is_told(make: Make) -> None:
    with pytest.raises(SceneError, match="agent_radius_m"):
        make(agent_radius_m=4.9)


def test_a_mesh_lying_on_its_side_is_told(make: Make, apartment: Scene) -> None:
    # Habitat finds floor on the outer wall that then lies below the start of the scene: only a room far from it tells.
    far = max(apartment.rooms, key=lambda room: room.y_max_m)
    start = [(far.x_min_m + far.x_max_m) / 2, far.y_max_m - 1.0, 0.0]
    with pytest.raises(SceneError, match=r"up axis|off the navmesh"):
        make(up="z", start=start)


def test_the_floor_that_was_told_must_be_there(make: Make) -> None:
    with pytest.raises(SceneError, match=r"off the navmesh, .* up\."):
        make(start_height_m=1.5)


def test_cameras_stand_on_the_floor_or_on_the_navmesh(make: Make, apartment: Scene) -> None:
    """A camera that looks straight down says how high it is; the navmesh is a little over the floor."""
    down = {"camera_m": [0.0, 0.0, 0.8], "camera_pitch_deg": 90.0, "depth": True, "camera_hfov_deg": 10.0}
    for motion in ("continuous", "discrete"):
        driver = make(**down, motion=motion)
        driver.send(Twist(0.5))
        spent(driver, 0.3)
        assert driver.true_pose() != apartment.start
        assert np.median(driver.observe().depth_m) == pytest.approx(0.8, abs=1e-3)
        driver.close()
    over = make(**down, camera_over="navmesh")
    assert 0.8 <= np.median(over.observe().depth_m) <= 1.05


# -- the kit, and whole episodes ------------------------------------------------------------------


class _Conformance(WorldConformance):
    world = "habitat"

    @pytest.fixture(scope="class", autouse=True)
    @classmethod
    def _place(cls, request: pytest.FixtureRequest, cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
        real = request.cls is TestConformanceOfHabitat
        if real and not REAL:
            pytest.skip("habitat_sim isn't installed: the package index has no build of it")
        cls.options = {"cache": str(cache / ("habitat_sim" if real else "stand-in")), "probe": real}
        with pytest.MonkeyPatch.context() as patch:
            if not real:
                installed(patch)
            patch.setenv("NAVILA_CONFIG_DIR", str(tmp_path_factory.mktemp("config")))
            yield
            KEEPER.close()


class TestConformance(_Conformance):
    """On the stand-in."""


class TestConformanceOfHabitat(_Conformance):
    """On the real one."""
