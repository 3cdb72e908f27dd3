"""The range scan and the LiDAR measure known walls; what a body can't sense stays unknown."""

from __future__ import annotations

import math

import numpy as np
import pytest
from navila_go2 import embodiment as go2
from navila_h1 import embodiment as h1
from navila_t1 import embodiment as t1

from navila_sdk.geometry import Pose2, Twist
from tests.mujoco.places import box, connect, place, run, thing


def _at(scan, bearing_rad):
    return scan.range_m[np.argmin(np.abs(scan.bearing_rad - bearing_rad))]


def test_the_scan_measures_known_walls_from_the_base():
    driver = connect(place(walls=(box(7.05, 5, 0.1, 8), box(5, 3.45, 8, 0.1))))
    scan = driver.state().scan
    assert _at(scan, 0.0) == pytest.approx(2.0, abs=1e-3)
    assert _at(scan, -math.pi / 2) == pytest.approx(1.5, abs=1e-3)
    assert np.isinf(_at(scan, math.pi / 2))
    diagonal = scan.bearing_rad[np.argmin(np.abs(scan.bearing_rad - 0.5))]
    assert _at(scan, 0.5) == pytest.approx(2.0 / math.cos(diagonal), abs=1e-3)


def test_bearings_turn_with_the_body():
    scan = connect(place(walls=(box(7.05, 5, 0.1, 8),), start=Pose2(5, 5, math.pi / 2))).state().scan
    assert _at(scan, -math.pi / 2) == pytest.approx(2.0, abs=1e-3)
    assert np.isinf(_at(scan, 0.0))


def test_the_scan_goes_all_round_evenly_and_holds_whole_millimetres():
    scan = connect(place(walls=(box(7.05, 5, 0.1, 8, yaw=0.3),))).state().scan
    count = scan.bearing_rad.size
    assert np.diff(scan.bearing_rad) == pytest.approx(np.full(count - 1, math.tau / count))
    hits = scan.range_m[np.isfinite(scan.range_m)]
    assert hits.size > 10
    assert np.array_equal(hits, np.round(hits, 3))
    assert not np.isnan(scan.range_m).any()


def test_the_scan_sees_every_height_the_body_has_and_no_other():
    low = box(6.5, 5, 0.2, 2, height=go2.footprint.clearance_m - 0.01)
    shelf = box(7.5, 5, 0.2, 2, height=0.02, bottom=0.6)
    lamp = box(6, 5, 0.2, 2, height=0.5, bottom=go2.footprint.height_m + 0.01)
    scan = connect(place(thing("things", low, shelf, lamp))).state().scan
    assert _at(scan, 0.0) == pytest.approx(2.4, abs=1e-3)


def test_a_scan_is_as_old_as_its_period_at_most():
    driver = connect(place(walls=(box(9, 5, 0.1, 8),)), scan_period_s=0.1)
    times = {state.scan.time_s for state in run(driver, Twist(0.5), 1.0)}
    assert len(times) == 10
    driver = connect(place(), scan_period_s=0.0)
    assert all(state.scan.time_s == state.time_s for state in run(driver, Twist(0.5), 0.2))


def test_without_a_lidar_the_scan_covers_the_camera_view_only():
    ring = (box(7, 5, 0.3, 8), box(3, 5, 0.3, 8), box(5, 7, 8, 0.3), box(5, 3, 8, 0.3))
    scan = connect(place(walls=ring), t1).state().scan
    seen = np.abs(scan.bearing_rad) <= t1.camera.hfov_rad / 2 + 1e-6
    assert np.isfinite(scan.range_m[seen]).all()
    assert np.isinf(scan.range_m[~seen]).all()
    assert not np.isnan(scan.range_m).any()


def test_a_body_without_a_lidar_has_no_cloud():
    assert connect(place(), t1).cloud() is None


@pytest.mark.parametrize("embodiment", [go2, h1])
@pytest.mark.parametrize("yaw", [0.0, 0.7])
def test_the_cloud_holds_the_wall_and_the_floor_in_the_base_frame(embodiment, yaw):
    wall = box(5 + 2.05 * math.cos(yaw), 5 + 2.05 * math.sin(yaw), 0.1, 30, height=8, yaw=yaw)
    cloud = connect(place(walls=(wall,), start=Pose2(5, 5, yaw)), embodiment).cloud()
    points = cloud.points_m
    assert points.dtype == np.float32
    assert points.shape[1] == 3
    floor = np.abs(points[:, 2] + embodiment.base_height_m) < 1e-3
    on_wall = np.abs(points[:, 0] - 2.0) < 1e-3
    assert floor.sum() > 40
    assert on_wall.sum() > 40
    assert (floor | on_wall).all()
    mount = np.array((embodiment.lidar.x_m, 0, embodiment.lidar.z_m - embodiment.base_height_m))
    assert np.linalg.norm(points - mount, axis=1).max() <= embodiment.lidar.range_m + 1e-3


def test_the_go2_lidar_looks_down_and_ahead():
    points = connect().cloud().points_m
    assert np.abs(points[:, 2] + go2.base_height_m).max() < 1e-4
    near = points[np.hypot(points[:, 0], points[:, 1]) < 1.5]
    assert near[:, 0].max() > 1.2
    assert (np.hypot(near[:, 0] - go2.lidar.x_m, near[:, 1]) < 0.15).any()


def test_the_cloud_is_renewed_at_the_sensors_rate():
    driver = connect()
    first = driver.cloud()
    run(driver, Twist(0.5), 0.08)
    assert driver.cloud() is first
    run(driver, Twist(0.5), 0.02)
    assert driver.cloud().time_s == pytest.approx(0.1)
