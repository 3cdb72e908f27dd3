"""A turn that would be stopped by what stands beside the body makes room first, by a short step into nothing."""

import math

import attrs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import navila_sdk as navila
from navila_sdk.execution.elbow_room import ElbowRoom
from navila_sdk.execution.outcome import Outcome
from navila_sdk.execution.sweep import turn_to_touch
from navila_sdk.geometry import Pose2
from navila_sdk.observation import RangeScan
from navila_sdk.plugins import Plugins
from navila_sdk.scenes.scene import Scene, SceneObject, Shape, Solid

MOST_M = 0.2
BODY = Plugins().embodiment("h1")
HALF_X, HALF_Y = BODY.footprint.length_m / 2, BODY.footprint.width_m / 2
ROOM = ElbowRoom(BODY, MOST_M)


def scan_of(points):
    points = np.asarray(points, float).reshape(-1, 2)
    return RangeScan(np.arctan2(points[:, 1], points[:, 0]), np.hypot(points[:, 0], points[:, 1]), 0.0)


def touched(points, at, turned):
    """Which points lie in the footprint, stepped and turned."""
    c, s = math.cos(turned), math.sin(turned)
    local = (np.asarray(points, float).reshape(-1, 2) - at) @ np.array([[c, -s], [s, c]])
    return bool(((np.abs(local[:, 0]) < HALF_X - 1e-9) & (np.abs(local[:, 1]) < HALF_Y - 1e-9)).any())


outside = st.tuples(st.floats(-1, 1), st.floats(-1, 1)).filter(lambda p: abs(p[0]) > HALF_X or abs(p[1]) > HALF_Y)
turns = st.floats(0.2, math.pi).flatmap(lambda angle: st.sampled_from([angle, -angle]))


@given(st.lists(outside, max_size=12), turns)
def test_where_a_step_leads_the_body_can_turn_and_nothing_is_met_on_the_way(points, turn):
    found = ROOM.step(scan_of(points), turn)
    if found is None:
        return
    assert 0 < math.hypot(found.x_m, found.y_m) <= MOST_M + 1e-9
    for share in np.linspace(0, 1, 12):
        assert not touched(points, (found.x_m * share, found.y_m * share), 0.0)
        assert not touched(points, (found.x_m, found.y_m), turn * share)


@given(st.lists(outside, max_size=12), turns)
def test_free_is_free_and_left_is_like_right(points, turn):
    free = ROOM.is_free(scan_of(points), turn)
    if free:
        assert not any(touched(points, (0.0, 0.0), turn * share) for share in np.linspace(0, 1, 24))
    mirrored = scan_of([(x, -y) for x, y in points])
    assert ROOM.is_free(mirrored, -turn) == free


def test_how_far_a_box_turns_before_it_touches():
    # A square of 2 m: the point straight ahead of its middle edge is met by no corner before an eighth of a circle.
    distance = math.sqrt(2) - 1e-9
    assert turn_to_touch(np.array([[distance, 0.0]]), 1.0, 1.0, left=True)[0] == pytest.approx(math.pi / 4, abs=1e-4)
    assert turn_to_touch(np.array([[2.0, 0.0]]), 1.0, 1.0, left=True)[0] == math.inf


def test_a_body_that_cannot_side_step_backs_off_or_stays():
    body = attrs.evolve(BODY, limits=attrs.evolve(BODY.limits, vy_max_mps=0.0))
    ahead = scan_of([(HALF_X + 0.05, y) for y in np.linspace(-0.5, 0.5, 21)])
    assert ElbowRoom(body, MOST_M).step(ahead, 1.0).x_m < 0
    beside = scan_of([(x, HALF_Y + 0.03) for x in np.linspace(-1, 1, 41)])
    assert ElbowRoom(body, MOST_M).step(beside, 1.0) is None
    assert ROOM.step(beside, 1.0).y_m < 0


def wall(y):
    return SceneObject("wall", "red", "", (Solid(Shape.BOX, (2.0, y, 0.75), (2.0, 0.2, 1.5)),))


def turned(sides, *, body="h1", fidelity="kinematic", skirt_m=MOST_M, words="turn left 90 degrees"):
    scene = Scene("walls", (8.0, 8.0), Pose2(2.0, 4.0, 0.0), objects=tuple(wall(4.0 + side) for side in sides))
    with navila.connect(body, world="mujoco", scene=scene, fidelity=fidelity) as robot:
        robot.executor_settings = attrs.evolve(robot.executor_settings, skirt_m=skirt_m)
        done = robot.run([navila.parse_action(words)])[-1]
        return done, robot.state().contact


@pytest.mark.parametrize(("side", "words"), [(0.4, "turn left 90 degrees"), (-0.4, "turn right 45 degrees")])
def test_a_body_beside_a_wall_steps_away_and_turns(side, words):
    held, _ = turned([side], skirt_m=0.0, words=words)
    assert held.outcome is Outcome.BLOCKED
    assert "no room to turn" in held.cause
    done, contact = turned([side], words=words)
    assert done.outcome is Outcome.REACHED
    assert not contact
    off = done.goal.relative(done.final_pose)
    assert abs(math.degrees(off.yaw_rad)) < 1
    assert 0.05 < done.error_m <= MOST_M + 0.02


@pytest.mark.parametrize(("body", "side"), [("h1", 0.4), ("t1", 0.39), ("go2", 0.3)])
def test_legs_step_away_too(body, side):
    done, contact = turned([side], body=body, fidelity="physics", words="turn left 45 degrees")
    assert done.outcome is Outcome.REACHED
    assert not contact
    assert abs(math.degrees(done.goal.relative(done.final_pose).yaw_rad)) < 2
    assert done.error_m < 0.3


def test_between_two_walls_it_stays_and_says_so():
    done, contact = turned([0.4, -0.4])
    assert done.outcome is Outcome.BLOCKED
    assert "no room to turn left" in done.cause
    assert done.anchor.distance_m(done.final_pose) < 0.03
    assert not contact


def test_where_there_is_room_it_turns_on_the_spot():
    done, _ = turned([0.8])
    assert done.outcome is Outcome.REACHED
    assert done.anchor.distance_m(done.final_pose) < 0.02
