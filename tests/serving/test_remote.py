"""The planner ``remote``: the same plans as at home, and a robot that stands when the server is lost."""

from __future__ import annotations

import math
import threading
import time

import attrs
import pytest

import navila_sdk as navila
from navila_sdk.errors import ConfigError, InstructionError, PlannerError, PlannerTimeoutError
from navila_sdk.planners.navila import NavilaPlanner
from navila_sdk.planners.random import RandomPlanner
from navila_sdk.planners.remote import RemoteOptions, RemotePlanner, profile
from navila_sdk.serving.server import PlannerServer
from tests.serving.conftest import Watching


def remote(server, robot=None, **options):
    return navila.load_planner("remote", robot=robot, url=server.url, **options)


def random_server(make, settings):
    del make
    return PlannerServer(lambda: RandomPlanner(7, 6), {"planner": "random"}, settings)


def test_an_episode_is_the_one_the_planner_gives_at_home(serving):
    server = serving(random_server)
    ends = []
    for build in (lambda robot: remote(server, robot), lambda _: RandomPlanner(7, 6)):
        with navila.connect("go2", world="mujoco", scene="apartment:3") as robot:
            episode = navila.navigate(build(robot), robot, "go on", record=False)
            ends.append((robot.true_pose(), episode.outcome, [str(e.action) for e in episode.executions]))
    assert ends[0] == ends[1]
    assert len(ends[0][2]) == 7


def test_frames_between_decisions_reach_the_planner(serving):
    server = serving(planner=Watching)
    with navila.connect("go2", world="mujoco", scene="empty") as robot:
        settings = navila.NavigatorSettings(watch_hz=5.0, max_plans=4, latency=navila.LatencyCharge.NONE)
        navila.Navigator(remote(server, robot), robot, settings).navigate("walk")
    assert server.planners[0].steps > 100


def test_refusals_are_the_same_errors_as_at_home(serving):
    planner = remote(serving(random_server))
    with pytest.raises(InstructionError, match="empty"):
        planner.reset("  ")
    broken = remote(serving())
    with pytest.raises(PlannerError, match="no such thing"):
        broken.reset("boom")


def test_a_lost_server_leaves_the_robot_standing(serving):
    server = serving()
    with navila.connect("go2", world="mujoco", scene="empty") as robot:
        planner = remote(server, robot, deadline_s=0.5)

        def cut():
            while not server.planners or server.planners[0].steps < 3:
                time.sleep(0.01)
            server.stop()

        thread = threading.Thread(target=cut)
        thread.start()
        episode = navila.navigate(planner, robot, "walk", record=False)
        thread.join()
        assert episode.outcome is navila.EpisodeOutcome.PLANNER_FAILED
        assert "server" in episode.cause
        ended = robot.state().pose
        for _ in range(50):
            robot._driver.advance()
        assert robot.state().twist.is_zero
        assert robot.state().pose.distance_m(ended) < 0.1


def test_a_server_too_slow_is_a_timeout(serving):
    server = serving()
    planner = remote(server, deadline_s=0.2)
    planner.reset("walk")
    server.planners[0].sleep_s = 0.6
    with navila.connect("go2", world="mujoco", scene="empty") as robot, pytest.raises(PlannerTimeoutError):
        planner.step(robot.observe())


def test_the_server_is_told_what_the_robot_sees_through(serving):
    server = serving()
    with navila.connect("h1", world="mujoco", scene="empty") as robot:
        remote(server, robot).reset("walk")
    (session,) = server.server._sessions._all.values()
    assert session.robot["embodiment"] == "h1"
    assert session.robot["camera"]["z_m"] > 1
    assert profile(None) == {}


def test_a_camera_the_model_was_not_trained_with_is_said_on_both_sides(serving, caplog):
    class Trained(Watching):
        camera_gaps = staticmethod(NavilaPlanner.camera_gaps)

    server = serving(planner=Trained)
    body = navila.Plugins().embodiment("go2")
    camera = attrs.evolve(body.camera, z_m=1.25, hfov_rad=math.pi / 2)
    for seen, told in (
        (body.camera, "0.82 m high, not 1.25"),
        (camera, ""),
        (attrs.evolve(camera, hfov_rad=1.0), "57"),
    ):
        caplog.clear()
        planner = RemotePlanner(RemoteOptions(url=server.url), profile(attrs.evolve(body, camera=seen)))
        planner.reset("walk")
        planner._client._drop()
        planner.reset("walk")
        planner.close()
        names = [
            record.name for record in caplog.records if "isn't the one the planner was trained with" in record.message
        ]
        # Once each, though the line broke and was taken up again.
        assert sorted(names) == (["navila_client", "navila_sdk.serving.server"] if told else [])
        assert all(told in record.message for record in caplog.records if record.name in names)


@pytest.mark.parametrize("camera", [5, {}, {"z_m": "high", "hfov_rad": 1}, {"z_m": float("nan"), "hfov_rad": 1.0}])
def test_cameras_that_are_none_are_let_pass(serving, caplog, camera):
    class Trained(Watching):
        camera_gaps = staticmethod(NavilaPlanner.camera_gaps)

    planner = RemotePlanner(RemoteOptions(url=serving(planner=Trained).url), {"camera": camera})
    planner.reset("walk")
    planner.close()
    assert "trained with" not in caplog.text


@pytest.mark.parametrize(
    "options",
    [{"url": "http://here"}, {"url": "ws://[::"}, {"url": "ws://here:99999"}, {"deadline_s": 0}, {"speed": 1}],
)
def test_options_that_do_not_fit(options):
    with pytest.raises(ConfigError):
        navila.load_planner("remote", **options)


def test_no_server_at_all():
    planner = navila.load_planner("remote", url="ws://127.0.0.1:9", deadline_s=0.3)
    with pytest.raises(PlannerError, match="no planner server at"):
        planner.reset("walk")
