"""Height maps from clouds, depth images and robot-made grids: right places, explicit unknowns."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import navila_sdk as navila
from navila_sdk.perception import HeightMap, RobotGrid, depth_points, height_map_of

SPEC = navila.HeightMapSpec(x_min_m=-0.8, x_max_m=0.8, y_min_m=-0.5, y_max_m=0.5, resolution_m=0.1)


def test_the_scan_grid_has_187_points():
    assert SPEC.shape == (17, 11)


@given(st.integers(0, 16), st.integers(0, 10), st.floats(-2, 2), st.floats(-0.04, 0.04), st.floats(-0.04, 0.04))
def test_a_point_fills_its_own_cell_and_no_other(ix, iy, z, dx, dy):
    made = height_map_of(np.array([[-0.8 + 0.1 * ix + dx, -0.5 + 0.1 * iy + dy, z]]), SPEC)
    assert made.heights_m[ix, iy] == np.float32(z)
    assert np.isnan(np.delete(made.heights_m.ravel(), ix * 11 + iy)).all()


def test_the_highest_point_of_a_cell_counts_and_bad_points_dont():
    points = np.array([[0, 0, 0.1], [0, 0, 0.4], [0, 0, -1], [0, 0, np.nan], [np.inf, 0, 9], [50, 50, 9]])
    made = height_map_of(points, SPEC, 3.0)
    assert made.heights_m[8, 5] == np.float32(0.4)
    assert made.time_s == 3.0
    assert made.known_share == pytest.approx(1 / 187)
    assert made.filled(-0.3)[0, 0] == np.float32(-0.3)


def test_nothing_seen_is_nothing_known():
    assert height_map_of(np.zeros((0, 3)), SPEC).known_share == 0


def test_wrong_shapes_are_named():
    with pytest.raises(navila.ObservationError, match=r"\(4, 2\)"):
        height_map_of(np.zeros((4, 2)), SPEC)
    with pytest.raises(navila.ObservationError, match=r"\(17, 11\)"):
        HeightMap(np.zeros((11, 17), np.float32), SPEC)


def slope(nx=128, ny=128, resolution_m=0.06):
    """A plane z = 0.5 x - 0.2 y in odometry, around the origin."""
    origin = -resolution_m * (nx - 1) / 2
    x = origin + resolution_m * np.arange(nx)[:, None]
    y = origin + resolution_m * np.arange(ny)[None, :]
    return RobotGrid((0.5 * x - 0.2 * y).astype(np.float32), (origin, origin), resolution_m)


@given(st.floats(-2, 2), st.floats(-2, 2), st.floats(-math.pi, math.pi))
def test_a_robot_grid_turns_with_the_body(x_m, y_m, yaw_rad):
    pose = navila.Pose2(x_m, y_m, yaw_rad)
    made = slope().around(pose, 0.3, SPEC)
    for ix, iy in ((0, 0), (16, 10), (8, 5), (3, 9)):
        there = pose.compose(navila.Pose2(-0.8 + 0.1 * ix, -0.5 + 0.1 * iy))
        assert made.heights_m[ix, iy] == pytest.approx(0.5 * there.x_m - 0.2 * there.y_m - 0.3, abs=1e-4)


def test_unmeasured_cells_and_what_lies_outside_are_unknown():
    grid = slope()
    heights = grid.heights_m.copy()
    heights[60:70, :] = 1e9
    made = RobotGrid(heights, grid.origin_m, grid.resolution_m).around(navila.Pose2(), 0.0, SPEC)
    assert np.isnan(made.heights_m[8]).all()
    assert np.isfinite(made.heights_m[0]).all()
    assert slope().around(navila.Pose2(100, 0), 0.0, SPEC).known_share == 0


def test_a_flat_message_runs_along_x_first():
    grid = RobotGrid.from_rows(np.arange(12, dtype=np.float32), 4, (0.0, 0.0), 0.5, 1.0)
    assert grid.heights_m.shape == (4, 3)
    assert grid.heights_m[1, 0] == 1
    assert grid.heights_m[0, 1] == 4
    with pytest.raises(navila.ObservationError, match="whole rows"):
        RobotGrid.from_rows(np.arange(13, dtype=np.float32), 4, (0.0, 0.0), 0.5, 1.0)


@pytest.mark.parametrize("broken", [{"origin_m": (math.nan, 0.0)}, {"resolution_m": 0.0}])
def test_a_grid_that_lies_nowhere_is_refused(broken):
    fields = {"heights_m": np.zeros((4, 4), np.float32), "origin_m": (0.0, 0.0), "resolution_m": 0.1, **broken}
    with pytest.raises(navila.ObservationError, match="finite origin"):
        RobotGrid(**fields)


CAMERA = navila.Camera(
    x_m=0.2, z_m=1.0, pitch_rad=math.radians(40), hfov_rad=math.radians(90), width_px=64, height_px=48, rate_hz=5
)


def test_depth_of_a_floor_gives_floor_points():
    height, width = 48, 64
    per_pixel = 2 * math.tan(CAMERA.hfov_rad / 2) / width
    up = ((height - 1) / 2 - np.arange(height))[:, None] * per_pixel
    c, s = math.cos(CAMERA.pitch_rad), math.sin(CAMERA.pitch_rad)
    down = s - c * up  # how far a ray falls for each metre of depth
    depth = np.broadcast_to(np.where(down > 0.05, 1.0 / np.maximum(down, 1e-9), np.inf), (height, width))
    points = depth_points(depth, CAMERA, 0.3)
    assert len(points) > 1000
    assert points[:, 2] == pytest.approx(-0.3, abs=1e-5)
    assert points[:, 0].min() > 0.2
    assert abs(points[:, 1].mean()) < 1e-5


def test_left_pixels_lie_left_and_bad_depth_gives_no_point():
    depth = np.full((48, 64), np.nan)
    depth[10, 0] = 2.0
    depth[0, 0], depth[0, 1] = -1.0, 0.0
    points = depth_points(depth, CAMERA, 0.3)
    assert points.shape == (1, 3)
    assert points[0, 1] > 1.9
    with pytest.raises(navila.ObservationError, match="non-empty"):
        depth_points(np.zeros((0, 4)), CAMERA, 0.3)


def test_the_world_sees_the_same_floor_by_camera_and_lidar():
    with navila.connect("go2", world="mujoco", scene="empty") as robot:
        body = robot.embodiment
        by_lidar = height_map_of(robot.cloud().points_m, SPEC)
        by_depth = depth_points(robot.observe().depth_m, body.camera, body.base_height_m)
    floor = by_lidar.heights_m[np.isfinite(by_lidar.heights_m)]
    assert floor.size > 5
    assert floor == pytest.approx(-body.base_height_m, abs=0.01)
    near = by_depth[(by_depth[:, 0] < 4)]
    assert near[:, 2] == pytest.approx(-body.base_height_m, abs=0.01)
