"""The record, its options and its errors; opening and closing."""

from __future__ import annotations

import subprocess
import sys

import navila_mujoco
import pytest
from navila_go2 import embodiment as go2
from navila_h1 import embodiment as h1
from navila_t1 import embodiment as t1

from navila_sdk.errors import (
    CapabilityError,
    ConfigError,
    MissingDependencyError,
    NavilaError,
    SceneError,
    UnknownNameError,
)
from navila_sdk.geometry import Twist
from navila_sdk.scenes import scene_to_json
from navila_sdk.world import Pictured, SimulatedDriver, WorldRequest
from tests.mujoco.places import box, connect, place, run, thing


def test_importing_the_plugin_imports_no_simulator():
    code = "import sys, navila_mujoco; navila_mujoco.record; print('mujoco' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


@pytest.mark.parametrize("embodiment", [go2, h1, t1])
def test_every_embodiment_lives_in_it(embodiment):
    driver = connect(place(thing("box", box(7, 6, 0.5, 0.5))), embodiment)
    assert isinstance(driver, SimulatedDriver)
    assert isinstance(driver, Pictured)
    mapping = embodiment.mapping
    run(driver, Twist(mapping.forward_mps), 1.0)
    run(driver, Twist(0, 0, mapping.turn_radps), 1.0)
    state = driver.state()
    assert state.pose.x_m > 0.2
    assert state.pose.yaw_rad > 0.2
    assert driver.observe().rgb.shape == (embodiment.camera.height_px, embodiment.camera.width_px, 3)
    assert (driver.cloud() is None) == (embodiment.lidar is None)
    assert driver.overview(32, 24).shape == (24, 32, 3)


def test_a_scene_may_be_a_value_a_name_or_a_file(tmp_path):
    scene = place(thing("box", box(7, 6, 0.5, 0.5)))
    path = tmp_path / "place.json"
    path.write_text(scene_to_json(scene), encoding="utf-8")
    assert connect(scene).scene == scene
    assert connect(str(path)).scene == scene
    assert connect("empty").scene.name == "empty"
    assert navila_mujoco.record.make(WorldRequest(go2)).scene.solids == ()


def test_scenes_that_are_not_there_are_errors(tmp_path):
    with pytest.raises(UnknownNameError, match="palace"):
        connect("palace")
    with pytest.raises(SceneError, match=r"nowhere\.json"):
        connect(str(tmp_path / "nowhere.json"))


def test_a_fidelity_it_does_not_have_names_those_it_has():
    with pytest.raises(CapabilityError, match=r"'quantum'.*kinematic"):
        navila_mujoco.record.make(WorldRequest(go2, fidelity="quantum"))
    navila_mujoco.record.make(WorldRequest(go2, fidelity="kinematic"))


@pytest.mark.parametrize(
    ("options", "path", "says"),
    [
        ({"comand_noise": 0.1}, "worlds.mujoco.comand_noise", "command_noise"),
        ({"zzz": 1}, "worlds.mujoco.zzz", "known:"),
        ({"step_s": 0}, "worlds.mujoco.step_s", "between"),
        ({"step_s": float("nan")}, "worlds.mujoco.step_s", "finite"),
        ({"step_s": "fast"}, "worlds.mujoco.step_s", "number"),
        ({"step_s": True}, "worlds.mujoco.step_s", "number"),
        ({"command_noise": -0.1}, "worlds.mujoco.command_noise", "between"),
        ({"renderer": "magic"}, "worlds.mujoco.renderer", "rays"),
        ({"ceiling": "yes"}, "worlds.mujoco.ceiling", "true or false"),
        ({"start": [1, 2]}, "worlds.mujoco.start", ""),
        ({"start": [1, 2, float("inf")]}, "worlds.mujoco.start", "finite"),
        ({"start": 5}, "worlds.mujoco.start", ""),
        ({"picture_px": [64, 0]}, "worlds.mujoco.picture_px", "pixels"),
        ({"picture_px": [64.5, 48]}, "worlds.mujoco.picture_px", "whole number"),
    ],
)
def test_options_are_strict_and_errors_give_the_path(options, path, says):
    with pytest.raises(ConfigError) as caught:
        connect(**options)
    assert len(caught.value.problems) == 1
    assert caught.value.problems[0].startswith(path)
    assert says in caught.value.problems[0]


def test_every_bad_option_is_named_at_once():
    with pytest.raises(ConfigError) as caught:
        connect(step_s=5, cieling=True, renderer="magic")
    assert len(caught.value.problems) == 3


def test_closing_twice_is_fine_and_nothing_works_afterwards():
    driver = connect()
    driver.observe()
    driver.close()
    driver.close()
    calls = (
        driver.state,
        driver.observe,
        driver.cloud,
        driver.advance,
        driver.true_pose,
        lambda: driver.send(Twist()),
        lambda: driver.overview(32, 24),
    )
    for call in calls:
        with pytest.raises(NavilaError, match="closed"):
            call()


@pytest.mark.parametrize("size", [(0, 10), (10, -1), (100000, 10)])
def test_an_overview_of_no_size_is_refused(size):
    with pytest.raises(ConfigError, match="sides"):
        connect().overview(*size)


def test_without_opengl_the_gl_renderer_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "OpenGL", None)
    with pytest.raises(MissingDependencyError, match=r"pip install .*navila-mujoco\[gl\]"):
        connect(renderer="gl")
