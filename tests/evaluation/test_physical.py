"""Physical metrics: jerk, falls, energy; with their edges."""

import math

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

import navila_sdk as navila
from navila_sdk.evaluation.judge import Judge
from navila_sdk.evaluation.smooth import Jerk
from navila_sdk.geometry import Twist
from navila_sdk.robot import Robot
from navila_sdk.testing.fake import FakeDriver, FakePlanner, fake_embodiment
from tests.evaluation.places import walk


def felt(speeds, period_s=0.1):
    jerk = Jerk(period_s)
    for speed in speeds:
        jerk.feel(Twist(speed))
    return jerk.rms_mps3


@given(st.floats(-2, 2), st.floats(-2, 2))
def test_a_steady_push_has_no_jerk(speed, push):
    assert felt([speed + push * tick * 0.1 for tick in range(10)]) == pytest.approx(0.0, abs=1e-9)


def test_a_push_that_grows_has_the_jerk_it_has():
    times = [tick * 0.02 for tick in range(50)]
    assert felt([3.0 * time**2 / 2 for time in times], 0.02) == pytest.approx(3.0)


def test_too_few_ticks_have_none_and_gaps_are_left_out():
    assert felt([]) is None
    assert felt([1.0, 2.0]) is None
    assert felt([0.0, 0.0, math.nan, 5.0, 5.0]) is None
    assert felt([0.0, 0.0, 0.0, math.nan, 9.0, 9.0, 9.0]) == 0.0


class Working(FakeDriver):
    """Does 2 J of work on every step, and lies on its side after a metre."""

    def __init__(self):
        super().__init__()
        self.done_j = 100.0

    def energy_j(self):
        return self.done_j

    def advance(self):
        super().advance()
        self.done_j += 2.0

    def state(self):
        return attrs.evolve(super().state(), tilt_rad=1.2 if 0.9 < self.pose.x_m < 1.2 else 0.0)


def judged(driver):
    robot = Robot(fake_embodiment(), driver)
    episode = walk(0, start=driver.scene.start, goal_m=(12.0, 10.0), reference_path_m=((10, 10), (12, 10)))
    judge = Judge(episode, driver.scene, robot)
    robot.listen(judge)
    with robot:
        result = navila.Navigator(FakePlanner([navila.MoveForward(2.0), navila.Stop()]), robot).navigate("go")
        return judge.verdict(result), result


def test_a_fall_is_counted_once_and_work_from_where_it_began():
    driver = Working()
    found, result = judged(driver)
    assert found.falls == 1
    assert found.energy_j == driver.done_j - 100.0 > 0
    assert found.jerk_mps3 > 0
    assert result.outcome != "stopped"
    assert found.sr == 0.0


def test_a_world_that_doesnt_tell_has_no_energy():
    found, _ = judged(FakeDriver())
    assert (found.energy_j, found.falls) == (None, 0)


def test_legs_in_physics_tell_their_work():
    with navila.connect("go2", world="mujoco", scene="empty", fidelity="physics") as robot:
        before = robot.energy_j()
        robot.execute(navila.MoveForward(0.5))
        walked = robot.energy_j() - before
    assert before == 0.0
    assert 5.0 < walked < 2000.0
