"""Training as the executor walks: commands that close in on goals; and feet that mind edges."""

from __future__ import annotations

import math

import attrs
import numpy as np
import pytest
from navila_go2 import embodiment as go2
from navila_mujoco.gym.env import LeggedGym
from navila_mujoco.gym.footing import Footing
from navila_mujoco.gym.moves import LONGEST_S, Moves

from navila_sdk.locomotion.choose import robot_model
from navila_sdk.training.locomotion.read_recipe import recipe_of
from navila_sdk.training.locomotion.recipe import Commands, Terrain

STEP_S = 0.02
COMMANDS = Commands(vx_mps=(-0.3, 0.8), vy_mps=(-0.3, 0.3), wz_radps=(-1.0, 1.0), moves=1.0)
SILLS = Terrain(stairs=0.0, blocks=0.0, sills=1.0)


def _gym(*, count=32, **changes):
    recipe = attrs.evolve(recipe_of(go2), **changes)
    return LeggedGym(str(robot_model(go2)), recipe, vision=True, count=count, threads=1, seed=3)


def _glide(moves, ids, pose, count):
    """Let bodies that do what they're asked go on for some steps; return their commands and who has been there."""
    command, asked, been = np.zeros((ids.size, 3)), [], np.zeros(ids.size, bool)
    for _ in range(count):
        command, there = moves.command(ids, pose, command, command)
        been |= there
        c, s = np.cos(pose[:, 2]), np.sin(pose[:, 2])
        ahead, left, turn = (command * STEP_S).T
        pose = pose + np.stack([c * ahead - s * left, s * ahead + c * left, turn], axis=1)
        asked.append(command)
    return np.array(asked), been, pose


def test_who_does_what_is_asked_gets_to_every_goal():
    ids, random = np.arange(256), np.random.default_rng(1)
    moves = Moves(COMMANDS, 256, STEP_S, random)
    moves.choose(ids)
    assert moves.on.all()
    begun = random.uniform(-3, 3, (256, 3))
    longest = moves.begin(ids, begun, np.zeros((256, 2)))
    waits = longest < LONGEST_S
    assert 0.05 < waits.mean() < 0.3, "some stand between two moves"
    asked, been, ended = _glide(moves, ids, begun, round(LONGEST_S / STEP_S))
    assert (been == ~waits).all()
    assert (asked[:, waits] == 0).all()
    way = np.hypot(*(ended - begun)[:, :2].T)
    turned = np.abs(ended - begun)[:, 2]
    assert way.max() > 0.7
    assert way.max() < 0.75 + math.hypot(0.12, 0.12) + 0.02
    assert turned.max() > math.radians(42)
    assert turned.max() < math.radians(45 + 5 + 0.6)
    assert (np.abs(asked) <= [0.5, 0.2, math.pi / 6 + 1e-9]).all()
    assert (np.abs(np.diff(asked, axis=0)) <= np.array([1.0, 0.5, 2.0]) * STEP_S + 1e-9).all(), "no faster than a gate"


def test_most_turns_are_towards_the_terrain():
    ids = np.arange(400)
    moves = Moves(COMMANDS, 400, STEP_S, np.random.default_rng(2))
    begun = np.zeros((400, 3))
    moves.begin(ids, begun, np.tile([0.0, 5.0], (400, 1)))
    _, _, ended = _glide(moves, ids, begun, round(LONGEST_S / STEP_S))
    turned = ended[np.abs(ended[:, 2]) > math.radians(9), 2]
    assert turned.size > 100
    assert 0.75 < (turned > 0).mean() < 0.95


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_as_many_episodes_walk_in_moves_as_the_recipe_says(share):
    commands = attrs.evolve(recipe_of(go2).commands, moves=share, zero=0.0)
    gym = _gym(count=128, terrain=SILLS, commands=commands)
    still = (gym._command == 0).all(axis=1)
    assert still.mean() == pytest.approx(share, abs=0.15), "who walks in moves begins from rest"
    gym.step(np.zeros((128, gym.actions), np.float32))
    slow = np.abs(gym._command[:, 0]) <= 0.02 + 1e-9
    assert slow.mean() == pytest.approx(share, abs=0.15)
    for _ in range(25):
        gym.step(np.zeros((128, gym.actions), np.float32))
    if share == 1.0:
        assert gym._command[:, 0].max() > 0.3
        assert (np.abs(gym._command[:, 2]) > 0.3).any()


def test_terrain_rises_for_who_stood_on_it_and_did_not_fall():
    commands = attrs.evolve(recipe_of(go2).commands, moves=1.0)
    gym = _gym(terrain=SILLS, commands=commands)
    gym.levels = np.full(32, 0.5)
    half = np.arange(32) < 16
    gym.blocks._peak_m[half] = 0.05
    gym.episode_steps[:] = 10_000
    step = gym.step(np.zeros((32, gym.actions), np.float32))
    assert step.timed_out.all()
    assert (gym.levels[half] > 0.5).all()
    assert (gym.levels[~half] < 0.5).all()


def test_the_ground_around_a_sole_is_that_of_its_box():
    gym = _gym(terrain=SILLS)
    gym.blocks.level[:] = 1.0
    gym.blocks.place(np.arange(32), np.zeros((32, 2)), np.zeros(32))
    random = np.random.default_rng(4)
    feet = random.uniform((0.5, -0.5, 0.0), (3.0, 0.5, 0.0), (32, 2, 3))
    quarter = np.tile([0.0, 1.0], (32, 1))
    around, centre = Footing((0.2, 0.1)).around(gym.blocks, feet, quarter)
    assert around.shape == (32, 2, 9)
    # A body that heads along y has its soles' length there.
    corners = [(sx * 0.1, sy * 0.2) for sx in (-1, 0, 1) for sy in (-1, 0, 1)]
    expected = np.stack([gym.blocks.heights(feet[..., :2] + np.array(corner)) for corner in corners], axis=2)
    assert (np.sort(around, axis=2) == np.sort(expected, axis=2)).all()
    assert (np.ptp(around, axis=2) > 0.05).any()
    middle = gym.blocks.heights(feet[..., :2])
    assert (centre == middle).all()
    off = Footing.off(around, middle)
    assert off.max() <= 8 / 9, "a sole's middle is level with itself"
    level = np.ptp(around, axis=2) == 0
    assert (off[level] == 0).all()
    assert (off[~level] > 0).all()
    alone, centre = Footing((0.0, 0.0)).around(gym.blocks, feet, quarter)
    assert (alone[..., 0] == middle).all()
    assert (centre == middle).all()


@pytest.mark.parametrize("edge_m", [(0.0, 0.0), (0.15, 0.15)])
def test_standing_on_an_edge_costs_what_the_recipe_says(edge_m):
    recipe = recipe_of(go2)
    gym = _gym(
        terrain=SILLS,
        gait=attrs.evolve(recipe.gait, edge_m=edge_m),
        rewards={**recipe.rewards, "edge": -1.0},
    )
    rest = np.zeros((32, gym.actions), np.float32)
    for _ in range(10):
        gym.step(rest)
    assert gym.sums["edge"] == 0.0, "on level ground none stands on an edge"
    # A bar under the feet, of no height to speak of to physics, and beside them level ground.
    gym.blocks.center[:] = gym._qpos[:, :2]
    gym.blocks._xy[:, 0] = gym._feet()[:, 0, :2]
    gym.blocks._half[:, 0], gym.blocks._top[:, 0] = 0.05, 0.02
    gym.step(rest)
    assert (gym.sums["edge"] < 0.0) == (edge_m[0] > 0)
