"""The two-clock loop: orders kept, late plans right, every failure typed, the robot standing at the end."""

import math
import threading

import pytest

import navila_sdk as navila
from navila_sdk.clock import WallClock
from navila_sdk.events import EpisodeEnded, Observed, Planned
from navila_sdk.testing import FakeDriver, FakePlanner, fake_embodiment

SQUARE = [navila.MoveForward(1), navila.TurnLeft.degrees(90)] * 4


def run(planner, driver=None, events=None, body=None, **settings):
    driver = driver or FakeDriver()
    with navila.Robot(body or fake_embodiment(), driver) as robot:
        if events is not None:
            robot.listen(events.append)
        episode = navila.Navigator(planner, robot, navila.NavigatorSettings(**settings)).navigate("go")
        assert driver.sent[-1].is_zero
    return episode


def goal_seeker(x_m, y_m):
    """A closed-loop planner: turns towards a point in odometry and walks there."""

    def decide(observation):
        pose = observation.pose
        away_m = math.hypot(x_m - pose.x_m, y_m - pose.y_m)
        if away_m < 0.15:
            return navila.Stop()
        bearing = pose.relative(navila.Pose2(x_m, y_m))
        off = math.degrees(math.atan2(bearing.y_m, bearing.x_m))
        if abs(off) > 10 and away_m > 0.3:
            side = navila.TurnLeft if off > 0 else navila.TurnRight
            return side.degrees(min((15, 30, 45), key=lambda angle: abs(angle - abs(off))))
        return navila.MoveForward(min((0.25, 0.5, 0.75), key=lambda step: abs(step - away_m)))

    return FakePlanner(decide)


@pytest.mark.parametrize("mode", list(navila.NavigatorMode))
def test_a_fixed_command_is_carried_out_whole(mode):
    plan = navila.Plan((*SQUARE, navila.Stop()), committed=9)
    planner = FakePlanner([plan])
    episode = run(planner, mode=mode)
    assert episode.outcome is navila.EpisodeOutcome.STOPPED
    assert episode.actions == plan.actions
    assert len(planner.seen) == 1
    assert math.hypot(episode.final_pose.x_m, episode.final_pose.y_m) < 0.02
    assert episode.path_length_m == pytest.approx(4, abs=0.1)


@pytest.mark.parametrize("mode", list(navila.NavigatorMode))
@pytest.mark.parametrize("latency_s", [0.0, 0.3, 0.6, 1.2])
def test_a_closed_loop_planner_arrives_at_any_latency(mode, latency_s):
    episode = run(goal_seeker(4, 3), mode=mode, latency=navila.LatencyCharge.DECLARED, declared_latency_s=latency_s)
    assert episode.outcome is navila.EpisodeOutcome.STOPPED
    assert math.hypot(episode.final_pose.x_m - 4, episode.final_pose.y_m - 3) < 0.5


def test_thinking_while_moving_takes_less_time_and_idles_less():
    def timed(mode):
        return run(goal_seeker(6, 2), mode=mode, latency=navila.LatencyCharge.DECLARED, declared_latency_s=0.6)

    sync, pipelined = timed(navila.NavigatorMode.SYNC), timed(navila.NavigatorMode.PIPELINED)
    assert pipelined.duration_s < sync.duration_s
    assert pipelined.idle_s < sync.idle_s / 3


def test_simulated_episodes_repeat_exactly():
    def recorded():
        events = []
        run(goal_seeker(3, -2), events=events, latency=navila.LatencyCharge.DECLARED, declared_latency_s=0.4)
        return [(event.time_s, str(event.plan.action)) for event in events if isinstance(event, Planned)]

    assert recorded() == recorded()


def test_each_observation_precedes_its_plan():
    events = []
    run(goal_seeker(2, 0), events=events)
    seen = [event.index for event in events if isinstance(event, Observed)]
    planned = [event.index for event in events if isinstance(event, Planned)]
    assert seen == planned == list(range(len(seen)))


def test_measured_latency_is_charged_to_simulated_time():
    def slow(observation):
        threading.Event().wait(0.05)
        return navila.Stop()

    episode = run(FakePlanner(slow), latency=navila.LatencyCharge.MEASURED)
    assert 0.05 <= episode.idle_s < 2


class Unparsing(FakePlanner):
    def __init__(self, bad):
        super().__init__()
        self.bad = bad

    def step(self, observation):
        if self.bad:
            self.bad -= 1
            unparsed = navila.Unparsed("I can't tell", "no action in it")
            return navila.Plan((), observation.pose, raw="I can't tell", unparsed=unparsed)
        return super().step(observation)


def test_text_that_is_no_action_is_asked_again_standing_still():
    events = []
    episode = run(Unparsing(2), events=events)
    assert episode.outcome is navila.EpisodeOutcome.STOPPED
    notes = [event.note for event in events if isinstance(event, Planned) and not event.used]
    assert notes == ["unparsed: no action in it"] * 2
    assert episode.path_length_m == 0


def test_then_the_episode_ends_as_unparsed_quoting_the_text():
    episode = run(Unparsing(99))
    assert episode.outcome is navila.EpisodeOutcome.UNPARSED
    assert "I can't tell" in episode.cause


def raising(error):
    def step(observation):
        raise error

    return FakePlanner(step)


@pytest.mark.parametrize(
    ("planner", "outcome", "cause"),
    [
        (raising(ValueError("bad weights")), "planner failed", "ValueError: bad weights"),
        (raising(SystemExit(3)), "planner failed", "SystemExit"),
        (FakePlanner([{"action": "go"}]), "planner failed", "dict"),
    ],
)
def test_a_planner_that_raises_or_returns_garbage_ends_the_episode(planner, outcome, cause):
    episode = run(planner)
    assert str(episode.outcome) == outcome
    assert cause in episode.cause


def test_a_step_that_returns_no_plan_is_named():
    class Wrong(FakePlanner):
        def step(self, observation):
            return "move forward"

    assert "returned str" in run(Wrong()).cause


def test_a_hung_planner_is_given_up():
    hang = threading.Event()

    class Hung(FakePlanner):
        def step(self, observation):
            hang.wait(20)

    episode = run(Hung(), planner_timeout_s=0.2)
    hang.set()
    assert episode.outcome is navila.EpisodeOutcome.PLANNER_TIMED_OUT
    assert "0.2 s" in episode.cause


def test_a_reset_that_hangs_or_raises_moves_nothing():
    class Broken(FakePlanner):
        def reset(self, instruction):
            raise RuntimeError("no model")

    with pytest.raises(navila.PlannerError, match="RuntimeError: no model"):
        run(Broken())


def test_a_reset_that_hangs_is_given_up():
    hang = threading.Event()

    class Hung(FakePlanner):
        def reset(self, instruction):
            hang.wait(20)

    with pytest.raises(navila.PlannerTimeoutError, match=r"reset gave no answer within 0\.2 s"):
        run(Hung(), planner_timeout_s=0.2)
    hang.set()


def test_a_navigator_runs_one_episode():
    with navila.Robot(fake_embodiment(), FakeDriver()) as robot:
        navigator = navila.Navigator(FakePlanner([]), robot)
        navigator.navigate("go")
        with pytest.raises(navila.PlannerError, match="make a new one"):
            navigator.navigate("go")


class WallClockDriver(FakeDriver):
    """The ideal body in real time: it has no ``advance`` for the SDK, and moves up to the present when asked."""

    def __init__(self):
        super().__init__()
        self._clock = WallClock()
        self._step = super().advance
        self.advance = None

    def state(self):
        while self.time_s < self._clock.now_s():
            self._step()
        return super().state()


@pytest.mark.parametrize("mode", list(navila.NavigatorMode))
def test_the_same_loop_runs_in_real_time(mode):
    def slow(observation):
        threading.Event().wait(0.05)
        return navila.MoveForward(0.25) if observation.pose.x_m < 0.2 else navila.Stop()

    # A busy machine may hold the loop for longer than a robot's may.
    patient = navila.ExecutorSettings(stale_after_s=30, stalled_after_s=30)
    with navila.Robot(fake_embodiment(), RealTime(WallClockDriver()), executor=patient) as robot:
        assert not robot.clock.simulated
        episode = navila.Navigator(FakePlanner(slow), robot, navila.NavigatorSettings(mode=mode)).navigate("go")
    assert episode.outcome is navila.EpisodeOutcome.STOPPED, episode.cause
    assert 0.2 <= episode.final_pose.x_m < 0.6  # frames from before the end of a move ask for one more
    assert episode.idle_s > 0.04


class RealTime:
    """Shows only what a real robot's driver has."""

    def __init__(self, inner):
        self.state, self.observe, self.cloud = inner.state, inner.observe, inner.cloud
        self.send, self.close = inner.send, inner.close


def test_a_plan_without_actions_has_no_action_to_give():
    plan = navila.Plan((), raw="hm", unparsed=navila.Unparsed("hm", "no action in it"))
    with pytest.raises(navila.UnparsedPlanError, match=r"'hm', which is no action: no action in it"):
        _ = plan.action
    with pytest.raises(navila.PlannerError, match="at least one action"):
        navila.Plan(())
    with pytest.raises(navila.PlannerError, match="committed must be 0 to 1"):
        navila.Plan((navila.Stop(),), committed=2)


def test_plans_that_are_always_stale_end_the_episode():
    episode = run(
        FakePlanner([navila.MoveForward(1)] * 99),
        latency=navila.LatencyCharge.DECLARED,
        declared_latency_s=1.0,
        max_plan_age_s=0.5,
    )
    assert episode.outcome is navila.EpisodeOutcome.STALE
    assert episode.path_length_m == 0


def test_limits_end_the_episode():
    forever = FakePlanner(lambda _: navila.TurnLeft(0.3))
    assert run(forever, max_plans=4).outcome is navila.EpisodeOutcome.STEP_LIMIT
    assert run(forever, max_time_s=2.0).outcome is navila.EpisodeOutcome.TIME_LIMIT


def test_a_verb_the_body_lacks_is_refused_before_motion():
    body = fake_embodiment(verbs={navila.Verb.TURN_LEFT, navila.Verb.STOP})
    episode = run(FakePlanner([navila.MoveForward(1)]), body=body)
    assert episode.outcome is navila.EpisodeOutcome.PLANNER_FAILED
    assert "move forward 100 cm" in episode.cause
    assert episode.path_length_m == 0


def test_a_blocked_fixed_command_is_not_tried_again():
    driver = FakeDriver(actuation=lambda twist: twist.scaled(0.0))
    plan = navila.Plan((navila.MoveForward(1), navila.Stop()), committed=2)
    episode = run(FakePlanner([plan]), driver)
    assert episode.outcome is navila.EpisodeOutcome.STUCK
    assert len(episode.executions) == 1


def test_a_blocked_closed_loop_planner_may_try_again():
    driver = FakeDriver(actuation=lambda twist: navila.Twist(0, 0, twist.wz_radps))
    episode = run(FakePlanner([navila.MoveForward(1), navila.TurnLeft(1), navila.Stop()]), driver)
    assert episode.outcome is navila.EpisodeOutcome.STOPPED
    assert [str(execution.outcome) for execution in episode.executions] == ["stuck", "reached", "reached"]


def test_a_driver_that_raises_ends_the_episode_with_its_words():
    driver = FakeDriver()
    state = driver.state

    def failing():
        if driver.pose.x_m > 0.2:
            raise OSError("link lost")
        return state()

    driver.state = failing
    events = []
    episode = run(FakePlanner([navila.MoveForward(1)]), driver, events)
    assert episode.outcome is navila.EpisodeOutcome.ROBOT_FAILED
    assert "link lost" in episode.cause
    assert isinstance(events[-1], EpisodeEnded)


def test_ctrl_c_stops_the_robot_and_closes_the_episode():
    driver, events = FakeDriver(), []

    def interrupt(event):
        events.append(event)
        if driver.pose.x_m > 0.2 and not isinstance(event, EpisodeEnded):
            raise KeyboardInterrupt

    with navila.Robot(fake_embodiment(), driver) as robot:
        robot.listen(interrupt)
        with pytest.raises(KeyboardInterrupt):
            navila.Navigator(FakePlanner([navila.MoveForward(1)]), robot).navigate("go")
    assert driver.sent[-1].is_zero
    assert (events[-1].outcome, events[-1].cause) == ("cancelled", "interrupted")


def test_cancel_from_another_thread_ends_the_episode():
    driver = FakeDriver()
    with navila.Robot(fake_embodiment(), driver, pace=20) as robot:
        threading.Timer(0.1, robot.cancel).start()
        episode = navila.Navigator(FakePlanner(lambda _: navila.MoveForward(5)), robot).navigate("go")
    assert episode.outcome is navila.EpisodeOutcome.CANCELLED


@pytest.mark.parametrize("instruction", ["", "   ", "x" * 100_000, "\x00\x01\x02", b"go", None])
def test_impossible_instructions_are_refused(instruction):
    with navila.Robot(fake_embodiment(), FakeDriver()) as robot, pytest.raises(navila.InstructionError):
        navila.Navigator(FakePlanner(), robot).navigate(instruction)


def test_forward_moves_that_follow_each_other_flow():
    def slowest(actions):
        driver = FakeDriver()
        speeds = []
        with navila.Robot(fake_embodiment(), driver) as robot:
            robot.listen(lambda event: speeds.append(driver.state().twist.vx_mps))
            plan = navila.Plan((*actions, navila.Stop()), committed=len(actions) + 1)
            navila.Navigator(FakePlanner([plan]), robot).navigate("go")
        return min(speeds[len(speeds) // 3 : 2 * len(speeds) // 3])

    assert slowest([navila.MoveForward(0.75)] * 4) > 0.4
