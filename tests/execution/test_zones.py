"""Zones: what stands in the way slows and stops the body, ahead by its corridor, beside by what its corners sweep."""

import math

import attrs
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import navila_sdk as navila
from navila_sdk.embodiment import VelocityMapping
from navila_sdk.execution.safety.fence import Fence
from navila_sdk.execution.safety.zones import Zones
from navila_sdk.testing import FakeDriver, fake_embodiment

BODY = fake_embodiment()
HALF_X, HALF_Y = BODY.footprint.length_m / 2, BODY.footprint.width_m / 2


def scan_of(*points):
    x, y = np.array(points, float).T
    return navila.RangeScan(np.arctan2(y, x), np.hypot(x, y), 0.0)


def inside(x, y, turned_rad):
    """Whether the body, turned left by an angle, covers a point."""
    c, s = math.cos(turned_rad), math.sin(turned_rad)
    return abs(c * x + s * y) < HALF_X and abs(-s * x + c * y) < HALF_Y


@settings(deadline=None, max_examples=50)
@given(st.floats(0.05, 0.6), st.floats(-math.pi, math.pi), st.booleans())
def test_the_free_angle_ends_where_the_body_would_touch(radius_m, bearing_rad, left):
    x, y = radius_m * math.cos(bearing_rad), radius_m * math.sin(bearing_rad)
    assume(not inside(x, y, 0.0))
    free_rad = Zones(BODY, navila.SafetySettings()).free_rad(scan_of((x, y)), left)
    way = 1 if left else -1
    swept = min(free_rad, math.tau)
    for part in np.linspace(0, 1, 50)[:-1]:
        assert not inside(x, y, way * max(swept - 1e-3, 0.0) * part)
    if math.isfinite(free_rad) and BODY.footprint.radius_m - radius_m > 2e-3:
        assert any(inside(x, y, way * (free_rad + more)) for more in np.geomspace(1e-6, 0.1, 60))


@settings(deadline=None, max_examples=200)
@given(st.floats(0.05, 0.9), st.floats(-math.pi, math.pi), st.floats(-math.pi, math.pi))
def test_the_free_way_ends_before_the_body_would_touch(radius_m, bearing_rad, direction_rad):
    x, y = radius_m * math.cos(bearing_rad), radius_m * math.sin(bearing_rad)
    assume(not inside(x, y, 0.0))
    rules = navila.SafetySettings()
    free_m = Zones(BODY, rules).free_m(scan_of((x, y)), direction_rad)
    ux, uy = math.cos(direction_rad), math.sin(direction_rad)
    for way_m in np.linspace(0, min(free_m, 2.0), 60)[:-1]:
        assert not inside(x - way_m * ux, y - way_m * uy, 0.0)
    if math.isfinite(free_m) and max(abs(x) - HALF_X, abs(y) - HALF_Y) > rules.margin_m:
        passed = [(x - way_m * ux, y - way_m * uy) for way_m in np.linspace(0, 1.5, 600)]
        apart_m = min(max(abs(px) - HALF_X, abs(py) - HALF_Y) for px, py in passed)
        assert apart_m < rules.margin_m + 3e-3, "nothing stops it that it would pass with its margin"


def test_a_body_goes_on_slantwise_past_what_it_does_not_meet():
    # Ahead and a hand's breadth beside: not met though the body drifts a little towards it.
    post = scan_of((HALF_X + 0.1, HALF_Y + 0.1))
    assert Zones(BODY, navila.SafetySettings()).free_m(post, math.atan2(0.1, 0.5)) > 0.3
    assert Zones(BODY, navila.SafetySettings()).free_m(post, math.pi / 4) == pytest.approx(0.1 * math.sqrt(2), abs=0.02)


def test_a_body_beside_a_post_turns_away_but_not_into_it():
    zones = Zones(BODY, navila.SafetySettings())
    post = scan_of((HALF_X - 0.02, HALF_Y + 0.001))
    into, why = zones.apply(navila.Twist(0, 0, 0.5), post)
    assert into.is_zero
    assert "no room to turn left" in why
    away, why = zones.apply(navila.Twist(0, 0, -0.5), post)
    assert away.wz_radps == -0.5
    assert not why


def test_turning_slows_before_it_stops():
    zones = Zones(BODY, navila.SafetySettings())
    rates = [
        zones.apply(navila.Twist(0, 0, 1.0), scan_of((0.325 * math.cos(a), 0.325 * math.sin(a))))[0].wz_radps
        for a in (0.5, 0.52, 0.6, 0.9)
    ]
    assert rates == sorted(rates)
    assert 0 < rates[0] < 1.0 == rates[-1]


def test_a_body_that_answers_late_slows_earlier():
    slow = attrs.evolve(BODY, mapping=VelocityMapping(response_s=0.4))
    wall = scan_of((HALF_X + 0.4, 0.0))
    prompt_mps, late_mps = (
        Zones(body, navila.SafetySettings()).apply(navila.Twist(1.0), wall)[0].vx_mps for body in (BODY, slow)
    )
    assert late_mps < prompt_mps


FENCE = navila.SafetySettings(fence_m=((-1.0, -1.0), (2.0, -1.0), (2.0, 1.0), (-1.0, 1.0)))


@settings(deadline=None, max_examples=20)
@given(st.floats(-math.pi, math.pi), st.floats(0.4, 1.0))
def test_no_command_leads_over_the_fence(yaw_rad, speed_mps):
    driver = FakeDriver()
    driver.pose = navila.Pose2(0.0, 0.0, yaw_rad)
    with navila.Robot(BODY, driver, safety=FENCE) as robot:
        for _ in range(200):
            robot.drive(navila.Twist(speed_mps))
            robot.clock.sleep_until(robot.clock.now_s() + robot.period_s)
    assert -1.0 < driver.pose.x_m < 2.0
    assert -1.0 < driver.pose.y_m < 1.0
    assert math.hypot(driver.pose.x_m, driver.pose.y_m) > 0.8, "it got as far as the fence"


def test_outside_the_fence_only_the_way_back_is_open():
    fence = Fence(FENCE, 0.0)
    away, why = fence.apply(navila.Twist(0.5, 0.0, 0.3), navila.Pose2(3.0, 0.0, 0.0))
    assert away == navila.Twist(0.0, 0.0, 0.3)
    assert "outside the fence at (3.00, 0.00) m" in why
    back = navila.Twist(0.5)
    assert fence.apply(back, navila.Pose2(3.0, 0.0, math.pi)) == (back, "")


def test_a_fence_has_three_corners():
    with pytest.raises(ValueError, match="at least three corners"):
        navila.SafetySettings(fence_m=((0.0, 0.0), (1.0, 0.0)))
