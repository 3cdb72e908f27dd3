"""An episode's own events through planner and executor again: the same decisions, or the difference."""

import math

import pytest

import navila_sdk as navila
from navila_sdk.events import EpisodeEnded
from navila_sdk.recording.replay import replay
from navila_sdk.testing import FakeDriver, FakePlanner, fake_embodiment
from tests.navigator.test_navigator import goal_seeker

SETTINGS = [
    {},
    {"mode": navila.NavigatorMode.SYNC},
    {"latency": navila.LatencyCharge.DECLARED, "declared_latency_s": 0.7},
    {"latency": navila.LatencyCharge.MEASURED},
]


def recorded(planner, driver=None, **settings):
    events = []
    with navila.Robot(fake_embodiment(), driver or FakeDriver()) as robot:
        robot.listen(events.append)
        navila.Navigator(planner, robot, navila.NavigatorSettings(**settings)).navigate("go")
    return events


def again(events, planner, **settings):
    return replay(events, "go", planner, fake_embodiment(), navigator=navila.NavigatorSettings(**settings))


@pytest.mark.parametrize("settings", SETTINGS)
def test_the_same_planner_decides_the_same(settings):
    result = again(recorded(goal_seeker(3, 2), **settings), goal_seeker(3, 2), **settings)
    assert result.difference == ""
    assert result.same
    assert result.plans > 3
    assert result.commands > 100


def test_a_sloppy_body_replays_exactly_too():
    driver = FakeDriver(actuation=lambda twist: navila.Twist(twist.vx_mps * 0.9, 0.01, twist.wz_radps * 1.1))
    assert again(recorded(goal_seeker(2, 1), driver), goal_seeker(2, 1)).same


def test_another_planner_is_told_apart_with_the_first_difference():
    result = again(recorded(goal_seeker(3, 2)), FakePlanner([navila.TurnRight(math.pi / 4)]))
    assert not result.same
    assert "turn right 45 degrees" in result.difference


def test_other_settings_are_told_apart():
    result = again(recorded(goal_seeker(3, 2)), goal_seeker(3, 2), max_time_s=1)
    assert "1.02 s" in result.difference


def test_an_interrupted_episode_replays_as_far_as_it_goes():
    driver, events = FakeDriver(), []

    def interrupt(event):
        events.append(event)
        if driver.pose.x_m > 0.4 and not isinstance(event, EpisodeEnded):
            raise KeyboardInterrupt

    with navila.Robot(fake_embodiment(), driver) as robot:
        robot.listen(interrupt)
        with pytest.raises(KeyboardInterrupt):
            navila.Navigator(goal_seeker(3, 0), robot).navigate("go")
    result = again(events, goal_seeker(3, 0))
    assert result.difference == ""


def test_nothing_recorded_is_an_error():
    with pytest.raises(navila.RecordingError, match="nothing to replay"):
        again([], goal_seeker(1, 1))
