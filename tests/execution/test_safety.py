"""The safety chain: limits never exceeded, invalid means stop, zero on every way out."""

import math
import subprocess
import sys
import threading

import attrs
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import navila_sdk as navila
from navila_sdk.clock import WallClock
from navila_sdk.events import SafetyEvent
from navila_sdk.execution.safety.gate import SafetyGate
from navila_sdk.testing import FakeDriver, fake_embodiment

any_float = st.floats(allow_nan=True, allow_infinity=True)
twists = st.builds(navila.Twist, any_float, any_float, any_float)
BODY = fake_embodiment()
LIMITS = BODY.limits


@settings(deadline=None)
@given(st.lists(twists, min_size=1, max_size=40))
def test_no_sequence_of_commands_exceeds_a_limit(commands):
    driver = FakeDriver()
    before = navila.Twist()
    with navila.Robot(BODY, driver) as robot:
        for command in commands:
            sent = robot.drive(command)
            assert sent.is_finite
            assert LIMITS.vx_min_mps <= sent.vx_mps <= LIMITS.vx_max_mps
            assert abs(sent.vy_mps) <= LIMITS.vy_max_mps
            assert abs(sent.wz_radps) <= LIMITS.wz_max_radps
            if command.is_finite:
                step = robot.period_s * 2 + 1e-9
                assert abs(sent.vx_mps - before.vx_mps) <= LIMITS.ax_max_mps2 * step
                assert abs(sent.wz_radps - before.wz_radps) <= LIMITS.awz_max_radps2 * step
            else:
                assert sent.is_zero
            before = sent
            robot.clock.sleep_until(robot.clock.now_s() + robot.period_s)


def judged(asked=None, now_s=0.0, **state):
    gate = SafetyGate(BODY, navila.SafetySettings())
    return gate.judge(asked or navila.Twist(0.02), navila.RobotState(0.0, navila.Pose2(), **state), now_s)


@pytest.mark.parametrize(
    ("verdict", "word"),
    [
        (lambda: judged(navila.Twist(math.nan)), "isn't finite"),
        (lambda: judged(now_s=0.6), "0.60 s old"),
        (lambda: judged(twist=navila.Twist(math.nan)), "odometry"),
        (lambda: judged(tilt_rad=1.2), "tilted 1.20 rad"),
        (
            lambda: judged(scan=navila.RangeScan(np.array([0.0]), np.array([math.nan]), 0.0)),
            "NaN",
        ),
        (
            lambda: judged(scan=navila.RangeScan(np.array([0.0]), np.array([9.0]), -0.6)),
            "range scan is 0.60 s old",
        ),
        (lambda: judged(scan=navila.RangeScan(np.array([0.0]), np.array([9.0]), 5.0)), "on another one"),
        (lambda: judged(now_s=-7.0), "ahead of the robot's clock"),
    ],
)
def test_what_cannot_be_trusted_stops_the_robot(verdict, word):
    found = verdict()
    assert found.sent.is_zero
    assert word in found.cause


def test_zones_slow_before_they_stop():
    def speed_at(gap_m):
        scan = navila.RangeScan(np.array([0.0]), np.array([0.3 + gap_m]), 0.0)
        gate = SafetyGate(fake_embodiment(limits=_quick()), navila.SafetySettings())
        return gate.judge(navila.Twist(1.0), navila.RobotState(0.0, navila.Pose2(), scan=scan), 0.0).sent.vx_mps

    speeds = [speed_at(gap_m) for gap_m in (0.04, 0.1, 0.2, 0.4, 2.0)]
    assert speeds[0] == 0
    assert speeds == sorted(speeds)
    assert 0 < speeds[1] < speeds[2] < speeds[3] < 1.0 == speeds[4]


def _quick():
    return attrs.evolve(LIMITS, ax_max_mps2=1000.0)


def test_an_obstacle_beside_the_path_does_not_stop_and_backing_off_is_free():
    beside = navila.RangeScan(np.array([math.pi / 2]), np.array([0.4]), 0.0)
    ahead = navila.RangeScan(np.array([0.0]), np.array([0.31]), 0.0)
    assert not judged(navila.Twist(0.02), scan=beside).stage
    assert judged(navila.Twist(0.02), scan=ahead).stage == "zones"
    assert not judged(navila.Twist(-0.02), scan=ahead).stage
    assert not judged(navila.Twist(0, 0, 0.05), scan=ahead).stage


def test_watchdog_zeroes_a_command_that_is_not_renewed():
    driver, events = FakeDriver(), []
    with navila.Robot(BODY, driver) as robot:
        robot.listen(events.append)
        robot.drive(navila.Twist(0.5))
        robot.clock.sleep_until(2.0)
        assert driver.sent[-1].is_zero
        stopped = [event for event in events if isinstance(event, SafetyEvent)]
        assert [event.stage for event in stopped] == ["watchdog"]
        assert stopped[0].time_s == pytest.approx(0.25, abs=0.03)
        x_m = driver.pose.x_m
        robot.clock.sleep_until(3.0)
        assert driver.pose.x_m == x_m


class RealTimeDriver:
    """A driver on the wall clock: no ``advance``, so the watchdog must work from its own thread."""

    def __init__(self):
        self.inner, self.sent = FakeDriver(), []
        self.clock = WallClock()

    def state(self):
        return navila.RobotState(self.clock.now_s(), navila.Pose2())

    def observe(self):
        return self.inner.observe()

    def cloud(self):
        return None

    def send(self, twist):
        self.sent.append(twist)

    def close(self):
        self.sent.append("closed")


def test_watchdog_on_the_wall_clock_needs_no_help_from_the_caller():
    driver = RealTimeDriver()
    zero = threading.Event()
    send = driver.send
    driver.send = lambda twist: (send(twist), zero.set() if twist.is_zero else None)
    with navila.Robot(BODY, driver, clock=driver.clock) as robot:
        assert not robot.drive(navila.Twist(0.5)).is_zero
        assert zero.wait(5)
    speeds = [twist.vx_mps for twist in driver.sent[:-1]]
    assert speeds == sorted(speeds, reverse=True)
    assert 0 < speeds[-3] < speeds[0], "it sinks before it's zero"
    assert driver.sent[-1] == "closed"
    assert driver.sent[-2].is_zero


def test_the_watchdog_outlives_a_driver_that_raises():
    driver = RealTimeDriver()
    zero, refused = threading.Event(), []

    def send(twist):
        if twist.is_zero and len(refused) < 2:
            refused.append(twist)
            raise OSError("busy")
        if twist.is_zero:
            zero.set()

    driver.send = send
    with navila.Robot(BODY, driver, clock=driver.clock) as robot:
        robot.drive(navila.Twist(0.5))
        assert zero.wait(5)
    assert len(refused) == 2


def test_the_watchdog_speaks_to_a_driver_that_hangs_in_mid_command():
    driver = RealTimeDriver()
    zero, let_go = threading.Event(), threading.Event()

    def send(twist):
        if twist.is_zero:
            zero.set()
        else:
            let_go.wait(10)

    driver.send = send
    with navila.Robot(BODY, driver, clock=driver.clock) as robot:
        thread = threading.Thread(target=robot.drive, args=(navila.Twist(0.5),))
        thread.start()
        assert zero.wait(5)
        let_go.set()
        thread.join(5)


def test_zero_is_sent_when_the_block_raises():
    driver = FakeDriver()

    def block():
        with navila.Robot(BODY, driver) as robot:
            robot.drive(navila.Twist(0.5))
            raise RuntimeError("boom")

    with pytest.raises(RuntimeError, match="boom"):
        block()
    assert driver.sent[-1].is_zero
    assert driver.closed


def test_zero_is_sent_when_a_listener_raises_in_mid_action():
    driver = FakeDriver()

    def bad(event):
        if driver.pose.x_m > 0.1:
            raise RuntimeError("listener")

    with navila.Robot(BODY, driver) as robot:
        robot.listen(bad)
        with pytest.raises(RuntimeError, match="listener"):
            robot.execute(navila.MoveForward(1))
        assert driver.sent[-1].is_zero


def test_a_closed_robot_says_so_and_close_is_idempotent():
    robot = navila.Robot(BODY, FakeDriver())
    robot.close()
    robot.close()
    with pytest.raises(navila.SafetyError, match="closed"):
        robot.drive(navila.Twist(0.1))


def test_a_robot_left_open_is_stopped_at_exit(tmp_path):
    script = """
import navila_sdk as navila
from navila_sdk.testing import FakeDriver, fake_embodiment
driver = FakeDriver()
close = driver.close
driver.close = lambda: (close(), print("closed after", driver.sent[-1].is_zero))
robot = navila.Robot(fake_embodiment(), driver)
robot.drive(navila.Twist(0.5))
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "closed after True"


def test_drive_returns_what_was_sent():
    driver = FakeDriver()
    with navila.Robot(BODY, driver) as robot:
        sent = robot.drive(navila.Twist(99.0))
    assert sent == driver.sent[0]
    assert 0 < sent.vx_mps <= LIMITS.vx_max_mps


def test_a_camera_that_has_stopped_gives_no_frames():
    driver = FakeDriver()
    first = driver.observe()
    driver.observe = lambda: first
    with navila.Robot(BODY, driver) as robot:
        robot.observe()
        robot.stand(2.5)
        with pytest.raises(navila.SensorStaleError, match=r"2\.5 s old, limit 2 s \(safety\.frame_stale_s\)"):
            robot.observe()
        driver.observe = lambda: attrs.evolve(first, time_s=1e9)
        with pytest.raises(navila.SensorStaleError, match="ahead of the robot's clock"):
            robot.observe()


def test_odometry_that_jumps_latches_and_looking_again_is_allowed():
    driver = FakeDriver()
    with navila.Robot(BODY, driver) as robot:
        robot.drive(navila.Twist(0.3))
        driver.pose = navila.Pose2(2.0, 0.0, 0.0)
        robot.clock.sleep_until(0.02)
        assert robot.drive(navila.Twist(0.3)).is_zero
        assert "odometry jumped by 2.0" in robot.estop_cause
        robot.reset_estop()
        robot.stand(0.1)
        assert not robot.drive(navila.Twist(0.3)).is_zero


@settings(deadline=None, max_examples=50)
@given(st.floats(-1.0, 1.0), st.floats(-1.0, 1.0), st.floats(0.0, 0.5))
def test_what_a_body_can_do_is_no_jump(forward, turning, pause_s):
    driver = FakeDriver(actuation=lambda _: navila.Twist(forward, 0.0, turning))
    with navila.Robot(BODY, driver) as robot:
        for _ in range(5):
            robot.drive(navila.Twist(0.1))
            robot.clock.sleep_until(robot.clock.now_s() + 0.02 + pause_s)
        assert not robot.estop_cause


def test_each_source_has_a_limit_of_its_own():
    scan = navila.RangeScan(np.array([0.0]), np.array([9.0]), -0.3)
    state = navila.RobotState(0.0, navila.Pose2(), scan=scan)
    for settings_of, word in (
        (navila.SafetySettings(scan_stale_s=0.2), "range scan is 0.30 s old, limit 0.20"),
        (navila.SafetySettings(sensor_stale_s=0.25), "range scan is 0.30 s old, limit 0.25"),
        (navila.SafetySettings(state_stale_s=0.2), ""),
    ):
        assert SafetyGate(BODY, settings_of).judge(navila.Twist(0.02), state, 0.0).cause == word


def test_a_scan_that_was_there_and_is_gone_stops_the_robot():
    gate = SafetyGate(BODY, navila.SafetySettings())
    free = navila.RangeScan(np.array([0.0]), np.array([9.0]), 0.0)
    assert not gate.judge(navila.Twist(0.02), navila.RobotState(0.0, navila.Pose2(), scan=free), 0.0).stage
    gone = gate.judge(navila.Twist(0.02), navila.RobotState(0.0, navila.Pose2()), 0.0)
    assert (gone.stage, gone.source, gone.sent.is_zero) == ("validity", "scan", True)


def test_every_cause_is_told_when_it_changes():
    scans = {0: 9.0, 1: math.nan, 2: 0.31}
    events, driver = (
        [],
        FakeDriver(scan=lambda _, time_s: navila.RangeScan(np.array([0.0]), np.array([scans[int(time_s)]]), time_s)),
    )
    with navila.Robot(BODY, driver) as robot:
        robot.listen(events.append)
        for _ in range(140):
            robot.drive(navila.Twist(0.02))
            robot.clock.sleep_until(robot.clock.now_s() + robot.period_s)
    told = [(event.stage, event.active) for event in events if isinstance(event, SafetyEvent)]
    assert told == [("validity", True), ("validity", False), ("zones", True)]
