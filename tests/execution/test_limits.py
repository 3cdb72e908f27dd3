"""Speed, acceleration and jerk: starts grow gently, braking never waits, the wanted value is reached and kept."""

import itertools
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import navila_sdk as navila
from navila_sdk.execution.safety.braking import braked
from navila_sdk.execution.safety.limiter import Limiter
from navila_sdk.geometry import ZERO_TWIST
from navila_sdk.testing import fake_embodiment

LIMITS = fake_embodiment().limits
DT_S = 0.02
JERK = LIMITS.ax_max_mps2 / 0.1
speeds = st.floats(-2.0, 2.0)


def driven(wanted, rise_s=0.1, dt_s=DT_S):
    """What is sent for a sequence of wanted speeds."""
    limiter, before, sent = Limiter(LIMITS, navila.SafetySettings(accel_rise_s=rise_s)), ZERO_TWIST, []
    for speed in wanted:
        before, _ = limiter.apply(navila.Twist(speed, speed, speed), before, dt_s)
        sent.append(before)
    return sent


@settings(deadline=None)
@given(st.lists(speeds, min_size=2, max_size=60))
def test_the_acceleration_grows_no_faster_than_the_jerk_limit(wanted):
    sent = [0.0, *(twist.vx_mps for twist in driven(wanted))]
    rates = [(after - before) / DT_S for before, after in itertools.pairwise(sent)]
    for (before, after), last, rate in zip(itertools.pairwise(sent), [0.0, *rates], rates, strict=False):
        if abs(after) > abs(before):
            ahead = math.copysign(1, rate)
            assert rate * ahead <= max(last * ahead, 0.0) + JERK * DT_S + 1e-9
        assert abs(rate) <= LIMITS.ax_max_mps2 + 1e-9
        assert before * after >= -1e-12, "it goes through zero, not past it"


@settings(deadline=None)
@given(speeds, st.integers(1, 40))
def test_braking_never_waits(speed, ticks):
    sent = driven([speed] * ticks + [0.0] * 200)
    for before, after in zip(sent[ticks - 1 :], sent[ticks:], strict=False):
        step = min(abs(before.vx_mps), LIMITS.ax_max_mps2 * DT_S)
        assert abs(after.vx_mps) == pytest.approx(abs(before.vx_mps) - step, abs=1e-12)


@settings(deadline=None)
@given(speeds)
def test_what_is_wanted_is_reached_and_kept(speed):
    sent = driven([speed] * 200)
    band = navila.SafetySettings().deadband_mps
    expected = 0.0 if abs(speed) < band else min(max(speed, LIMITS.vx_min_mps), LIMITS.vx_max_mps)
    assert sent[-1].vx_mps == sent[-2].vx_mps == expected


@settings(deadline=None)
@given(st.lists(speeds, min_size=1, max_size=30))
def test_without_a_rise_the_acceleration_limit_alone_counts(wanted):
    before = 0.0
    for speed, twist in zip(wanted, driven(wanted, rise_s=0.0), strict=True):
        target = 0.0 if abs(speed) < 0.005 else min(max(speed, LIMITS.vx_min_mps), LIMITS.vx_max_mps)
        step = LIMITS.ax_max_mps2 * DT_S
        assert twist.vx_mps == pytest.approx(min(max(target, before - step), before + step))
        before = twist.vx_mps


def test_no_time_no_change():
    assert driven([1.0, 1.0], dt_s=0.0)[-1].is_zero


@settings(deadline=None)
@given(st.floats(0.001, 5.0), st.floats(0.1, 3.0), st.floats(0.0, 0.5))
def test_from_the_allowed_speed_a_body_stops_in_time(room_m, braking, response_s):
    speed = braked(room_m, braking, response_s)
    assert speed * response_s + speed**2 / (2 * braking) == pytest.approx(room_m, rel=1e-6)
    assert braked(-room_m, braking, response_s) == 0
