"""Anchored tracking ends where the action says, on bodies that don't do what they're told."""

import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import navila_sdk as navila
from navila_sdk.testing import FakeDriver, fake_embodiment

POSITION_M, YAW_RAD = 0.012, math.radians(0.6)


def robot_with(driver=None, **changes):
    mode = changes.pop("mode", navila.ExecutionMode.ANCHORED)
    body = fake_embodiment(**changes)
    return navila.Robot(body, driver or FakeDriver(), executor=navila.ExecutorSettings(mode=mode))


def ideal(actions):
    pose = navila.Pose2()
    for action in actions:
        pose = pose.compose(action.displacement())
    return pose


def sloppy(seed, bias=0.02, noise=0.05):
    rng = random.Random(seed)

    def actuation(twist):
        return navila.Twist(*(value * (1 + bias + rng.gauss(0, noise)) for value in twist.as_tuple()))

    return actuation


moves = st.one_of(
    st.builds(navila.MoveForward, st.floats(0.05, 3)),
    st.builds(navila.MoveBackward, st.floats(0.05, 1)),
    st.builds(navila.StepLeft, st.floats(0.05, 1)),
    st.builds(navila.StepRight, st.floats(0.05, 1)),
    st.builds(navila.TurnLeft, st.floats(0.05, 7)),
    st.builds(navila.TurnRight, st.floats(0.05, 7)),
)


@settings(max_examples=60, deadline=None)
@given(moves)
def test_every_action_ends_where_it_says(action):
    with robot_with() as robot:
        assert robot.execute(action) is navila.Outcome.REACHED
        off = robot.state().pose.relative(action.displacement())
    assert math.hypot(off.x_m, off.y_m) <= POSITION_M
    assert abs(off.yaw_rad) <= YAW_RAD


@settings(max_examples=20, deadline=None)
@given(st.lists(moves, min_size=1, max_size=12), st.integers(0, 99))
def test_a_chain_does_not_add_up_errors(actions, seed):
    with robot_with(FakeDriver(actuation=sloppy(seed))) as robot:
        outcomes = [execution.outcome for execution in robot.run(actions)]
        off = robot.state().pose.relative(ideal(actions))
    assert outcomes == [navila.Outcome.REACHED] * len(actions)
    assert math.hypot(off.x_m, off.y_m) <= 0.02
    assert abs(off.yaw_rad) <= math.radians(1)


def test_timed_mode_drives_navilas_velocities_open_loop():
    with robot_with(mode=navila.ExecutionMode.TIMED) as robot:
        start_s = robot.clock.now_s()
        robot.execute(navila.MoveForward(0.75))
        assert robot.clock.now_s() - start_s == pytest.approx(1.5, abs=0.03)
        # The body needs time to speed up and nothing makes up for it.
        assert 0.5 < robot.state().pose.x_m < 0.75


def test_a_body_without_side_steps_steers_back_to_its_line():
    from navila_sdk.embodiment import MotionLimits

    limits = MotionLimits(
        vx_max_mps=1,
        vx_min_mps=-0.5,
        vy_max_mps=0,
        wz_max_radps=1,
        ax_max_mps2=1.5,
        ay_max_mps2=0,
        awz_max_radps2=3,
    )
    driver = FakeDriver()
    with robot_with(driver, limits=limits) as robot:
        driver.pose = navila.Pose2(0, 0.1, 0.1)  # off the anchor's line
        assert robot.execute(navila.MoveForward(2), anchor=navila.Pose2()) is navila.Outcome.REACHED
        final = robot.state().pose
    assert final.x_m == pytest.approx(2, abs=0.02)
    assert abs(final.y_m) < 0.03


def test_a_full_circle_is_a_full_circle():
    with robot_with() as robot:
        start_s = robot.clock.now_s()
        robot.execute(navila.TurnLeft.degrees(360))
        assert robot.clock.now_s() - start_s > 11  # 12 s at pi/6


def test_a_goal_already_passed_is_not_driven_back_to():
    driver = FakeDriver()
    with robot_with(driver) as robot:
        driver.pose = navila.Pose2(0.5, 0, 0)
        execution = robot.run([navila.MoveForward(0.25)], anchor=navila.Pose2())[0]
    assert execution.outcome is navila.Outcome.REACHED
    assert execution.cause == "already passed"
    assert robot.embodiment.name == "fake"
    assert driver.pose.x_m == 0.5


def test_wait_takes_its_time_and_stop_none():
    with robot_with() as robot:
        robot.execute(navila.Wait(2))
        assert robot.clock.now_s() == pytest.approx(2, abs=0.05)
        robot.execute(navila.Stop())
        assert robot.clock.now_s() == pytest.approx(2, abs=0.1)
