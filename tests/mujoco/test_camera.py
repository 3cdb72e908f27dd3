"""Pictures show what is there: sides, colours, depths; the frame belongs to the pose it was taken at."""

from __future__ import annotations

import math

import attrs
import numpy as np
import pytest
from navila_go2 import embodiment as go2
from navila_t1 import embodiment as t1

import navila_sdk as navila
from navila_sdk.geometry import Pose2, Twist
from tests.mujoco.places import BLUE, GREEN, RED, ball, box, connect, cylinder, place, run, thing

CAMERA = go2.camera
MAST_X = CAMERA.x_m


def _where(rgb, channel):
    """Pixels in which one colour channel is far above the two others."""
    picture = rgb.astype(int)
    others = np.delete(picture, channel, axis=2).max(axis=2)
    return picture[:, :, channel] > others + 60


def _columns(mask):
    return np.flatnonzero(mask.any(axis=0))


def test_the_robot_has_the_camera_that_the_options_leave_it():
    with navila.connect("go2", world="mujoco", scene="empty", options={"picture_px": [32, 24]}) as robot:
        assert robot.observe().rgb.shape == (24, 32, 3)
        camera = robot.embodiment.camera
        assert (camera.width_px, camera.height_px, camera.hfov_rad) == (32, 24, CAMERA.hfov_rad)


def test_left_is_left_and_right_is_right():
    scene = place(thing("box", box(7, 6, 0.5, 0.5, rgb=RED)), thing("box", box(7, 4, 0.5, 0.5, rgb=BLUE)))
    rgb = connect(scene).observe().rgb
    middle = rgb.shape[1] / 2
    assert _where(rgb, 0).sum() > 20
    assert _where(rgb, 2).sum() > 20
    assert _columns(_where(rgb, 0)).max() < middle
    assert _columns(_where(rgb, 2)).min() > middle


def test_turning_left_moves_things_to_the_right():
    driver = connect(place(thing("box", box(7, 5, 0.5, 0.5, rgb=RED))))
    before = _columns(_where(driver.observe().rgb, 0)).mean()
    run(driver, Twist(0, 0, 0.5), 0.8)
    assert _columns(_where(driver.observe().rgb, 0)).mean() > before + 5


@pytest.mark.parametrize(("rgb", "channel"), [(RED, 0), (GREEN, 1), (BLUE, 2)])
@pytest.mark.parametrize("make", [box, cylinder, ball])
@pytest.mark.parametrize("yaw", [0.0, 1.6, 3.1, -1.6])
def test_colours_keep_their_names_from_every_side(rgb, channel, make, yaw):
    ahead = (5 + 2 * math.cos(yaw), 5 + 2 * math.sin(yaw))
    solid = {
        box: lambda: box(*ahead, 0.8, 0.8, rgb=rgb),
        cylinder: lambda: cylinder(*ahead, 0.8, rgb=rgb),
        ball: lambda: ball(*ahead, 0.6, 0.8, rgb=rgb),
    }[make]()
    driver = connect(place(thing("thing", solid), start=Pose2(5, 5, yaw)))
    picture = driver.observe().rgb
    assert _where(picture, channel).sum() > 0.02 * picture.shape[0] * picture.shape[1]
    assert not any(_where(picture, other).any() for other in range(3) if other != channel)


def test_depth_is_the_distance_along_the_optical_axis():
    driver = connect(place(walls=(box(8.05, 5, 0.1, 20, height=4),)))
    depth = driver.observe().depth_m
    assert depth.dtype == np.float32
    wall = 8.0 - 5.0 - MAST_X
    middle = depth[depth.shape[0] // 2]
    assert middle == pytest.approx(np.full(middle.shape, wall), abs=1e-4)


def test_floor_depth_follows_from_the_camera_height():
    driver = connect()
    depth = driver.observe().depth_m
    rows, columns = depth.shape
    half = math.tan(CAMERA.hfov_rad / 2)
    for row in range(rows // 2 + 1, rows):
        down = (row + 0.5 - rows / 2) / (columns / 2) * half
        assert depth[row] == pytest.approx(np.full(columns, CAMERA.z_m / down), rel=1e-5)
    assert np.isinf(depth[: rows // 2]).all()


def test_a_camera_that_looks_down_sees_the_floor_in_the_middle():
    camera = attrs.evolve(CAMERA, pitch_rad=0.5)
    depth = connect(place(), attrs.evolve(go2, camera=camera), picture_px=[65, 49]).observe().depth_m
    assert depth[24, 32] == pytest.approx(CAMERA.z_m / math.sin(0.5), rel=1e-5)


def test_the_robot_does_not_see_itself():
    depth = connect().observe().depth_m
    rows = depth.shape[0]
    down = (rows - 0.5 - rows / 2) / (depth.shape[1] / 2) * math.tan(CAMERA.hfov_rad / 2)
    assert depth.min() == pytest.approx(CAMERA.z_m / down, rel=1e-5)


def test_rooms_have_a_ceiling_unless_told_otherwise():
    from navila_sdk.scenes.scene import Room

    scene = attrs.evolve(place(), rooms=(Room("hall", 0, 0, 10, 10),))
    covered, bare = connect(scene).observe().depth_m, connect(scene, ceiling=False).observe().depth_m
    half = math.tan(CAMERA.hfov_rad / 2)
    up = (covered.shape[0] / 2 - 0.5) / (covered.shape[1] / 2) * half
    assert covered[0] == pytest.approx(np.full(covered.shape[1], (scene.wall_height_m - CAMERA.z_m) / up), rel=1e-5)
    assert np.isinf(bare[0]).all()


def test_the_floor_moves_past_so_that_speed_can_be_seen():
    driver = connect()
    before = driver.observe().rgb
    run(driver, Twist(0.8), 1.0)
    after = driver.observe().rgb
    half = before.shape[0] // 2
    change = np.abs(after[half:].astype(int) - before[half:].astype(int)).mean()
    assert change > 2
    assert np.array_equal(after[: half - 1], before[: half - 1])


def test_a_frame_carries_the_pose_and_time_it_was_taken_at():
    driver = connect(place(walls=(box(9, 5, 0.1, 20, height=4),)))
    first = driver.observe()
    run(driver, Twist(0.8), 0.1)
    assert driver.observe() is first
    run(driver, Twist(0.8), 0.1)
    second = driver.observe()
    state = driver.state()
    assert (second.time_s, second.pose) == (state.time_s, state.pose)
    moved = second.pose.x_m - first.pose.x_m
    middle = second.depth_m.shape[0] // 2
    assert first.depth_m[middle, 0] - second.depth_m[middle, 0] == pytest.approx(moved, abs=1e-4)


def test_old_frames_do_not_change_when_new_ones_are_taken():
    driver = connect(place(thing("box", box(7, 5, 0.5, 0.5, rgb=RED))))
    first = driver.observe()
    rgb, depth = first.rgb.copy(), first.depth_m.copy()
    run(driver, Twist(0.5, 0, 0.5), 1.0)
    assert not np.array_equal(driver.observe().rgb, rgb)
    assert np.array_equal(first.rgb, rgb)
    assert np.array_equal(first.depth_m, depth)


@pytest.mark.parametrize("embodiment", [go2, t1])
@pytest.mark.parametrize("size", [(64, 48), (33, 57), (1, 1), (320, 240)])
def test_the_picture_has_the_size_asked_for(embodiment, size):
    observation = connect(place(), embodiment, picture_px=list(size)).observe()
    assert observation.rgb.shape == (size[1], size[0], 3)
    assert observation.depth_m.shape == (size[1], size[0])


def test_the_default_picture_is_the_embodiments():
    assert connect().observe().rgb.shape == (CAMERA.height_px, CAMERA.width_px, 3)


def test_the_overview_shows_the_scene_and_the_robot():
    driver = connect(place(thing("box", box(6.5, 5.5, 0.5, 0.5, rgb=BLUE))))
    picture = driver.overview(160, 120)
    assert picture.shape == (120, 160, 3)
    assert picture.dtype == np.uint8
    assert _where(picture, 2).sum() > 50
    assert _columns(_where(picture, 2)).max() < 80
    assert _where(picture, 0)[:, 70:90].any(), "the robot's orange camera housing"


def test_the_overview_does_not_disturb_the_robots_own_sight():
    driver, quiet = connect(), connect()
    for live in (driver, quiet):
        run(live, Twist(0.5, 0, 0.3), 1.0)
        if live is driver:
            live.overview(64, 48)
    assert np.array_equal(driver.observe().rgb, quiet.observe().rgb)
    assert driver.state().pose == quiet.state().pose
