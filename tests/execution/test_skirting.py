"""Straight moves step aside of what they'd touch by centimetres, no further than told, and never into something."""

import math

import attrs
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import navila_sdk as navila
from navila_sdk.config import load_config
from navila_sdk.errors import ConfigError
from navila_sdk.execution.outcome import ExecutorSettings, Outcome
from navila_sdk.execution.skirting import CLEAR_M, Skirting
from navila_sdk.geometry import Pose2
from navila_sdk.observation import RangeScan
from navila_sdk.plugins import Plugins
from navila_sdk.scenes.scene import Scene, SceneObject, Shape, Solid

MOST_M, AHEAD_M = 0.2, 0.6
BODY = Plugins().embodiment("h1")
HALF_LENGTH, HALF_WIDTH = BODY.footprint.length_m / 2, BODY.footprint.width_m / 2


def scan_of(points):
    points = np.asarray(points, float).reshape(-1, 2)
    return RangeScan(np.arctan2(points[:, 1], points[:, 0]), np.hypot(points[:, 0], points[:, 1]), 0.0)


def shift(points, **given_):
    asked = {"offset_m": 0.0, "kept_m": 0.0, "ahead_m": AHEAD_M, "forward": True, **given_}
    return Skirting(BODY, MOST_M).shift_m(scan_of(points), **asked)


def corridor_is_free(points, aside, spare_m=0.0):
    """Points come back from a scan's bearings and ranges rounded: at an edge, whoever asks says what counts."""
    near, far, side = HALF_LENGTH - spare_m, HALF_LENGTH + AHEAD_M + spare_m, HALF_WIDTH + CLEAR_M + spare_m
    return not any(near < x < far and abs(y - aside) < side for x, y in points)


outside = st.tuples(st.floats(-1, 1), st.floats(-1, 1)).filter(
    lambda p: abs(p[0]) > HALF_LENGTH + 0.01 or abs(p[1]) > HALF_WIDTH + 0.01
)


@given(st.lists(outside, max_size=12))
def test_it_goes_where_it_is_free_or_stays_and_never_too_far(points):
    found = shift(points)
    assert abs(found) <= MOST_M + 1e-9
    assert found == 0 or corridor_is_free(points, found, -1e-9)
    if corridor_is_free(points, 0.0, 1e-9):
        assert found == 0
    mirrored = shift([(x, -y) for x, y in points])
    assert abs(mirrored) == pytest.approx(abs(found))


@given(st.lists(outside, max_size=12), st.floats(-MOST_M, MOST_M))
def test_what_it_has_begun_it_keeps_while_it_can(points, kept):
    assume(corridor_is_free(points, kept, 1e-9))
    assume(not any(abs(x) <= HALF_LENGTH + 1e-9 for x, _ in points))
    assert shift(points, kept_m=kept) == kept


def test_no_step_into_what_stands_beside():
    ahead = [(HALF_LENGTH + 0.3, 0.2)]
    assert shift(ahead) == pytest.approx(-0.12)
    assert shift([*ahead, (0.0, -HALF_WIDTH - 0.08)]) == 0.0
    assert shift([(x * -1, y) for x, y in ahead], forward=False) == pytest.approx(-0.12)


def post(x, y):
    return SceneObject("post", "red", "", (Solid(Shape.BOX, (x, y, 0.75), (0.2, 0.2, 1.5)),))


def moved(skirt_m, *, post_y):
    scene = Scene("posts", (8.0, 8.0), Pose2(2.0, 4.0, 0.0), objects=(post(2.9, post_y),))
    with navila.connect("h1", world="mujoco", scene=scene) as robot:
        robot.executor_settings = attrs.evolve(robot.executor_settings, skirt_m=skirt_m)
        return robot.run([navila.parse_action("move forward 150 cm")])[-1]


@pytest.mark.parametrize("side", [1, -1])
def test_a_body_passes_a_post_it_would_have_touched(side):
    held = moved(0.0, post_y=4.0 + side * 0.33)
    assert held.outcome is Outcome.BLOCKED
    passed = moved(0.2, post_y=4.0 + side * 0.33)
    assert passed.outcome is Outcome.REACHED
    off = passed.goal.relative(passed.final_pose)
    assert abs(off.x_m) < 0.02
    assert 0.03 < -side * off.y_m <= 0.2
    assert abs(math.degrees(off.yaw_rad)) < 2
    assert passed.error_m == pytest.approx(abs(off.y_m), abs=0.02)


def test_what_is_in_the_middle_still_stops_it():
    assert moved(0.2, post_y=4.0).outcome is Outcome.BLOCKED


def test_settings_are_checked():
    assert ExecutorSettings().skirt_m == 0.2
    with pytest.raises(ConfigError, match=r"executor\.skirt_m"):
        load_config(None, ["executor.skirt_m=-0.1"])
