"""Poses compose and invert; angles wrap."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from navila_sdk.geometry import Pose2, Twist, arc, arc_twist, wrap_angle

coordinates = st.floats(-100, 100)
poses = st.builds(Pose2, coordinates, coordinates, st.floats(-math.pi, math.pi))


@given(poses, poses)
def test_relative_undoes_compose(base, local):
    back = base.relative(base.compose(local))
    assert (back.x_m, back.y_m) == pytest.approx((local.x_m, local.y_m), abs=1e-9)
    assert wrap_angle(back.yaw_rad - local.yaw_rad) == pytest.approx(0, abs=1e-9)


@given(st.floats(-1000, 1000))
def test_wrap_keeps_the_direction(angle):
    wrapped = wrap_angle(angle)
    assert -math.pi < wrapped <= math.pi
    assert math.cos(wrapped) == pytest.approx(math.cos(angle), abs=1e-9)


def test_left_is_positive():
    ahead_left = Pose2(0, 0, math.pi / 2).compose(Pose2(1, 0, 0))
    assert (ahead_left.x_m, ahead_left.y_m) == pytest.approx((0, 1), abs=1e-12)


velocities = st.builds(Twist, st.floats(-3, 3), st.floats(-3, 3), st.floats(-3, 3))


@given(poses, velocities, st.floats(0.001, 0.5))
def test_an_arc_is_the_same_way_in_one_piece_and_in_many(start, twist, time_s):
    whole, pieces = arc(start, twist, time_s), start
    for _ in range(10):
        pieces = arc(pieces, twist, time_s / 10)
    assert (pieces.x_m, pieces.y_m) == pytest.approx((whole.x_m, whole.y_m), abs=1e-9)
    assert wrap_angle(pieces.yaw_rad - whole.yaw_rad) == pytest.approx(0, abs=1e-9)


@given(poses, velocities, st.floats(0.001, 0.5))
def test_the_twist_of_an_arc_leads_along_it(start, twist, time_s):
    found = arc_twist(start, arc(start, twist, time_s), time_s)
    assert found.as_tuple() == pytest.approx(twist.as_tuple(), abs=1e-6)


def test_a_turning_body_drives_a_circle():
    quarter = arc(Pose2(), Twist(math.pi / 2, 0.0, math.pi / 2), 1.0)
    assert quarter.as_tuple() == pytest.approx((1.0, 1.0, math.pi / 2))
