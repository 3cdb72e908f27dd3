"""Looks repaint rooms and leave everything else alone."""

import attrs
import pytest

from navila_sdk.errors import SceneError, UnknownNameError
from navila_sdk.scenes import load_scene
from navila_sdk.scenes.looks import LOOKS, PLAIN, in_look


def test_the_plain_look_is_the_apartment_itself():
    scene = load_scene("apartment:7")
    assert in_look(scene, PLAIN) == scene
    assert attrs.evolve(load_scene("apartment:7:plain"), name=scene.name) == scene


@pytest.mark.parametrize("look", [look for look in LOOKS if look != PLAIN])
def test_a_look_changes_paint_only(look):
    plain, painted = load_scene("apartment:7"), load_scene(f"apartment:7:{look}")
    assert painted.name == f"apartment:7:{look}"
    assert painted.objects == plain.objects
    assert painted.walls == plain.walls
    assert [room.wall_rgb for room in painted.rooms] != [room.wall_rgb for room in plain.rooms]
    for before, after in zip(plain.rooms, painted.rooms, strict=True):
        assert attrs.evolve(after, wall_rgb=before.wall_rgb, floor_rgb=before.floor_rgb) == before
        assert all(0 <= value <= 255 for value in (*after.wall_rgb, *after.floor_rgb))


@pytest.mark.parametrize(("spec", "error"), [("apartment:7:mnt", UnknownNameError), ("apartment:x:mint", SceneError)])
def test_looks_that_are_none(spec, error):
    with pytest.raises(error, match="mint"):
        load_scene(spec)
