"""The body can't pass through things: it stops, slides and says so, and never ends inside anything."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from navila_go2 import embodiment as go2
from navila_h1 import embodiment as h1
from navila_t1 import embodiment as t1

from navila_sdk.errors import SceneError
from navila_sdk.geometry import Pose2, Twist
from navila_sdk.scenes import load_scene
from navila_sdk.scenes.scene import Shape
from tests.mujoco.places import ball, box, connect, cylinder, place, run, thing

FRONT = go2.footprint.length_m / 2
SIDE = go2.footprint.width_m / 2


def _corners(x, y, half_x, half_y, yaw):
    c, s = math.cos(yaw), math.sin(yaw)
    signs = ((1, 1), (1, -1), (-1, -1), (-1, 1))
    around = [(a * half_x, b * half_y) for a, b in signs]
    return np.array([(x + c * u - s * v, y + s * u + c * v) for u, v in around])


def _gap_between_boxes(first, second):
    """Largest separation along any side's normal: negative is the depth of overlap."""
    gaps = []
    for corners in (first, second):
        for i in range(2):
            edge = corners[i + 1] - corners[i]
            axis = np.array((-edge[1], edge[0])) / np.linalg.norm(edge)
            a, b = first @ axis, second @ axis
            gaps.append(max(a.min() - b.max(), b.min() - a.max()))
    return max(gaps)


def _gap(pose, footprint, solid):
    """How far a solid stays clear of the footprint; negative is the depth of overlap."""
    if solid.shape is Shape.BOX:
        own = _corners(pose.x_m, pose.y_m, footprint.length_m / 2, footprint.width_m / 2, pose.yaw_rad)
        x, y, _ = solid.center_m
        other = _corners(x, y, solid.size_m[0] / 2, solid.size_m[1] / 2, solid.yaw_rad)
        return _gap_between_boxes(own, other)
    local = pose.relative(Pose2(solid.center_m[0], solid.center_m[1]))
    dx = max(abs(local.x_m) - footprint.length_m / 2, 0.0)
    dy = max(abs(local.y_m) - footprint.width_m / 2, 0.0)
    radius = solid.size_m[0] / 2
    if solid.shape is Shape.SPHERE:
        z = solid.center_m[2]
        off = max(footprint.clearance_m - z, z - footprint.height_m, 0.0)
        radius = math.sqrt(max(radius**2 - off**2, 0.0))
    return math.hypot(dx, dy) - radius


def _in_band(solid, footprint):
    low, high = solid.center_m[2] - solid.size_m[2] / 2, solid.center_m[2] + solid.size_m[2] / 2
    return low < footprint.height_m and high > footprint.clearance_m


def _smallest_gap(driver, embodiment):
    pose = driver.true_pose()
    solids = [solid for solid in driver.scene.solids if _in_band(solid, embodiment.footprint)]
    return min((_gap(pose, embodiment.footprint, solid) for solid in solids), default=math.inf)


def test_a_wall_ahead_stops_the_body_at_its_nose():
    driver = connect(place(walls=(box(7.05, 5, 0.1, 4),)))
    assert not driver.state().contact
    states = run(driver, Twist(0.8), 6.0)
    assert driver.true_pose().x_m == pytest.approx(7.0 - FRONT, abs=2e-3)
    assert states[-1].contact
    assert states[-1].twist.vx_mps == pytest.approx(0, abs=0.03)
    run(driver, Twist(-0.3), 1.0)
    assert not driver.state().contact
    assert driver.true_pose().x_m < 7.0 - FRONT - 0.1


def test_contact_stays_true_while_the_body_leans_on_the_wall():
    driver = connect(place(walls=(box(7.05, 5, 0.1, 4),)))
    run(driver, Twist(0.8), 6.0)
    assert all(state.contact for state in run(driver, Twist(0.8), 1.0))
    assert all(state.contact for state in run(driver, Twist(), 1.0))


def test_the_body_slides_along_a_wall():
    driver = connect(place(walls=(box(5, 5 + SIDE + 0.06, 10, 0.1),)))
    states = run(driver, Twist(0.5, 0.3, 0.0), 4.0)
    assert any(state.contact for state in states)
    pose = driver.true_pose()
    assert pose.x_m > 6.0
    assert pose.y_m == pytest.approx(5.01, abs=2e-3)


def test_the_body_cannot_turn_through_a_wall():
    driver = connect(place(walls=(box(5, 5 + SIDE + 0.06, 10, 0.1), box(5, 5 - SIDE - 0.06, 10, 0.1))))
    for state in run(driver, Twist(0, 0, 1.0), 4.0):
        assert abs(state.pose.yaw_rad) < 0.2
    assert driver.state().contact
    assert _smallest_gap(driver, go2) >= -1e-4


@pytest.mark.parametrize("thickness", [0.001, 0.01, 0.1])
@pytest.mark.parametrize("step_s", [0.02, 0.1])
@pytest.mark.parametrize("way", ["ahead", "back", "left"])
def test_nothing_is_too_thin_to_stop_the_body(thickness, step_s, way):
    walls = (
        box(7, 5, thickness, 6),
        box(3, 5, thickness, 6),
        box(5, 6.5, 6, thickness),
    )
    driver = connect(place(walls=walls), step_s=step_s)
    command = {"ahead": Twist(9.0), "back": Twist(-9.0), "left": Twist(0, 9.0, 0)}[way]
    run(driver, command, 8.0)
    pose = driver.true_pose()
    assert 3 < pose.x_m < 7
    assert pose.y_m < 6.5
    assert driver.state().contact


def test_what_is_low_is_stepped_over_and_what_is_high_is_walked_under():
    low = thing("mat", box(6.5, 5, 0.5, 3, height=go2.footprint.clearance_m - 0.01))
    high = thing("lamp", box(7.5, 5, 0.5, 3, height=0.5, bottom=go2.footprint.height_m + 0.01))
    driver = connect(place(low, high))
    states = run(driver, Twist(0.8), 6.0)
    assert not any(state.contact for state in states)
    assert driver.true_pose().x_m > 9.0


def test_the_same_table_stops_a_tall_body_only():
    table = thing("table", box(7, 5, 1, 3, height=0.05, bottom=1.3))
    small, tall = connect(place(table)), connect(place(table), h1)
    run(small, Twist(0.8), 5.0)
    run(tall, Twist(0.8), 5.0)
    assert small.true_pose().x_m > 8.0
    assert tall.true_pose().x_m < 6.5


@pytest.mark.parametrize("obstacle", [box(5.2, 5.1, 0.5, 0.5, yaw=0.4), cylinder(5.2, 5.0, 0.5), ball(5, 5, 0.3, 0.4)])
def test_a_start_inside_an_obstacle_is_an_error_that_names_it(obstacle):
    with pytest.raises(SceneError, match="red box"):
        connect(place(thing("box", obstacle, color="red")))


def test_the_start_option_is_checked_the_same_way():
    scene = place(walls=(box(2, 2, 1, 1),))
    connect(scene)
    with pytest.raises(SceneError, match="wall 0"):
        connect(scene, start=[2, 2, 0.0])
    driver = connect(scene, start=[2, 4, 1.0])
    assert driver.true_pose() == Pose2(2, 4, 1.0)
    assert driver.state().pose == Pose2(0, 0, 0)


def _obstacle(shape, x, y, sx, sy, yaw):
    if shape == "box":
        return box(x, y, sx, sy, yaw=yaw)
    return cylinder(x, y, sx) if shape == "tube" else ball(x, y, 0.3, sx)


obstacles = st.builds(
    _obstacle,
    st.sampled_from(["box", "tube", "ball"]),
    st.floats(2, 8),
    st.floats(2, 8),
    st.floats(0.02, 1.5),
    st.floats(0.02, 1.5),
    st.floats(-3, 3),
)
commands = st.lists(st.tuples(st.floats(-1, 1.5), st.floats(-1, 1), st.floats(-2, 2)), min_size=2, max_size=8)


@settings(max_examples=60, deadline=None)
@given(
    solids=st.lists(obstacles, min_size=1, max_size=12),
    commands=commands,
    embodiment=st.sampled_from([go2, h1, t1]),
    step_s=st.sampled_from([0.02, 0.1]),
)
def test_the_body_never_ends_inside_anything(solids, commands, embodiment, step_s):
    clear = [solid for solid in solids if _gap(Pose2(5, 5, 0), embodiment.footprint, solid) > 0.01]
    scene = place(*(thing("block", solid) for solid in clear))
    driver = connect(scene, embodiment, step_s=step_s)
    limits = embodiment.limits
    speed = math.hypot(limits.vx_max_mps, limits.vy_max_mps)
    reach_m = step_s * (speed + embodiment.footprint.radius_m * limits.wz_max_radps)
    last = driver.true_pose()
    for command in commands:
        for _ in range(round(1.0 / step_s)):
            driver.send(Twist(*command))
            driver.advance()
            pose = driver.true_pose()
            assert _smallest_gap(driver, embodiment) >= -1e-4
            assert last.distance_m(pose) <= 3 * reach_m + 2e-3
            last = pose


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 10**6), commands=commands, embodiment=st.sampled_from([go2, h1, t1]))
def test_random_drives_in_apartments_stay_clear_of_everything(seed, commands, embodiment):
    driver = connect(load_scene(f"apartment:{seed}"), embodiment)
    for command in commands:
        for _ in range(75):
            driver.send(Twist(*command))
            driver.advance()
        assert _smallest_gap(driver, embodiment) >= -1e-4
