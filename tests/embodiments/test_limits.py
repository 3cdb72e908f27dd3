"""A body follows a commanded velocity within its limits, whatever world it lives in."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from navila_go2 import embodiment as go2

from navila_sdk.geometry import Twist

LIMITS = go2.limits
amounts = st.floats(-5, 5)
twists = st.builds(Twist, amounts, amounts, amounts)
allowed = st.builds(
    Twist,
    st.floats(LIMITS.vx_min_mps, LIMITS.vx_max_mps),
    st.floats(-LIMITS.vy_max_mps, LIMITS.vy_max_mps),
    st.floats(-LIMITS.wz_max_radps, LIMITS.wz_max_radps),
)


@given(allowed, twists, st.floats(0.001, 0.1))
def test_it_never_leaves_its_limits_and_never_changes_faster_than_it_can(now, command, dt_s):
    then = LIMITS.follow(now, command, dt_s)
    assert LIMITS.vx_min_mps <= then.vx_mps <= LIMITS.vx_max_mps
    assert abs(then.vy_mps) <= LIMITS.vy_max_mps
    assert abs(then.wz_radps) <= LIMITS.wz_max_radps
    rates = (LIMITS.ax_max_mps2, LIMITS.ay_max_mps2, LIMITS.awz_max_radps2)
    for before, after, rate in zip(now.as_tuple(), then.as_tuple(), rates, strict=True):
        assert abs(after - before) <= rate * dt_s + 1e-12


@given(allowed, allowed)
def test_what_it_can_do_it_comes_to(now, command):
    for _ in range(2000):
        now = LIMITS.follow(now, command, 0.02)
    assert now == command
