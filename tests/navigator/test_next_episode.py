"""One planner in episode after episode: what the one before left under way doesn't reach into the next."""

import threading

import pytest

import navila_sdk as navila
from navila_sdk.testing import FakeDriver, FakePlanner, fake_embodiment
from tests.navigator.test_navigator import RealTime, WallClockDriver

AHEAD = navila.MoveForward(0.75)
PATIENT = navila.ExecutorSettings(stale_after_s=30, stalled_after_s=30)


class Diary(FakePlanner):
    """Writes down what it's called for, and waits in steps and watched frames for as long as it's told to."""

    def __init__(self):
        super().__init__(lambda _: AHEAD)
        self.entries, self.inside, self.most_inside = [], 0, 0
        self.waits, self.entered, self.may_go = False, threading.Event(), threading.Event()
        self.watches_wait, self.when_entered = False, lambda: None

    def _write(self, what, *, wait=False):
        self.inside += 1
        self.most_inside = max(self.most_inside, self.inside)
        self.entries.append(what)
        if wait:
            self.entered.set()
            self.when_entered()
            assert self.may_go.wait(20)
        self.inside -= 1

    def reset(self, instruction):
        super().reset(instruction)
        self._write(instruction)

    def watch(self, observation):
        self._write("watched", wait=self.watches_wait)

    def step(self, observation):
        self._write("asked", wait=self.waits)
        return super().step(observation)


def _real_time():
    return navila.Robot(fake_embodiment(), RealTime(WallClockDriver()), executor=PATIENT)


def _cut_off_while_thinking(planner, robot):
    """Run an episode that is cancelled while the planner still thinks."""
    planner.waits, planner.when_entered = True, robot.cancel
    assert navila.Navigator(planner, robot).navigate("first").outcome is navila.EpisodeOutcome.CANCELLED
    assert planner.entered.is_set()


def test_a_reset_waits_for_the_thought_that_the_episode_before_left_under_way():
    planner = Diary()
    with _real_time() as robot:
        _cut_off_while_thinking(planner, robot)
        threading.Timer(0.3, planner.may_go.set).start()
        navila.Navigator(planner, robot).prepare("second")
    assert planner.entries == ["first", "asked", "second"]
    assert planner.most_inside == 1


def test_who_asks_a_planner_that_is_still_busy_is_told_so_and_nothing_moves():
    planner = Diary()
    with _real_time() as robot:
        _cut_off_while_thinking(planner, robot)
        navigator = navila.Navigator(planner, robot, navila.NavigatorSettings(planner_timeout_s=0.2))
        before = robot.state().pose
        with pytest.raises(navila.PlannerTimeoutError, match=r"didn't get to its reset within 0\.2 s.* isn't over"):
            navigator.navigate("second")
        assert robot.state().pose == before
        planner.may_go.set()
        # The reset that was given up is never made; the next one is.
        navila.Navigator(planner, robot).prepare("third")
    assert planner.entries == ["first", "asked", "third"]


def test_frames_that_were_waiting_to_be_watched_are_let_be():
    planner = Diary()
    planner.watches_wait = True
    settings = navila.NavigatorSettings(watch_hz=20.0, max_time_s=2.0)
    with _real_time() as robot:
        navila.Navigator(planner, robot, settings).navigate("first")
        assert planner.entered.wait(20)
        threading.Timer(0.3, planner.may_go.set).start()
        navila.Navigator(planner, robot).prepare("second")
    assert planner.entries == ["first", "asked", "watched", "second"]
    assert planner.most_inside == 1


def test_two_planners_do_not_wait_for_each_other():
    busy, free = Diary(), Diary()
    with _real_time() as robot:
        _cut_off_while_thinking(busy, robot)
        navila.Navigator(free, robot, navila.NavigatorSettings(planner_timeout_s=5.0)).prepare("go")
        assert free.entries == ["go"]
        busy.may_go.set()


def test_simulated_time_waits_for_the_last_thought_so_that_a_planner_saw_the_same_in_each_run():
    planner = Diary()
    planner.waits = True
    threading.Timer(0.5, planner.may_go.set).start()
    declared = {"latency": navila.LatencyCharge.DECLARED, "declared_latency_s": 5.0}
    with navila.Robot(fake_embodiment(), FakeDriver()) as robot:
        episode = navila.Navigator(planner, robot, navila.NavigatorSettings(max_time_s=1.0, **declared)).navigate("go")
    assert episode.outcome is navila.EpisodeOutcome.TIME_LIMIT
    assert (planner.entries, planner.inside) == (["go", "asked"], 0)
