"""The training environment: it senses what the card says, its mirror is the body's, its terrain is real."""

from __future__ import annotations

import attrs
import mujoco
import numpy as np
import pytest
from navila_go2 import embodiment as go2
from navila_h1 import embodiment as h1
from navila_mujoco.gym.env import LeggedGym
from navila_mujoco.gym.room import room
from navila_t1 import embodiment as t1

from navila_sdk.geometry import Twist
from navila_sdk.locomotion.card import Origin
from navila_sdk.locomotion.choose import packaged_file, robot_model
from navila_sdk.locomotion.observe import ObservationBuilder
from navila_sdk.locomotion.policy import load_policy
from navila_sdk.locomotion.senses import Senses
from navila_sdk.training.locomotion.policy_card import policy_card
from navila_sdk.training.locomotion.read_recipe import recipe_of
from navila_sdk.training.locomotion.recipe import Noise, Randomization

ALL = pytest.mark.parametrize("body", [go2, h1, t1], ids=lambda body: body.name)
SILENT = Noise(angular_radps=0.0, gravity=0.0, joint_rad=0.0, joint_radps=0.0)


def _recipe(body, **changes):
    return attrs.evolve(recipe_of(body), **changes)


def _gym(body, *, vision=False, count=8, **changes):
    mjcf = str(robot_model(body))
    return LeggedGym(mjcf, _recipe(body, **changes), vision=vision, count=count, threads=1, seed=3)


def _feeling(gym, i):
    turn, linear = gym._qpos[i, 3:7].copy(), np.zeros(3)
    mujoco.mju_rotVecQuat(linear, gym._qvel[i, :3], turn * (1, -1, -1, -1))
    joints, rates = gym._qpos[i, gym.body.joint_qpos], gym._qvel[i, gym.body.joint_dof]
    return Senses(0.0, joints, rates, turn, gym._qvel[i, 3:6], linear)


@pytest.mark.parametrize("body", [b for b in (go2, h1, t1) if b.policies], ids=lambda body: body.name)
def test_the_robot_is_told_what_training_told_it(body):
    gym = _gym(body, noise=SILENT)
    card = load_policy(packaged_file(body.policies["blind"])).card
    random = np.random.default_rng(0)
    for _ in range(3):
        seen = gym.step(random.normal(size=(8, gym.actions)).astype(np.float32) * 0.3).observations["policy"]
    order = np.arange(gym.actions)
    for i in range(8):
        builder = ObservationBuilder(card, order)
        builder._ticks = gym._clock[i] * card.rate_hz / card.gait_hz
        told = builder.build(_feeling(gym, i), Twist(*gym._command[i].tolist()), gym._action[i], None)
        # A past is another test's: this builder sees its first moment.
        now = sum(card.size_of(term.name) for term in card.terms)
        np.testing.assert_allclose(told[:now], seen[i][:now], atol=1e-5)


@pytest.mark.parametrize("body", [go2, t1], ids=lambda body: body.name)
def test_who_remembers_is_told_the_same_past(body):
    changes = {"noise": SILENT, "remember": {"blind": 3}}
    gym, recipe = _gym(body, **changes), _recipe(body, **changes)
    card = policy_card(recipe, body.name, "blind", Origin())
    builders = [ObservationBuilder(card, np.arange(gym.actions)) for _ in range(8)]
    for builder, phase in zip(builders, gym._clock, strict=True):
        builder._ticks = phase * card.rate_hz / card.gait_hz
    random, seen, ended = np.random.default_rng(0), gym.observe()["policy"], np.zeros(8, bool)
    for _ in range(12):
        assert seen.shape[1] == card.inputs == gym.mirrors()["policy"].size
        for i, builder in enumerate(builders):
            if ended[i]:
                builder.reset()
                builder._ticks = gym._clock[i] * card.rate_hz / card.gait_hz
            told = builder.build(_feeling(gym, i), Twist(*gym._command[i].tolist()), gym._action[i], None)
            np.testing.assert_allclose(told, seen[i], atol=1e-5)
        np.testing.assert_array_equal(gym.observe()["policy"], seen)
        step = gym.step(random.normal(size=(8, gym.actions)).astype(np.float32) * 0.3)
        seen, ended = step.observations["policy"], step.ended
        gym.episode_steps[2] = 999
    assert ended[2]


@ALL
@pytest.mark.parametrize("vision", [False, True])
def test_the_mirror_is_the_bodys(body, vision):
    """A mirrored state is observed as the mirrored observation, for what the simulator alone decides."""
    gym = _gym(body, vision=vision, noise=SILENT, count=4)
    mirrors = gym.mirrors()
    observed = gym.observe()
    for name in ("policy", "critic"):
        assert mirrors[name].size == observed[name].shape[1]
    joints = mirrors["action"]
    qpos, qvel = gym._qpos, gym._qvel
    random = np.random.default_rng(1)
    offsets = random.uniform(-0.2, 0.2, gym.actions)
    rates = random.uniform(-1, 1, gym.actions)
    spin, roll = random.uniform(-1, 1, 3), random.uniform(-0.3, 0.3)
    sides = [(1.0, offsets, rates), (-1.0, *(np.array(joints.sign) * v[list(joints.source)] for v in (offsets, rates)))]
    for row, (side, angles, speeds) in enumerate(sides):
        qpos[row, 3:7] = (np.cos(roll / 2), side * np.sin(roll / 2), 0.0, 0.0)
        qpos[row, gym.body.joint_qpos] = gym._default + angles
        qvel[row, gym.body.joint_dof] = speeds
        qvel[row, 3:6] = spin * (side, 1.0, side)
        gym._command[row] = (0.4, 0.2 * side, 0.3 * side)
        gym._clock[row] = 0.1 if side > 0 else 0.6
        gym._action[row] = angles
    policy = gym.observe()["policy"][:, : 9 + 2 + 3 * gym.actions]
    mirror = mirrors["policy"]
    cut = slice(0, policy.shape[1])
    there = policy[0][list(mirror.source[cut])] * np.array(mirror.sign[cut])
    np.testing.assert_allclose(there, policy[1], atol=1e-5)


@ALL
def test_mirroring_twice_changes_nothing(body):
    for mirror in _gym(body, vision=True).mirrors().values():
        x = np.random.default_rng(0).normal(size=mirror.size)
        once = np.array(mirror.sign) * x[list(mirror.source)]
        np.testing.assert_array_equal(np.array(mirror.sign) * once[list(mirror.source)], x)


def test_it_ends_episodes_and_begins_new_ones():
    gym = _gym(go2, count=8)
    wild = np.random.default_rng(0)
    ended = np.zeros(8, bool)
    for _ in range(150):
        step = gym.step(wild.normal(size=(8, 12)).astype(np.float32) * 8)
        assert np.isfinite(step.reward).all()
        assert all(np.isfinite(part).all() for part in step.observations.values())
        ended |= step.ended
    assert ended.any()
    assert gym.steps == 150 * 8


def test_a_body_that_blows_up_is_logged_and_leaves_no_file(tmp_path, monkeypatch, caplog):
    monkeypatch.chdir(tmp_path)
    gym = _gym(go2, count=4)
    gym._qpos[1, 0] = np.inf
    step = gym.step(np.zeros((4, 12), np.float32))
    assert step.ended.tolist() == [False, True, False, False]
    assert np.isfinite(step.observations["policy"]).all()
    assert "unstable" in caplog.text
    assert not list(tmp_path.iterdir())


@ALL
def test_soles_lie_where_each_body_has_them(body):
    gym = _gym(body, vision=True, count=6, randomization=Randomization(sole_m=0.03))
    model = gym.body.model
    moved = [gym.physics.batch.get_model(i).geom_pos - model.geom_pos for i in range(6)]
    soles = gym.body.soles
    shifts = np.array([m[soles, 0] for m in moved])
    assert len(soles) >= 2
    assert np.ptp(shifts, axis=1).max() < 1e-12, "both feet of a body are alike"
    assert (np.abs(shifts) < 0.03).all()
    assert np.ptp(shifts[:, 0]) > 0.01
    others = np.setdiff1d(np.arange(model.ngeom), np.append(soles, gym.body.blocks))
    assert all((m[others] == 0).all() for m in moved)


@ALL
@pytest.mark.parametrize("touch", [False, True])
def test_legs_meet_each_other_where_the_recipe_says_so(body, touch):
    gym = _gym(body, count=1, legs_touch=touch)
    model = gym.body.model
    data = mujoco.MjData(model)
    met: set[tuple[str, str]] = set()
    random = np.random.default_rng(0)
    hinges = np.flatnonzero(model.jnt_type == mujoco.mjtJoint.mjJNT_HINGE)
    for _ in range(300):
        data.qpos[model.jnt_qposadr[hinges]] = random.uniform(*model.jnt_range[hinges].T)
        data.qpos[2] = 5.0
        mujoco.mj_forward(model, data)
        for contact in data.contact[: data.ncon]:
            one, other = (model.body(model.geom(i).bodyid[0]).name for i in (contact.geom1, contact.geom2))
            met.add((one, other))
    assert bool(met) == touch
    sides = [word for pair in gym.recipe.mirror for word in pair]
    for one, other in met:
        side = {next(word for word in sides if word in name) for name in (one, other)}
        assert len(side) == 2, f"{one} meets {other}, of the same leg"


@pytest.mark.parametrize(("free_s", "whole"), [(0.0, False), (0.5, True)])
def test_who_was_pushed_may_step_out_of_turn(free_s, whole):
    pushed = attrs.evolve(_recipe(t1).randomization, push_every_s=(0.02, 0.02), push_free_s=free_s)
    gym = _gym(t1, randomization=pushed)
    gym.steps = 10**9
    wild = np.random.default_rng(0)
    for _ in range(5):
        gym.step(wild.normal(size=(8, gym.actions)).astype(np.float32))
    for term in ("foot_height", "contact_match"):
        most = 5 * gym.recipe.rewards[term]
        assert gym.sums[term] == pytest.approx(most) if whole else gym.sums[term] < 0.99 * most


def test_a_gpu_sets_room_aside_for_legs_that_meet():
    apart, together = (_gym(t1, count=1, legs_touch=touch).body.model for touch in (False, True))
    assert room(together, terrain=False)[0] > room(apart, terrain=False)[0]
