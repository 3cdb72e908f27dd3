"""The body follows its command within its limits, the signs are right, and a seed repeats everything."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from navila_go2 import embodiment as go2

from navila_sdk.errors import NavilaError
from navila_sdk.geometry import Pose2, Twist
from tests.mujoco.places import connect, place, run


def _settle(driver):
    return run(driver, Twist(), 2.0)[-1]


def test_forward_is_x_and_odometry_starts_at_zero():
    driver = connect(place(start=Pose2(5, 5, 2.0)))
    assert driver.state().pose == Pose2(0, 0, 0)
    run(driver, Twist(0.5), 2.0)
    pose = _settle(driver).pose
    assert pose.x_m > 0.8
    assert pose.y_m == pytest.approx(0, abs=1e-9)
    true = driver.true_pose()
    assert (true.x_m, true.y_m) == pytest.approx((5 + pose.x_m * math.cos(2.0), 5 + pose.x_m * math.sin(2.0)), abs=1e-9)


def test_left_is_positive():
    driver = connect()
    run(driver, Twist(0, 0.3, 0), 1.0)
    assert _settle(driver).pose.y_m > 0.2
    driver = connect()
    run(driver, Twist(0, 0, 0.5), 1.0)
    pose = _settle(driver).pose
    assert 0.4 < pose.yaw_rad < 0.7
    run(driver, Twist(0.5), 1.0)
    assert _settle(driver).pose.y_m > 0.1


def test_a_constant_twist_is_an_exact_circle():
    driver = connect(place(), step_s=0.01)
    run(driver, Twist(0.5, 0, 0.5), 3.0)
    before = driver.true_pose()
    run(driver, Twist(0.5, 0, 0.5), 1.0)
    step = before.relative(driver.true_pose())
    assert (step.x_m, step.y_m, step.yaw_rad) == pytest.approx((math.sin(0.5), 1 - math.cos(0.5), 0.5), abs=1e-9)


@settings(max_examples=25, deadline=None)
@given(
    commands=st.lists(st.tuples(st.floats(-50, 50), st.floats(-50, 50), st.floats(-50, 50)), min_size=1, max_size=12),
    noise=st.sampled_from([0.0, 0.3]),
)
def test_no_command_takes_the_body_past_its_limits(commands, noise):
    driver = connect(command_noise=noise, velocity_bias=0.2)
    limits, dt = go2.limits, driver.step_s
    last = (0.0, 0.0, 0.0)
    for command in commands:
        for state in run(driver, Twist(*command), 0.2):
            vx, vy, wz = state.twist.as_tuple()
            assert limits.vx_min_mps - 1e-9 <= vx <= limits.vx_max_mps + 1e-9
            assert abs(vy) <= limits.vy_max_mps + 1e-9
            assert abs(wz) <= limits.wz_max_radps + 1e-9
            steps = (limits.ax_max_mps2 * dt, limits.ay_max_mps2 * dt, limits.awz_max_radps2 * dt)
            assert all(abs(now - old) <= step + 1e-9 for now, old, step in zip((vx, vy, wz), last, steps, strict=True))
            last = (vx, vy, wz)


def test_time_runs_in_steps_of_the_option():
    driver = connect(step_s=0.05)
    assert driver.step_s == 0.05
    run(driver, Twist(), 1.0)
    assert driver.state().time_s == pytest.approx(1.0)


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("part", range(3))
def test_a_twist_that_is_no_number_is_refused_and_changes_nothing(bad, part):
    driver = connect()
    run(driver, Twist(0.4), 1.0)
    values = [0.0, 0.0, 0.0]
    values[part] = bad
    with pytest.raises(NavilaError, match="finite") as caught:
        driver.send(Twist(*values))
    assert isinstance(caught.value, ValueError)
    driver.advance()
    assert driver.state().twist.vx_mps == pytest.approx(0.4)
    assert driver.true_pose().is_finite


def _walk(seed, **options):
    driver = connect(seed=seed, **options)
    states = run(driver, Twist(0.4, 0.1, 0.3), 2.0)
    return [state.pose.as_tuple() for state in states], driver.true_pose().as_tuple()


def test_a_seed_repeats_and_another_differs():
    noisy = {"command_noise": 0.2, "odometry_noise": 0.1}
    assert _walk(3, **noisy) == _walk(3, **noisy)
    assert _walk(3, **noisy) != _walk(4, **noisy)
    assert _walk(3) == _walk(4)


def test_drivers_in_one_process_are_independent():
    noisy = {"command_noise": 0.2, "odometry_noise": 0.1}
    alone = _walk(3, **noisy)
    first, other = connect(seed=3, **noisy), connect(seed=9, **noisy)
    poses = []
    for _ in range(100):
        first.send(Twist(0.4, 0.1, 0.3))
        other.send(Twist(-0.2, 0.0, -0.5))
        first.advance()
        other.advance()
        other.observe()
        poses.append(first.state().pose.as_tuple())
    assert (poses, first.true_pose().as_tuple()) == alone


def test_bias_stretches_the_motion_and_odometry_sees_it():
    plain, biased = connect(), connect(velocity_bias=0.1)
    run(plain, Twist(0.5), 3.0)
    run(biased, Twist(0.5), 3.0)
    assert biased.state().twist.vx_mps == pytest.approx(1.1 * plain.state().twist.vx_mps)
    assert biased.state().pose.x_m == pytest.approx(biased.true_pose().x_m - 5.0)


def test_odometry_noise_moves_the_belief_only():
    plain, noisy = connect(), connect(odometry_noise=0.3)
    run(plain, Twist(0.5, 0, 0.2), 3.0)
    run(noisy, Twist(0.5, 0, 0.2), 3.0)
    assert noisy.true_pose() == plain.true_pose()
    assert 1e-4 < noisy.state().pose.distance_m(plain.state().pose) < 0.5


def test_a_command_is_held_until_the_next():
    driver = connect()
    driver.send(Twist(0.3))
    for _ in range(50):
        driver.advance()
    assert driver.state().twist.vx_mps == pytest.approx(0.3)
