"""Frames between decisions: taken while the robot moves, in order, and again the same in a replay."""

import itertools
import time

import pytest

import navila_sdk as navila
from navila_sdk.events import Observed
from navila_sdk.recording.replay import replay
from navila_sdk.testing import FakeDriver, FakePlanner, fake_embodiment
from tests.navigator.test_navigator import goal_seeker, run


class Watching(FakePlanner):
    """Decides by what it has watched as well: it stops where the count says so."""

    def __init__(self, decide, stop_after=10**6):
        super().__init__(decide)
        self.history, self.stop_after, self.fails = [], stop_after, None

    def watch(self, observation):
        if self.fails:
            raise self.fails
        self.history.append(("watched", observation.time_s))

    def step(self, observation):
        self.history.append(("asked", observation.time_s))
        if len(self.history) >= self.stop_after:
            return navila.Plan((navila.Stop(),))
        return super().step(observation)


def watching(stop_after=10**6):
    return Watching(goal_seeker(3, 2)._answers, stop_after)


@pytest.mark.parametrize("mode", list(navila.NavigatorMode))
@pytest.mark.parametrize("latency_s", [0.0, 0.7])
def test_frames_come_at_their_rate_and_in_order(mode, latency_s):
    planner, events = watching(), []
    declared = {"latency": navila.LatencyCharge.DECLARED, "declared_latency_s": latency_s}
    run(planner, events=events, mode=mode, watch_hz=2.0, **declared)
    times = [time_s for _, time_s in planner.history]
    assert times == sorted(times)
    gaps = [after - before for before, after in itertools.pairwise(times)]
    watched = [gaps[i] for i, (kind, _) in enumerate(planner.history[1:]) if kind == "watched"]
    assert len(watched) > 5
    assert min(watched) == pytest.approx(0.5, abs=0.021)
    seen = ["watched" if event.index < 0 else "asked" for event in events if isinstance(event, Observed)]
    assert seen == [kind for kind, _ in planner.history]


def test_the_last_frames_are_taken_in_before_the_episode_is_over():
    planner, events = watching(), []
    taken_in = planner.watch

    def slowly(observation):
        time.sleep(0.05)  # an encoder at work: the episode's loop is over sooner
        taken_in(observation)

    planner.watch = slowly
    declared = {"latency": navila.LatencyCharge.DECLARED, "declared_latency_s": 0.7}
    run(planner, events=events, mode=navila.NavigatorMode.PIPELINED, watch_hz=2.0, **declared)
    seen = ["watched" if event.index < 0 else "asked" for event in events if isinstance(event, Observed)]
    assert seen[-1] == "watched"
    assert seen == [kind for kind, _ in planner.history]


def test_none_where_none_are_asked_for():
    planner = watching()
    run(planner)
    assert {kind for kind, _ in planner.history} == {"asked"}


def test_planners_without_a_history_are_left_alone():
    events = []
    run(goal_seeker(3, 2), events=events, watch_hz=5.0)
    assert all(event.index >= 0 for event in events if isinstance(event, Observed))


@pytest.mark.parametrize("mode", list(navila.NavigatorMode))
def test_a_replay_sees_the_same_frames_and_decides_the_same(mode):
    settings = navila.NavigatorSettings(mode=mode, watch_hz=3.0)
    events, first, second = [], watching(stop_after=25), watching(stop_after=25)
    with navila.Robot(fake_embodiment(), FakeDriver()) as robot:
        robot.listen(events.append)
        navila.Navigator(first, robot, settings).navigate("go")
    result = replay(events, "go", second, fake_embodiment(), navigator=settings)
    assert result.difference == ""
    assert second.history == first.history
    assert len(first.history) >= 25
    other = replay(events, "go", watching(stop_after=20), fake_embodiment(), navigator=settings)
    assert not other.same


def test_a_frame_that_cannot_be_taken_in_ends_the_episode_with_its_words():
    planner = watching()
    planner.fails = navila.ObservationError("too dark")
    episode = run(planner, watch_hz=2.0)
    assert episode.outcome is navila.EpisodeOutcome.PLANNER_FAILED
    assert "too dark" in episode.cause
