"""What the zones look at: a driver's scan, or one made of a cloud, a depth image, a height map; all see the wall."""

import math

import attrs
import numpy as np
import pytest

import navila_sdk as navila
from navila_sdk.execution.safety.settings import ZoneSource
from navila_sdk.geometry import Pose2
from navila_sdk.perception.free_space import scan_of_cloud, scan_of_depth, scan_of_heights
from navila_sdk.perception.height_map import HeightMap
from navila_sdk.scenes.scene import Scene, SceneObject, Shape, Solid
from navila_sdk.testing import FakeDriver, fake_embodiment

BODY = fake_embodiment()
CAMERA = attrs.evolve(BODY.camera, width_px=81, height_px=61)


def ahead(scan):
    return scan.range_m[np.abs(scan.bearing_rad) < 0.03].min()


def test_a_cloud_is_looked_at_between_clearance_and_top():
    base_m = BODY.base_height_m
    floor, low, post, lintel = (1.0, 0.01, -base_m), (0.8, 0.01, 0.04 - base_m), (1.5, 0.01, 0.0), (0.5, 0.01, 0.3)
    assert ahead(scan_of_cloud(np.array([floor, low, post, lintel]), BODY, 0.0)) == pytest.approx(1.5, abs=0.01)
    assert np.isinf(scan_of_cloud(np.array([floor]), BODY, 0.0).range_m).all()


@pytest.mark.parametrize("points", [np.empty((0, 3)), np.array([[1.0, 0.0, 0.0], [math.nan, 0.0, 0.0]])])
def test_a_cloud_with_nothing_or_nan_in_it_is_blind(points):
    assert np.isnan(scan_of_cloud(points, BODY, 0.0).range_m).all()


def test_a_depth_image_shows_a_wall_where_the_camera_looks():
    depth = np.full((61, 81), 2.0, np.float32)
    scan = scan_of_depth(depth, CAMERA, BODY, 3.0)
    assert scan.time_s == 3.0
    assert ahead(scan) == pytest.approx(2.0 + CAMERA.x_m, abs=0.05)
    assert np.isinf(scan.range_m[np.abs(scan.bearing_rad) > math.pi / 2]).all()
    depth[0, 0] = math.nan
    assert np.isnan(scan_of_depth(depth, CAMERA, BODY, 0.0).range_m).all()


SPEC = navila.HeightMapSpec(x_min_m=-1.0, x_max_m=1.0, y_min_m=-1.0, y_max_m=1.0, resolution_m=0.1)


@pytest.mark.parametrize("step_m", [0.3, -0.3])
def test_a_height_map_knows_steps_and_drops(step_m):
    heights = np.full(SPEC.shape, -BODY.base_height_m, np.float32)
    heights[17:] += step_m
    heights[:, :3] = np.nan
    scan = scan_of_heights(HeightMap(heights, SPEC), BODY, 0.0)
    assert ahead(scan) == pytest.approx(0.6, abs=0.03)
    assert np.isinf(scan.range_m[np.abs(scan.bearing_rad) > 1.5]).all()
    assert np.isnan(scan_of_heights(HeightMap(np.full(SPEC.shape, np.nan, np.float32), SPEC), BODY, 0.0).range_m).all()


@pytest.mark.parametrize("source", list(ZoneSource))
def test_every_source_stops_before_a_wall(source):
    pytest.importorskip("navila_mujoco", reason="the world mujoco isn't installed: pip install navila-mujoco")
    wall = SceneObject("wall", "grey", "", (Solid(Shape.BOX, (6.0, 5.0, 1.0), (0.2, 9.0, 2.0)),))
    scene = Scene("a wall", (10.0, 10.0), Pose2(3.0, 5.0, 0.0), objects=(wall,))
    safety = navila.SafetySettings(zones_from=source, braking_mps2=0.4)
    with navila.connect("go2", world="mujoco", scene=scene, safety=safety) as robot:
        assert robot.execute(navila.MoveForward(5)) is navila.Outcome.BLOCKED
        state = robot.state()
        assert not state.contact
        assert 2.4 < state.pose.x_m < 2.51


def test_a_source_the_robot_lacks_is_refused():
    for source in (ZoneSource.CLOUD, ZoneSource.DEPTH):
        with navila.Robot(BODY, FakeDriver(), safety=navila.SafetySettings(zones_from=source)) as robot:
            with pytest.raises(navila.CapabilityError, match=r"safety\.zones_from"):
                robot.drive(navila.Twist(0.1))
            assert robot.state().twist.is_zero
