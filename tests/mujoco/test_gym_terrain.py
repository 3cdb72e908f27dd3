"""What there is to climb in training: it stands in physics as the map says, across the way, and is asked for."""

from __future__ import annotations

import attrs
import mujoco
import numpy as np
import pytest
from navila_go2 import embodiment as go2
from navila_h1 import embodiment as h1
from navila_mujoco.gym.env import LeggedGym

from navila_sdk.locomotion.choose import robot_model
from navila_sdk.training.locomotion.read_recipe import recipe_of
from navila_sdk.training.locomotion.recipe import MAP_SCALE, Randomization, Terrain

KINDS = {
    "stairs": Terrain(stairs=1.0, blocks=0.0),
    "blocks": Terrain(stairs=0.0, blocks=1.0),
    "sills": Terrain(stairs=0.0, blocks=0.0, sills=1.0),
}


def _gym(body=go2, *, count=16, **changes):
    recipe = attrs.evolve(recipe_of(body), **changes)
    return LeggedGym(str(robot_model(body)), recipe, vision=True, count=count, threads=1, seed=3)


def _headings(gym):
    w, x, y, z = gym._qpos[:, 3:7].T
    return np.stack([1 - 2 * (y * y + z * z), 2 * (x * y + w * z)], axis=1)


@pytest.mark.parametrize("kind", KINDS)
def test_heights_are_what_rays_find(kind):
    gym = _gym(terrain=KINDS[kind])
    gym.blocks.level[:] = 0.9
    everyone = np.arange(16)
    gym.blocks.place(everyone, np.zeros((16, 2)), np.linspace(0.0, 1.6, 16))
    random = np.random.default_rng(2)
    points = random.uniform(-1.5, 4.0, (16, 40, 2))
    found = gym.blocks.heights(points)
    assert (found > 0.05).any()
    assert list(gym.status()) == [f"terrain/{kind}"]
    for i in everyone:
        model = gym.physics.batch.get_model(int(i))
        data = mujoco.MjData(model)
        data.qpos[2] = 50.0
        mujoco.mj_kinematics(model, data)
        for point, height in zip(points[i], found[i], strict=True):
            distance = mujoco.mj_ray(
                model, data, np.array([*point, 10.0]), np.array([0.0, 0.0, -1.0]), None, 1, -1, None, None
            )
            assert 10.0 - distance == pytest.approx(float(height), abs=1e-5)


def test_shares_of_terrain_are_those_of_the_recipe():
    gym = _gym(count=40, terrain=Terrain(stairs=0.3, blocks=0.2, sills=0.1))
    assert np.bincount(gym.blocks.kind).tolist() == [16, 12, 8, 4]


def test_levels_begin_where_the_recipe_says():
    gym = _gym(count=40, terrain=attrs.evolve(KINDS["sills"], begin=(0.7, 0.9)))
    assert gym.levels.min() >= 0.7
    assert 0.8 < gym.levels.max() <= 0.9
    assert gym.blocks._top[:, :3].max() > 0.02 + 0.7 * 0.10 * 0.6


def test_whoever_goes_straight_on_crosses_three_sills():
    gym = _gym(h1, count=64, terrain=KINDS["sills"])
    ways = gym._qpos[:, None, :2] + np.linspace(0.0, 8.0, 4000)[:, None] * _headings(gym)[:, None]
    heights = gym.blocks.heights(ways)
    assert ((np.diff(heights, axis=1) > 0.005).sum(axis=1) == 3).all(), "three, at any heading"
    assert (heights[:, :350] == 0).all(), "none within 0.7 m of where it begins"
    assert (heights[:, -1] == 0).all(), "level ground behind"
    assert not gym.blocks.passed(ways[:, 1000])[0].size, "who is still among them hasn't left them behind"
    gym.blocks._peak_m[:] = heights.max(axis=1)
    passed, crossed = gym.blocks.passed(ways[:, -1])
    assert passed.size == 64
    assert crossed.all()


@pytest.mark.parametrize("kind", ["blocks", "sills"])
def test_whoever_begins_amid_terrain_stands_level_with_edges_on_all_sides(kind):
    gym = _gym(h1, count=64, terrain=attrs.evolve(KINDS[kind], amid=1.0))
    heading = _headings(gym)
    aside = np.stack([-heading[:, 1], heading[:, 0]], axis=1)
    reach = np.linspace(-1.5, 1.5, 301)
    along = gym.blocks.heights(reach[:, None] * heading[:, None])
    across = gym.blocks.heights(reach[:, None] * aside[:, None])
    near = np.abs(reach) < 0.19
    assert (along[:, near] == 0).all(), "level where feet are put down"
    assert (across[:, near] == 0).all()
    assert (along[:, reach < 0] > 0).any(axis=1).mean() > 0.5, "edges behind"
    assert (across > 0).any(axis=1).mean() > 0.5, "edges beside"
    gym.blocks.place(np.arange(64), np.zeros((64, 2)), np.arctan2(heading[:, 1], heading[:, 0]))
    assert (gym.blocks.heights(reach[:, None] * heading[:, None])[:, reach < 0] == 0).all(), "what comes next is ahead"


@pytest.mark.parametrize("shift_m", [0.0, 0.05])
def test_maps_lie_beside_the_ground_by_as_much_as_the_recipe_says(shift_m):
    faults = Randomization(map_noise_m=0.0, map_offset_m=0.0, map_dropout=0.0, map_shift_m=shift_m)
    gym = _gym(count=64, terrain=KINDS["stairs"], randomization=faults, feel_velocity=())
    gym.blocks.level[:] = 1.0
    gym.blocks.place(np.arange(64), np.zeros((64, 2)), np.zeros(64))
    gym._qpos[:, :7] = (1.5, 0.0, 0.6, 1.0, 0.0, 0.0, 0.0)
    told = gym.observe()["policy"][:, -gym.maps.points.shape[0] :] / MAP_SCALE + (0.6 - gym.recipe.base_height_m)

    def ground(dx, dy):
        points = np.array([1.5 + dx, dy]) + gym.maps.points
        return gym.blocks.heights(np.repeat(points[None], 64, axis=0))

    near = [ground(dx, dy) for dx in np.linspace(-0.05, 0.05, 41) for dy in np.linspace(-0.05, 0.05, 41)]
    error = np.min([np.abs(told - one).mean(axis=1) for one in near], axis=0)
    assert error.max() < 0.002, "each is the ground within 5 cm of where the body is"
    off = np.abs(told - ground(0.0, 0.0)).mean(axis=1)
    assert (off.max() > 0.01) == (shift_m > 0)


@pytest.mark.parametrize(("share", "onward"), [(0.0, True), (1.0, False)])
def test_who_has_something_to_climb_is_asked_what_the_recipe_says(share, onward):
    commands = attrs.evolve(recipe_of(go2).commands, rough_any=share)
    gym = _gym(count=128, terrain=KINDS["sills"], commands=commands)
    ahead = gym._command[:, 0]
    assert bool((ahead >= 0.3).all()) == onward
    if not onward:
        assert (gym._command == 0).all(axis=1).any(), "some stand"
        assert (ahead < 0).any(), "some go back"
