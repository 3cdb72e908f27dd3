"""What a walking body knows of the ground: rays that sway with it, maps that agree with the ground that is there."""

from __future__ import annotations

import math
from pathlib import Path

import attrs
import numpy as np
import pytest
from navila_go2 import embodiment as go2
from navila_h1 import embodiment as h1
from navila_mujoco.options import GroundSource
from navila_mujoco.physics.arena import build_arena, load_robot
from navila_mujoco.physics.ground_sense import ground_sense
from navila_mujoco.physics.rangefinder import Rangefinder
from navila_mujoco.physics.walker import Walker
from navila_mujoco.sight import Sight
from navila_t1 import embodiment as t1

import navila_sdk as navila
from navila_sdk.errors import CapabilityError
from navila_sdk.geometry import Pose2, Twist
from navila_sdk.locomotion.choose import locomotion_policy, robot_model
from navila_sdk.perception import navila_height_map
from navila_sdk.perception.beams import ground_beams, lidar_beams
from navila_sdk.scenes import load_scene
from navila_sdk.scenes.ground import ground_height_m

GOLDEN = np.load(Path(__file__).parent.parent / "data" / "height_maps.npz")
ALL = pytest.mark.parametrize("body", [go2, h1, t1], ids=lambda body: body.name)
LEVEL = np.array([1.0, 0.0, 0.0, 0.0])


def turned(roll_rad: float, pitch_rad: float) -> np.ndarray:
    """Return pitch, then roll about the body's own axis, as w, x, y, z."""
    a, b = roll_rad / 2, pitch_rad / 2
    return np.array(
        [math.cos(a) * math.cos(b), math.sin(a) * math.cos(b), math.cos(a) * math.sin(b), -math.sin(a) * math.sin(b)]
    )


@ALL
@pytest.mark.parametrize("wxyz", [LEVEL, turned(0.2, -0.15), turned(-0.3, 0.25)], ids=str)
def test_however_the_body_sways_its_sensor_finds_the_ground_where_it_is(body, wxyz):
    scene = load_scene("terrain:stairs:12")
    beams, _ = ground_beams(body)
    finder = Rangefinder(beams, Sight(scene, ceiling=False))
    hits, sensor = finder.scan(np.array([1.6, 3.0, body.base_height_m]), wxyz, 3.0)
    seen = hits[np.isfinite(hits).all(axis=1)]
    assert len(seen) > 300
    assert np.linalg.norm(seen - sensor, axis=1).max() <= 3.0 + 1e-9
    # Rays end on upper sides or on risers, which have a step's height on one side: never inside, never in the air.
    before, behind = (ground_height_m(scene, seen[:, 0] + dx, seen[:, 1]) for dx in (-1e-6, 1e-6))
    assert (seen[:, 2] < np.maximum(before, behind) + 1e-6).all()
    assert (seen[:, 2] > np.minimum(before, behind) - 1e-6).all()
    assert seen[:, 2].max() > 0.1


def walker_and_sense(body, spec, scene, source, start=None):
    sense = ground_sense(body, scene, Sight(scene, ceiling=False), spec, source)
    arena = build_arena(scene, load_robot(robot_model(body)))
    walker = Walker(arena, locomotion_policy(body, "blind"), start or scene.start)
    return walker, sense


@ALL
def test_the_map_from_sensors_is_the_ground_that_is_there(body):
    scene = load_scene("terrain:stairs:10")
    walker, sensed = walker_and_sense(body, body.height_map, scene, GroundSource.SENSED)
    _, exact = walker_and_sense(body, body.height_map, scene, GroundSource.EXACT)
    for _ in range(75):
        made = sensed.look(walker, walker.pose)
        walker.step(Twist(0.3))
    truth = exact.look(walker, walker.pose)
    made = sensed.look(walker, walker.pose)
    assert made.known_share > 0.8
    off = np.abs(made.heights_m - truth.heights_m)[np.isfinite(made.heights_m)]
    assert np.median(off) < 0.01
    # Cells that an edge runs through may be either side's.
    assert (off > 0.05).mean() < 0.15
    assert np.nanmax(made.heights_m) - np.nanmin(made.heights_m) > 0.05


def test_where_odometry_errs_the_map_errs_with_it():
    scene = load_scene("terrain:stairs:10")
    walker, sensed = walker_and_sense(go2, go2.height_map, scene, GroundSource.SENSED)
    believed = Pose2(5.0, -2.0, 1.0)
    ours = sensed.look(walker, believed).heights_m
    _, other = walker_and_sense(go2, go2.height_map, scene, GroundSource.SENSED)
    theirs = other.look(walker, walker.pose).heights_m
    assert np.nanmedian(np.abs(ours - theirs)) < 0.01


def test_navilas_map_is_the_one_its_own_code_makes_of_this_scan():
    sight = Sight(load_scene("empty"), ceiling=False)
    assert go2.lidar is not None
    finder = Rangefinder(lidar_beams(go2.lidar, go2.base_height_m), sight)
    golden = GOLDEN["flat/sensor_pos_w"][0]
    base = np.array([golden[0] - go2.lidar.x_m, golden[1], golden[2] + go2.base_height_m - go2.lidar.z_m])
    hits, sensor = finder.scan(base, GOLDEN["flat/base_quat_wxyz"][0].astype(float), 1e6)
    assert sensor == pytest.approx(golden, abs=1e-6)
    ours = navila_height_map(*(part.astype(np.float32) for part in (hits, sensor, GOLDEN["flat/base_quat_wxyz"][0])))
    # Rays along a cell's edge may fall to either side.
    off = np.abs(ours - GOLDEN["flat/height_map"][0])
    assert np.median(off) < 5e-3
    assert (off > 0.02).mean() < 0.05
    spec = go2.more_height_maps[0]
    walker, sense = walker_and_sense(go2, spec, load_scene("empty"), GroundSource.SENSED)
    made = sense.look(walker, walker.pose)
    assert made.spec.frame == "navila-lidar"
    # The rearmost rows lie level with the sensor, where 0 means nothing seen.
    assert -0.65 < np.nanmin(made.heights_m) < np.nanmax(made.heights_m) < 0
    assert made.known_share > 0.8


def test_navilas_map_needs_a_lidar():
    spec, scene = go2.more_height_maps[0], load_scene("empty")
    with pytest.raises(CapabilityError, match="no LiDAR"):
        ground_sense(attrs.evolve(t1), scene, Sight(scene, ceiling=False), spec, GroundSource.SENSED)


def test_kinematic_bodies_do_not_climb():
    with pytest.raises(CapabilityError, match="--fidelity physics"):
        navila.connect("go2", world="mujoco", scene="terrain:stairs")


def test_legs_do_and_the_camera_rises_with_them():
    with navila.connect("go2", world="mujoco", scene="terrain:ramp:8", fidelity="physics", locomotion="blind") as robot:
        below = robot.observe()
        for _ in range(4):
            robot.execute(navila.MoveForward(0.75))
        above = robot.observe()
        assert not robot.state().contact
        assert robot.state().tilt_rad < 0.2
        assert robot._driver._lift_m == pytest.approx(2.0 * math.tan(math.radians(8)), abs=0.05)
        assert (below.rgb != above.rgb).any()
        cloud = robot.cloud()
        assert cloud is not None
        # The plateau it stands on, and the floor at the ramp's foot.
        assert cloud.points_m[:, 2].min() < -go2.base_height_m - 0.2
        assert robot.picture(80, 60) is not None


@pytest.mark.parametrize("start", [(3.6, 3.0, 0.0), (3.6, 3.0, math.pi / 2), (5.2, 3.0, 0.0)])
def test_a_robot_may_start_on_a_slope_or_a_plateau(start):
    with navila.connect(
        "go2", world="mujoco", scene="terrain:ramp:12", fidelity="physics", locomotion="blind", options={"start": start}
    ) as robot:
        robot.stand(2.0)
        assert robot.state().tilt_rad < 0.35
        assert not robot.estop_cause
        x, y = np.array([start[0]]), np.array([start[1]])
        ground_m = float(ground_height_m(load_scene("terrain:ramp:12"), x, y)[0])
        assert robot._driver._lift_m == pytest.approx(ground_m, abs=0.08)
