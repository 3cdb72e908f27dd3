"""Poses compose and invert; angles wrap."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from navila_sdk.geometry import Pose2, wrap_angle

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
