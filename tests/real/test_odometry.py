"""From what a robot says of its pose to the SDK's state: origin, lateness, jumps, no numbers."""

from __future__ import annotations

import math

import pytest

from navila_sdk.errors import RobotError
from navila_sdk.geometry import Pose2
from navila_sdk.hardware.odometry import Lateness, Odometry, Reading, tilt_of, yaw_of


def _reading(x: float, y: float, yaw: float, stamp_s: float) -> Reading:
    return Reading(Pose2(x, y, yaw), 0.0, 0.0, stamp_s)


def test_odometry_begins_where_the_robot_stands() -> None:
    odometry = Odometry()
    state = odometry.state(_reading(5.0, -2.0, math.pi / 2, 1.0), 10.0, None)
    assert state.pose == Pose2()
    for i in range(1, 11):
        state = odometry.state(_reading(5.0, -2.0 + 0.01 * i, math.pi / 2, 1.0 + 0.02 * i), 10.0 + 0.02 * i, None)
    assert state.pose.as_tuple() == pytest.approx((0.1, 0.0, 0.0), abs=1e-9)
    assert state.twist.as_tuple() == pytest.approx((0.5, 0.0, 0.0), abs=1e-6), "in the body frame"


def test_the_same_stamp_again_is_no_news() -> None:
    odometry = Odometry()
    odometry.state(_reading(0, 0, 0, 1.0), 10.0, None)
    assert odometry.state(_reading(0.1, 0, 0, 1.0), 11.0, None).time_s == 10.0


def test_a_late_message_is_an_old_state() -> None:
    lateness = Lateness()
    for i in range(50):
        assert lateness.of(0.02 * i, 100.0 + 0.02 * i) < 1e-3
    assert lateness.of(1.0, 101.4) == pytest.approx(0.4, abs=1e-3)
    assert lateness.of(1.5, 101.5) < 1e-3, "and the next prompt one is fresh"


def test_odometry_that_jumps_is_refused() -> None:
    odometry = Odometry()
    odometry.state(_reading(0, 0, 0, 1.0), 10.0, None)
    with pytest.raises(RobotError, match=r"jumped by 2\.00 m within 0\.02 s"):
        odometry.state(_reading(2, 0, 0, 1.02), 10.02, None)


def test_odometry_that_is_no_number_is_refused() -> None:
    odometry = Odometry()
    odometry.state(_reading(0, 0, 0, 1.0), 10.0, None)
    with pytest.raises(RobotError, match=r"its pose is \(nan, 0\.0, 0\.0\)"):
        odometry.state(_reading(math.nan, 0, 0, 1.02), 10.02, None)


def test_tilt_and_heading_of_a_quaternion() -> None:
    c, s = math.cos(0.35), math.sin(0.35)
    assert tilt_of(c, 0, s, 0) == pytest.approx(0.7)
    assert yaw_of(c, 0, 0, s) == pytest.approx(0.7)
    assert math.isnan(tilt_of(0, 0, 0, 0))
