"""Terrain to climb: as high as asked, the same for a seed, no obstacle to plans, its heights those of physics."""

from __future__ import annotations

import mujoco
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from navila_mujoco.sight import Sight

from navila_sdk.errors import SceneError
from navila_sdk.geometry import Pose2
from navila_sdk.scenes import load_scene, scene_from_json, scene_to_json
from navila_sdk.scenes.ground import ground_height_m, highest_under_m
from navila_sdk.scenes.occupancy import occupancy
from navila_sdk.scenes.terrain import BEGIN_X_M, KINDS, MIDDLE_Y_M, TREAD_M


@pytest.mark.parametrize("kind", KINDS)
def test_it_starts_level_is_crossed_straight_and_comes_again(kind):
    scene = load_scene(f"terrain:{kind}")
    assert scene == load_scene(f"terrain:{kind}") == scene_from_json(scene_to_json(scene))
    x, y = scene.start.x_m + np.linspace(-0.6, 0.6, 9), np.full(9, scene.start.y_m)
    assert not ground_height_m(scene, x, y).any()
    assert occupancy(scene, 0.3).segment_free((scene.start.x_m, scene.start.y_m), scene.errands[0].goal_m)


def test_stairs_are_five_steps_up_and_five_down():
    scene = load_scene("terrain:stairs:15")
    x = BEGIN_X_M + TREAD_M * (np.arange(5) + 0.5)
    up = ground_height_m(scene, x, np.full(5, MIDDLE_Y_M))
    assert up == pytest.approx(0.15 * np.arange(1, 6))
    assert ground_height_m(scene, x - TREAD_M, np.full(5, MIDDLE_Y_M)) == pytest.approx(0.15 * np.arange(5))


def test_a_ramp_has_the_slope_asked_for():
    scene = load_scene("terrain:ramp:20")
    x = BEGIN_X_M + np.array([0.5, 1.5])
    low, high = ground_height_m(scene, x, np.full(2, MIDDLE_Y_M))
    assert (high - low) == pytest.approx(np.tan(np.radians(20)), abs=1e-9)
    assert low == pytest.approx(0.5 * np.tan(np.radians(20)), abs=1e-9)


def test_a_seed_moves_the_boards():
    assert load_scene("terrain:boards:8:1") != load_scene("terrain:boards:8:2")


@pytest.mark.parametrize(
    "spec", ["", "lava", "stairs:", "stairs:0", "stairs:99", "stairs:100000", "stairs:-5", "stairs:5:x", "ramp:45"]
)
def test_what_there_is_not(spec):
    with pytest.raises(SceneError, match="terrain"):
        load_scene(f"terrain:{spec}")


@settings(max_examples=60)
@given(st.sampled_from(sorted(KINDS)), st.floats(0.0, 8.0), st.floats(-2.4, 2.4))
def test_heights_are_where_a_ray_from_above_ends(kind, ahead_m, aside_m):
    scene = load_scene(f"terrain:{kind}")
    sight = Sight(scene, ceiling=False)
    at = np.array([BEGIN_X_M - 0.5 + ahead_m, MIDDLE_Y_M + aside_m, 3.0])
    # Right on an edge the two may differ by which side they count it to.
    near = [ground_height_m(scene, at[0] + dx, at[1] + dy) for dx in (-1e-6, 1e-6) for dy in (-1e-6, 1e-6)]
    found = mujoco.mj_ray(sight.model, sight.data, at, np.array([0.0, 0.0, -1.0]), None, 1, -1, np.zeros(1, np.int32))
    mark = scene.objects[0].solids[0]
    if abs(at[0] - mark.center_m[0]) < 0.31 and abs(at[1] - mark.center_m[1]) < 0.31:
        return
    height = 0.0 if found < 0 else max(3.0 - found, 0.0)
    assert min(abs(height - float(h)) for h in near) < 1e-5


def test_a_body_stands_on_the_highest_ground_under_its_footprint():
    scene = load_scene("terrain:stairs:15")
    before = Pose2(BEGIN_X_M - 0.35, MIDDLE_Y_M, 0.0)
    assert highest_under_m(scene, before, 0.6, 0.3) == 0.0
    assert highest_under_m(scene, before, 0.8, 0.3) == pytest.approx(0.15)
    # Turned across, the same body is as long as it was wide.
    assert highest_under_m(scene, Pose2(before.x_m, before.y_m, np.pi / 2), 0.8, 0.3) == 0.0
