"""The training environment on MuJoCo Warp: the same bodies as on threads, each with its own parameters and terrain.

Warp runs on the processor here; compiling its kernels takes most of the time, so everything is small.
"""

from __future__ import annotations

import importlib.util
import json
import sys

import numpy as np
import pytest
from click.testing import CliRunner
from navila_go2 import embodiment as go2
from navila_mujoco.gym.body import BLOCKS, training_body
from navila_mujoco.gym.choose import make_physics
from navila_mujoco.gym.env import LeggedGym
from navila_mujoco.gym.physics import VARIED
from navila_mujoco.gym.variety import variety

from navila_sdk.errors import CapabilityError, ConfigError, MissingDependencyError
from navila_sdk.locomotion.choose import robot_model
from navila_sdk.locomotion.policy import load_policy
from navila_sdk.training.locomotion.read_recipe import recipe_of
from navila_sdk.training.locomotion.recipe import Randomization

WARP = all(importlib.util.find_spec(name) for name in ("warp", "mujoco_warp"))
LEARNERS = all(importlib.util.find_spec(name) for name in ("torch", "rsl_rl", "safetensors", "tensorboard"))
WARPING = pytest.mark.skipif(not WARP, reason="MuJoCo Warp isn't installed: pip install 'navila-mujoco[gpu]'")
LEARNING = pytest.mark.skipif(not LEARNERS, reason="the extra 'train' isn't installed: pip install 'navila-sdk[train]'")

COUNT = 6
WIDE = Randomization(
    friction=(0.1, 1.5), mass_kg=(-2.0, 4.0), gain=(0.6, 1.4), armature=(0.0, 0.05), damping=(0.0, 0.5), sole_m=0.02
)
TOLERANCE = {"qpos": 2e-5, "qvel": 2e-3, "torque": 2e-3, "sensors": 2e-5}
"""m, rad and quaternions; m/s and rad/s; N m; m. Single precision against double, with solvers that converge."""


def _body(converging=True):
    """The Go2's training body; its solver is given time to converge, for where it's stopped early is no one's truth."""
    body = training_body(str(robot_model(go2)), recipe_of(go2), terrain=True)
    if converging:
        body.model.opt.iterations = body.model.opt.ls_iterations = 50
    return body


def _own(body):
    return variety(body, WIDE, COUNT, np.random.default_rng(4))


@pytest.fixture(scope="module")
def body():
    return _body()


@pytest.fixture(scope="module")
def on_warp(body):
    import warp

    # Compiling well takes twice as long as compiling fast.
    before, warp.config.optimization_level = warp.config.optimization_level, 0
    yield make_physics(body, COUNT, backend="warp", threads=1, device="cpu")
    warp.config.optimization_level = before


def _begin(physics, body):
    """Put every body on its feet, its left ones on a board of 4 cm, the last body in the air."""
    everyone = np.arange(COUNT)
    random = np.random.default_rng(5)
    default = np.array([joint.default_rad for joint in recipe_of(go2).joints.values()])
    physics.reset(everyone)
    physics.qpos[:] = body.model.qpos0
    physics.qpos[:, :3] = 0.0, 0.0, 0.36
    physics.qpos[-1, 2] = 3.0
    physics.qpos[:, body.joint_qpos] = default
    physics.qvel[:, :6] = random.uniform(-0.3, 0.3, (COUNT, 6))
    physics.ctrl[:, body.actuators] = default
    center, half = np.zeros((COUNT, BLOCKS, 3)), np.full((COUNT, BLOCKS, 3), 0.05)
    center[..., 2] = -4.0
    center[:, 0], half[:, 0] = (0.0, 0.35, -0.06), (0.8, 0.3, 0.1)
    physics.place(everyone, center, half)
    physics.forward(everyone)
    return default


def _walked(physics, body, periods, *, reset=None):
    """Move for some control periods; return positions and sensors after each."""
    default = _begin(physics, body)
    random = np.random.default_rng(6)
    seen = []
    for i in range(periods):
        if i == reset:
            physics.reset(np.array([1]))
            physics.forward(np.array([1]))
        physics.advance(default + random.uniform(-0.1, 0.1, (COUNT, default.size)), i % 3)
        seen.append((physics.qpos.copy(), physics.sensors.copy()))
    return seen


@WARPING
def test_both_backends_tell_of_the_same_bodies(on_warp, body):
    on_threads = make_physics(body, COUNT, backend="threads", threads=1, device=None)
    own = _own(body)
    for physics in (on_threads, on_warp):
        physics.vary(own)
    defaults = [_begin(physics, body) for physics in (on_threads, on_warp)]
    random = np.random.default_rng(6)
    touched = np.zeros(COUNT, bool)
    for i in range(15):
        target = defaults[0] + random.uniform(-0.1, 0.1, (COUNT, defaults[0].size))
        for physics in (on_threads, on_warp):
            physics.advance(target, i % 3)
        for name, tolerance in TOLERANCE.items():
            there, here = getattr(on_threads, name), getattr(on_warp, name)
            np.testing.assert_allclose(here, there, atol=tolerance, err_msg=f"{name} after {i + 1} periods")
        touched |= (on_threads.sensors[:, body.foot_contact] > 0).any(axis=(1, 2))
    assert touched[:-1].all()
    assert not touched[-1]
    on_board = on_threads.sensors[:-1, body.foot_position[:, None] + np.arange(3)][..., 2].max(axis=1)
    assert (on_board > 0.03).all(), "no foot stands on the board: the boxes weren't met"
    assert not on_warp.lost.any()


@pytest.mark.parametrize("field", VARIED)
@WARPING
def test_each_field_is_each_environments_own(on_warp, body, field):
    """Environments that differ in one field alone move apart, and as far as on threads."""
    own = _own(body)
    plain = {name: np.repeat(getattr(body.model, name)[None], COUNT, axis=0) for name in VARIED}
    on_threads = make_physics(body, COUNT, backend="threads", threads=1, device=None)
    apart = {}
    for physics in (on_threads, on_warp):
        walks = []
        for values in (plain, plain | {field: own[field]}):
            physics.vary(values)
            walks.append(_walked(physics, body, 8)[-1][0][:-1])
        apart[physics.backend] = walks[1] - walks[0]
    assert (np.abs(apart["threads"]).max(axis=1) > 5 * TOLERANCE["qpos"]).all()
    np.testing.assert_allclose(apart["warp"], apart["threads"], atol=2 * TOLERANCE["qpos"])


@WARPING
def test_resetting_one_environment_leaves_the_others_alone(on_warp, body):
    undisturbed, disturbed = _walked(on_warp, body, 6), _walked(on_warp, body, 6, reset=3)
    others = np.arange(COUNT) != 1
    for (qpos, sensors), (same_qpos, same_sensors) in zip(undisturbed, disturbed, strict=True):
        np.testing.assert_array_equal(same_qpos[others], qpos[others])
        np.testing.assert_array_equal(same_sensors[others], sensors[others])
    assert np.abs(disturbed[-1][0][1] - undisturbed[-1][0][1]).max() > 0.01


@WARPING
def test_sensing_after_a_reset_touches_the_reset_ones_only(on_warp, body):
    _walked(on_warp, body, 2)
    before = on_warp.sensors.copy()
    on_warp.reset(np.array([1]))
    on_warp.qpos[1, 2] = 7.0
    on_warp.forward(np.array([1]))
    others = np.arange(COUNT) != 1
    np.testing.assert_array_equal(on_warp.sensors[others], before[others])
    assert on_warp.sensors[1, body.foot_position[0] + 2] > 6.0
    np.testing.assert_array_equal(on_warp.qvel[1], 0.0)


@WARPING
def test_an_environment_without_room_for_its_contacts_is_given_up(on_warp, body, monkeypatch):
    from navila_mujoco.gym import on_warp as module

    # Room for the joints' friction and one foot.
    monkeypatch.setattr(module, "room", lambda *_, **__: (64, 16))
    narrow = make_physics(body, COUNT, backend="warp", threads=1, device="cpu")
    _walked(narrow, body, 4)
    assert narrow.lost[:-1].all()
    assert not narrow.lost[-1]
    narrow.reset(np.arange(2))
    assert not narrow.lost[:2].any()


@WARPING
@LEARNING
def test_a_training_on_it_says_so_in_the_policys_card(on_warp, tmp_path):
    from navila_sdk.cli.train import command

    folder = tmp_path / "run"
    given = ["-e", "go2", "--kind", "vision", "--envs", "8", "--steps", "384", "--backend", "warp", "--device", "cpu"]
    done = CliRunner().invoke(
        command, ["locomotion", *given, "--folder", str(folder), "--json"], catch_exceptions=False
    )
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert (told["steps"], told["backend"], told["device"]) == (384, "warp", "cpu")
    assert np.isfinite(told["last_reward"])
    assert (folder / "checkpoint.safetensors").exists()
    assert load_policy(told["policy"]).card.origin.trained_by.endswith("--backend warp")


def test_without_the_extra_it_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "mujoco_warp", None)
    with pytest.raises(MissingDependencyError, match=r"needs the package .*warp.*navila-mujoco\[gpu\]"):
        make_physics(_body(), 2, backend="warp", threads=1, device="cpu")


def test_where_the_processor_is_asked_for_auto_takes_threads():
    gym = LeggedGym(
        str(robot_model(go2)), recipe_of(go2), vision=False, count=2, threads=1, seed=1, backend="auto", device="cpu"
    )
    assert gym.backend == "threads"


def test_an_unknown_backend_is_refused():
    with pytest.raises(ConfigError, match="no training backend 'jax'; there are threads, warp and auto"):
        make_physics(_body(), 2, backend="jax", threads=1, device=None)


@WARPING
def test_devices_that_are_not_there_are_refused():
    import warp

    with pytest.raises(ConfigError, match=r"Warp has no device 'tpu'; it has cpu"):
        make_physics(_body(), 2, backend="warp", threads=1, device="tpu")
    if not warp.is_cuda_available():
        with pytest.raises(ConfigError, match="wants a CUDA device, and Warp sees none"):
            make_physics(_body(), 2, backend="warp", threads=1, device=None)


@WARPING
def test_a_model_that_warp_cannot_step_is_refused():
    import mujoco

    body = _body()
    body.model.opt.enableflags |= int(mujoco.mjtEnableBit.mjENBL_FWDINV)
    with pytest.raises(CapabilityError, match=r"can't step this robot's model: .*FWDINV.*--backend threads"):
        make_physics(body, 2, backend="warp", threads=1, device="cpu")


@LEARNING
@pytest.mark.parametrize("name", ["meta", "nowhere"])
def test_networks_go_to_devices_that_torch_has(name):
    from navila_sdk.cli.train import command

    with pytest.raises(ConfigError, match=rf"--device '{name}': torch finds no CPU or CUDA device"):
        CliRunner().invoke(command, ["locomotion", "-e", "go2", "--device", name], catch_exceptions=False)
