"""From what a user writes to a scene, or to one message that says what to write instead."""

from __future__ import annotations

from pathlib import Path

import attrs
import pytest

from navila_sdk.errors import SceneError, UnknownNameError
from navila_sdk.geometry import Pose2
from navila_sdk.scenes import Scene, load_scene, save_scene


def test_an_open_floor_has_the_robot_in_the_middle_facing_x():
    scene = load_scene("empty")
    assert scene.size_m == (20.0, 20.0)
    assert scene.start == Pose2(10.0, 10.0, 0.0)
    assert scene.solids == ()
    assert load_scene(None) == scene


def test_a_scene_is_returned_as_it_is():
    scene = load_scene("apartment:3")
    assert load_scene(scene) is scene


def test_a_seed_can_be_asked_for_again_by_the_scenes_name():
    scene = load_scene("apartment:007")
    assert scene.name == "apartment:7"
    assert load_scene(scene.name) == scene


def test_seeds_give_different_apartments():
    scenes = [attrs.evolve(load_scene(f"apartment:{seed}"), name="x") for seed in range(10)]
    assert len({scene.objects for scene in scenes}) == 10


@pytest.mark.parametrize("wrap", [str, Path])
def test_a_file_is_named_after_its_stem(tmp_path, wrap):
    path = save_scene(load_scene("apartment:1"), tmp_path / "flat.json")
    scene = load_scene(wrap(path))
    assert scene.name == "flat"
    assert attrs.evolve(scene, name="apartment:1") == load_scene("apartment:1")


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ("apartment", "apartment:SEED"),
        ("apartment:", "whole number"),
        ("apartment:-1", "whole number"),
        ("apartment:1.5", "whole number"),
        ("apartment:x", "whole number"),
        ("apartment:٣", "whole number"),
        ("apartment:9223372036854775808", "9223372036854775807"),
        ("nowhere.json", "nowhere.json"),
        ("./nowhere", "nowhere"),
        (3, "int"),
    ],
)
def test_what_is_no_scene_is_one_message(spec, words):
    with pytest.raises(SceneError, match=words):
        load_scene(spec)


@pytest.mark.parametrize(
    ("spec", "words"), [("emty", "Did you mean 'empty'"), ("flat:3", "apartment:SEED"), ("", "empty")]
)
def test_an_unknown_name_lists_the_known(spec, words):
    with pytest.raises(UnknownNameError, match=words):
        load_scene(spec)


def test_a_folder_and_bytes_are_no_scene_files(tmp_path):
    (tmp_path / "bytes.json").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SceneError, match="UTF-8"):
        load_scene(tmp_path / "bytes.json")
    with pytest.raises(SceneError, match="directory"):
        load_scene(tmp_path)


def test_a_scene_value_that_is_not_sound_is_refused():
    with pytest.raises(SceneError, match="start"):
        load_scene(Scene("mine", (5.0, 5.0), Pose2(9.0, 1.0)))
