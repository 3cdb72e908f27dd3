"""Every typed ending, and a robot that stands after each."""

import math
import threading

import attrs
import numpy as np
import pytest

import navila_sdk as navila
from navila_sdk.testing import FakeDriver, fake_embodiment


def open_robot(driver, **executor):
    return navila.Robot(fake_embodiment(), driver, executor=navila.ExecutorSettings(**executor))


def wall_ahead(distance_m):
    bearings = np.linspace(-0.3, 0.3, 13)

    def scan(pose, time_s):
        return navila.RangeScan(bearings, (distance_m - pose.x_m) / np.cos(bearings), time_s)

    return scan


def test_blocked_by_the_zones_after_patience():
    driver = FakeDriver(scan=wall_ahead(1.0))
    with open_robot(driver) as robot:
        execution = robot.run([navila.MoveForward(2)])[0]
    assert execution.outcome is navila.Outcome.BLOCKED
    assert "obstacle" in execution.cause
    assert 0.55 < driver.pose.x_m < 0.66  # nose at 0.3 m, 5 cm left before the wall
    assert driver.sent[-1].is_zero


def test_blocked_when_the_zones_leave_less_than_legs_follow():
    driver = FakeDriver(
        scan=wall_ahead(1.0), actuation=lambda twist: twist if twist.speed_mps > 0.03 else navila.Twist()
    )
    with open_robot(driver) as robot:
        execution = robot.run([navila.MoveForward(2)])[0]
    assert execution.outcome is navila.Outcome.BLOCKED
    assert execution.cause == "slowed to nothing before an obstacle"


def test_blocked_by_the_fence_that_slows_to_nothing():
    fence = ((-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0))
    driver = FakeDriver(actuation=lambda twist: twist if twist.speed_mps > 0.03 else navila.Twist())
    with navila.Robot(fake_embodiment(), driver, safety=navila.SafetySettings(fence_m=fence)) as robot:
        execution = robot.run([navila.MoveForward(2)])[0]
    assert execution.outcome is navila.Outcome.BLOCKED
    assert execution.cause == "slowed to nothing before the fence"


def test_stuck_when_nothing_moves():
    driver = FakeDriver(actuation=lambda twist: twist.scaled(0.0))
    with open_robot(driver) as robot:
        execution = robot.run([navila.MoveForward(1)])[0]
    assert execution.outcome is navila.Outcome.STUCK
    assert "no progress" in execution.cause


def test_blocked_when_stuck_in_contact():
    driver = FakeDriver(actuation=lambda twist: twist.scaled(0.0))
    driver.contact = True
    with open_robot(driver) as robot:
        assert robot.execute(navila.MoveForward(1)) is navila.Outcome.BLOCKED


def test_timed_out_when_too_slow():
    driver = FakeDriver(actuation=lambda twist: twist.scaled(0.05))
    with open_robot(driver, timeout_slack_s=1.0) as robot:
        assert robot.execute(navila.MoveForward(2)) is navila.Outcome.TIMED_OUT


def test_settles_where_the_body_can_get_no_closer():
    driver = FakeDriver(actuation=lambda twist: twist if abs(twist.vx_mps) > 0.15 else navila.Twist())
    with open_robot(driver) as robot:
        execution = robot.run([navila.MoveForward(1)])[0]
    assert execution.outcome is navila.Outcome.REACHED
    assert "settled" in execution.cause


class SwayingDriver(FakeDriver):
    """Legs on a board's edge: they don't follow slow commands, and never stand still."""

    def __init__(self, slowest):
        def follows(twist):
            fast = twist.speed_mps > slowest.speed_mps, abs(twist.wz_radps) > slowest.wz_radps
            return navila.Twist(twist.vx_mps * fast[0], twist.vy_mps * fast[0], twist.wz_radps * fast[1])

        super().__init__(actuation=follows)

    def state(self):
        state = super().state()
        sway = math.sin(math.tau * state.time_s)
        pose = state.pose.compose(navila.Pose2(0.0, 0.012 * sway, math.radians(0.3) * sway))
        return attrs.evolve(state, pose=pose)


@pytest.mark.parametrize(
    "action",
    [navila.MoveForward(1), navila.TurnLeft(math.radians(90)), navila.TurnLeft(math.tau)],
    ids=["a move", "a turn", "a full turn"],
)
@pytest.mark.parametrize(("worse", "outcome"), [(1, "reached"), (8, "timed out")])
def test_who_sways_about_its_goal_has_reached_it_when_time_runs_out(action, worse, outcome):
    with open_robot(SwayingDriver(navila.Twist(0.15 * worse, 0.0, 0.2 * worse))) as robot:
        execution = robot.run([action])[0]
    assert execution.outcome == outcome
    assert ("settled" in execution.cause) == (outcome == "reached")


def test_a_turn_waits_a_second_for_its_place_though_its_heading_sways():
    class Stepping(FakeDriver):
        """Feet that find no way back to where the turn began, and a trunk that follows each step."""

        def state(self):
            state = super().state()
            aside = 0.06 if state.time_s > 1.0 else 0.0
            sway = math.radians(2.0) * math.sin(math.tau * 1.7 * state.time_s)
            return attrs.evolve(state, pose=state.pose.compose(navila.Pose2(0.0, aside, sway)))

    driver = Stepping(actuation=lambda twist: navila.Twist(0.0, 0.0, twist.wz_radps))
    with open_robot(driver) as robot:
        execution = robot.run([navila.TurnLeft(math.radians(90))])[0]
    assert execution.outcome is navila.Outcome.REACHED
    assert execution.cause == "", "it arrived: nobody waited until time was short"
    assert execution.error_m > 0.05


def test_who_is_held_a_hand_before_its_goal_is_blocked_however_late():
    with open_robot(FakeDriver(scan=wall_ahead(1.0)), patience_s=6.0) as robot:
        execution = robot.run([navila.MoveForward(0.68)])[0]
    assert execution.outcome is navila.Outcome.BLOCKED
    assert execution.error_m < 0.05


def test_who_is_late_but_still_closes_in_is_let_go_on():
    driver = FakeDriver(actuation=lambda twist: twist.scaled(0.35))
    with open_robot(driver) as robot:
        execution = robot.run([navila.MoveForward(1)])[0]
    assert execution.outcome is navila.Outcome.REACHED
    assert execution.error_m < 0.012


def test_cancelled_from_another_thread():
    driver = FakeDriver()
    with navila.Robot(fake_embodiment(), driver, pace=20) as robot:
        threading.Timer(0.05, robot.cancel).start()
        assert robot.execute(navila.MoveForward(50)) is navila.Outcome.CANCELLED
    assert 0 < driver.pose.x_m < 50
    assert driver.sent[-1].is_zero


def test_stale_state_ends_the_action():
    driver = FakeDriver()
    with open_robot(driver) as robot:
        robot.execute(navila.MoveForward(0.3))
        frozen = driver.state()
        driver.state = lambda: frozen
        assert robot.execute(navila.MoveForward(1)) is navila.Outcome.STALE
    assert driver.sent[-1].is_zero


def test_estop_ends_the_action_and_latches():
    driver = FakeDriver()
    with open_robot(driver) as robot:
        robot.listen(lambda event: robot.estop("test") if driver.pose.x_m > 0.2 and not robot.estop_cause else None)
        assert robot.execute(navila.MoveForward(1)) is navila.Outcome.ESTOPPED
        assert robot.drive(navila.Twist(0.5)).is_zero
        with pytest.raises(navila.EStopLatchedError, match="reset_estop"):
            robot.execute(navila.MoveForward(1))
        robot.reset_estop()
    assert driver.pose.x_m < 0.3


def test_after_a_released_estop_the_next_action_runs():
    """Not so once: the first action after it ended at once, by what had stopped the one before."""
    driver = FakeDriver()
    with open_robot(driver) as robot:
        robot.estop("test")
        assert robot.drive(navila.Twist(0.5)).is_zero
        robot.reset_estop()
        assert robot.execute(navila.MoveForward(0.5)).ok
    assert driver.pose.x_m == pytest.approx(0.5, abs=0.03)


def test_an_undeclared_verb_moves_nothing_not_even_the_actions_before_it():
    driver = FakeDriver()
    body = fake_embodiment(verbs={navila.Verb.MOVE_FORWARD, navila.Verb.STOP})
    with navila.Robot(body, driver) as robot, pytest.raises(navila.CapabilityError):
        robot.run([navila.MoveForward(1), navila.StepLeft(0.2)])
    assert driver.pose.x_m == 0


def test_a_failing_action_ends_the_chain():
    driver = FakeDriver(scan=wall_ahead(1.0))
    with open_robot(driver) as robot:
        done = robot.run([navila.MoveForward(2), navila.TurnLeft(1)])
    assert [execution.outcome for execution in done] == [navila.Outcome.BLOCKED]
