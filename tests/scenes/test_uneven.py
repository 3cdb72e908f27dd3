"""Floors that aren't flat: a sill in every doorway, boards in rooms; plans stay as they were."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from navila_sdk.errors import SceneError
from navila_sdk.evaluation.apartments import ApartmentBenchmark
from navila_sdk.evaluation.registry import load_benchmark
from navila_sdk.scenes import load_scene
from navila_sdk.scenes.ground import ground_height_m
from navila_sdk.scenes.occupancy import occupancy
from navila_sdk.scenes.text import read_scene, scene_to_json


@settings(max_examples=5, deadline=None)
@given(st.integers(0, 40), st.integers(1, 20))
def test_every_doorway_has_its_sill_and_nothing_is_higher(seed, rise_cm):
    scene = load_scene(f"apartment:{seed}:plain:uneven:{rise_cm}")
    rise_m = rise_cm / 100
    for door in scene.doorways:
        c, s = np.cos(door.yaw_rad), np.sin(door.yaw_rad)
        across = np.linspace(-door.width_m / 2 + 0.01, door.width_m / 2 - 0.01, 9)
        heights = ground_height_m(scene, door.x_m - s * across, door.y_m + c * across)
        assert (heights >= rise_m - 1e-9).all()
    xs, ys = np.meshgrid(np.arange(0, scene.size_m[0], 0.1), np.arange(0, scene.size_m[1], 0.1))
    heights = ground_height_m(scene, xs, ys)
    assert 0 <= heights.min() <= heights.max() <= max(rise_m, 0.03) + 1e-3
    assert 0.05 < (heights > 0).mean() < 0.5


def test_the_floor_is_the_seed_s_and_plans_do_not_see_it(tmp_path):
    scene, flat = load_scene("apartment:7:warm:uneven"), load_scene("apartment:7:warm")
    assert scene == load_scene("apartment:7:warm:uneven") != load_scene("apartment:7:warm:uneven:12")
    assert (scene.objects, scene.walls, scene.errands) == (flat.objects, flat.walls, flat.errands)
    np.testing.assert_array_equal(occupancy(scene, 0.3).free, occupancy(flat, 0.3).free)
    path = tmp_path / "scene.json"
    path.write_text(scene_to_json(scene))
    assert read_scene(path).ground == scene.ground


@pytest.mark.parametrize("floor", ["bumpy", "uneven:", "uneven:0", "uneven:21", "uneven:-3", "uneven:5:1", ""])
def test_other_floors_are_refused(floor):
    with pytest.raises(SceneError, match="uneven:CM"):
        load_scene(f"apartment:7:plain:{floor}")


def test_the_benchmark_is_the_unseen_split_on_such_floors():
    uneven = load_benchmark("apartments-uneven")
    flat = ApartmentBenchmark().episodes("val-unseen")
    found = uneven.episodes("val-unseen")
    assert [episode.instruction for episode in found] == [episode.instruction for episode in flat]
    assert found[0].scene == f"{flat[0].scene}:uneven:10"
    assert found[0].place().ground
    assert {split: len(uneven.episodes(split)) for split in uneven.splits} == uneven.counts
    higher = load_benchmark("apartments-uneven", None, {"rise_cm": 14.0})
    assert higher.episodes("val-seen")[0].scene.endswith(":uneven:14")
    assert higher.version != uneven.version
