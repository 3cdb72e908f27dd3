"""The front door as the README shows it, on the shipped plugins."""

import math

import numpy as np
import pytest

import navila_sdk as navila
from navila_sdk.testing import FakePlanner, fake_embodiment


def test_the_apps_own_loop_reaches_a_landmark(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with navila.connect("go2", world="mujoco", scene="apartment:7") as robot:
        errand = robot.scene.errands[0]
        planner = navila.load_planner("oracle", robot=robot)
        planner.reset(errand.instruction)
        for _ in range(100):
            plan = planner.step(robot.observe())
            if plan.action == navila.Stop():
                break
            assert robot.execute(plan.action) is navila.Outcome.REACHED
        end = robot.true_pose()
    assert math.dist((end.x_m, end.y_m), errand.goal_m) < 0.5
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("embodiment", ["go2", "h1", "t1"])
@pytest.mark.parametrize("mode", list(navila.NavigatorMode))
def test_every_body_runs_an_errand_on_two_clocks(embodiment, mode):
    settings = navila.NavigatorSettings(mode=mode, latency=navila.LatencyCharge.DECLARED, declared_latency_s=0.6)
    with navila.connect(embodiment, world="mujoco", scene="apartment:3") as robot:
        errand = robot.scene.errands[0]
        planner = navila.load_planner("oracle", robot=robot)
        episode = navila.navigate(planner, robot, errand.instruction, settings=settings, record=False)
        end = robot.true_pose()
    assert episode.outcome is navila.EpisodeOutcome.STOPPED, episode.cause
    assert math.dist((end.x_m, end.y_m), errand.goal_m) < 1.0


def test_navigate_records_where_told(tmp_path):
    with navila.connect("t1", world="mujoco", scene="empty") as robot:
        planner = navila.load_planner("auto", robot=robot)
        episode = navila.navigate(planner, robot, "walk forward 50 cm", out=tmp_path / "run")
    assert episode.folder == tmp_path / "run"
    log = navila.read_log(tmp_path / "run")
    assert log.outcome == "stopped"
    assert log.meta["planner"]["label"] == "auto (human)"


def test_an_embodiment_of_ones_own_needs_no_registration():
    body = fake_embodiment("mine")
    with navila.connect(body, world="mujoco", scene="empty") as robot:
        assert robot.execute(navila.MoveForward(0.5)) is navila.Outcome.REACHED


def test_a_planner_of_ones_own_needs_no_registration(tmp_path):
    with navila.connect("go2", world="mujoco", scene="empty") as robot:
        planner = FakePlanner([navila.TurnLeft.degrees(45)])
        episode = navila.navigate(planner, robot, "anything", out=tmp_path / "run")
    assert episode.outcome.ok
    assert navila.read_log(tmp_path / "run").meta["planner"]["name"] == "FakePlanner"


def test_listeners_hear_everything_and_leave_with_the_episode():
    heard = []
    with navila.connect("go2", world="mujoco", scene="empty") as robot:
        planner = FakePlanner([navila.MoveForward(0.25)])
        navila.navigate(planner, robot, "go", record=False, listeners=[heard.append])
        count = len(heard)
        robot.execute(navila.MoveForward(0.25))
    assert count > 10
    assert len(heard) == count


def test_unknown_names_are_typed_and_helpful():
    with pytest.raises(navila.UnknownNameError, match="Did you mean 'go2'"):
        navila.connect("go22")
    with pytest.raises(navila.UnknownNameError, match="Did you mean 'oracle'"):
        navila.load_planner("orakel")
    with pytest.raises(navila.UnknownNameError, match="apartment:SEED"):
        navila.connect("go2", scene="castle")


@pytest.mark.parametrize(
    ("rgb", "word"),
    [
        (np.zeros((4, 4, 3), np.float32), "float32"),
        (np.zeros((4, 4), np.uint8), r"\(4, 4\)"),
        (np.zeros((0, 4, 3), np.uint8), r"\(0, 4\)"),
        (np.zeros((4, 4, 4), np.uint8), r"\(4, 4, 4\)"),
        ([[0, 0, 0]], "list"),
        (None, "NoneType"),
    ],
)
def test_frames_that_are_no_frames(rgb, word):
    with pytest.raises(navila.ObservationError, match=word):
        navila.Observation(rgb)


def test_observations_cannot_be_changed_and_poses_are_finite():
    seen = navila.Observation(np.zeros((2, 2, 3), np.uint8))
    with pytest.raises(ValueError, match="read-only"):
        seen.rgb[0, 0, 0] = 1
    with pytest.raises(navila.ObservationError, match="finite"):
        navila.Observation(np.zeros((2, 2, 3), np.uint8), navila.Pose2(math.nan))


def test_everything_promised_at_the_front_door_is_there():
    for name in dir(navila):
        assert getattr(navila, name) is not None or name.startswith("_")
    with pytest.raises(AttributeError, match="no attribute 'fly'"):
        _ = navila.fly


def test_a_robot_that_starts_elsewhere_still_finds_its_way():
    options = {"start": [9.0, 11.0, 3.0]}
    with navila.connect("go2", world="mujoco", scene="empty", options=options) as robot:
        planner = navila.load_planner("oracle", robot=robot, goal=[11.0, 11.0])
        episode = navila.navigate(planner, robot, "go there", record=False)
        end = robot.true_pose()
    assert episode.outcome is navila.EpisodeOutcome.STOPPED
    assert math.dist((end.x_m, end.y_m), (11.0, 11.0)) < 0.4


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"embodiment": 3}, "embodiment: expected text"),
        ({"embodiment": b"go2"}, "embodiment: expected text"),
        ({"world": ""}, "world: expected text that isn't empty"),
        ({"fidelity": 3}, "fidelity: expected text"),
        ({"locomotion": 3}, "locomotion: expected text"),
        ({"seed": "x"}, "seed: expected a whole number"),
        ({"seed": 1.5}, "seed: expected a whole number"),
        ({"seed": True}, "seed: expected a whole number"),
        ({"seed": -1}, "seed: expected at least 0"),
        ({"pace": math.nan}, "pace: expected a finite number"),
        ({"pace": 0}, "pace: expected at least 0.001"),
        ({"pace": "fast"}, "pace: expected a number"),
        ({"options": 3}, "options: expected Mapping"),
        ({"config": "navila.toml"}, "config: expected Config"),
        ({"safety": 3}, "safety: expected SafetySettings"),
    ],
)
def test_what_connect_cannot_be_given(given, told):
    with pytest.raises(navila.ConfigError) as caught:
        navila.connect(**{"embodiment": "go2", "scene": "empty", **given})
    assert told in str(caught.value)


def test_numbers_of_numpys_are_numbers():
    with navila.connect("go2", scene="empty", seed=np.int64(3), pace=np.float64(1e5)) as robot:
        assert robot.made_from["seed"] == 3


def test_what_planners_and_episodes_cannot_be_given(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for given in ({"name": 3}, {"name": ""}, {"name": "human", "robot": 3}, {"name": "human", "seed": -1}):
        with pytest.raises(navila.ConfigError):
            navila.load_planner(**given)
    with navila.connect("go2", scene="empty") as robot:
        planner = navila.load_planner("human", robot=robot)
        with pytest.raises(navila.ConfigError, match="planner must have reset and step; got 'human'"):
            navila.navigate("human", robot, "walk forward 1 m")
        with pytest.raises(navila.ConfigError, match="robot must have drive and observe; got None"):
            navila.navigate(planner, None, "walk forward 1 m")
        for out in (3, ""):
            with pytest.raises(navila.ConfigError, match="out: expected"):
                navila.navigate(planner, robot, "walk forward 1 m", out=out)
        (tmp_path / "a-file").touch()
        with pytest.raises(navila.OutputError, match="it's a file, not a folder"):
            navila.navigate(planner, robot, "walk forward 1 m", out=tmp_path / "a-file")
    assert [path.name for path in tmp_path.iterdir()] == ["a-file"]
