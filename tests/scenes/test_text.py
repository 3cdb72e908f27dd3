"""Scenes as JSON: nothing is lost, equal scenes are equal bytes, and every problem is named with its path."""

from __future__ import annotations

import json

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from navila_sdk.errors import OutputError, SceneError
from navila_sdk.geometry import Pose2
from navila_sdk.scenes import (
    Errand,
    Room,
    Scene,
    SceneObject,
    Shape,
    Solid,
    load_scene,
    save_scene,
    scene_from_json,
    scene_to_json,
)

words = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=12).filter(str.strip)
at = st.floats(0.0, 8.0)
poses = st.builds(Pose2, at, at, st.floats(-4, 4))
side = st.floats(1e-3, 10.0)
colors = st.tuples(*[st.integers(0, 255)] * 3)


def solid(shape: Shape, center_m, width, depth, height, yaw_rad, rgb) -> Solid:
    size_m = {
        Shape.BOX: (width, depth, height),
        Shape.CYLINDER: (width, width, height),
        Shape.SPHERE: (width, width, width),
    }[shape]
    return Solid(shape, center_m, size_m, yaw_rad, rgb)


solids = st.builds(solid, st.sampled_from(Shape), st.tuples(at, at, at), side, side, side, st.floats(-4, 4), colors)

ramps = st.builds(attrs.evolve, solids.filter(lambda s: s.shape is Shape.BOX), pitch_rad=st.floats(-1.0, 1.0))


@st.composite
def scenes(draw) -> Scene:
    names = draw(st.lists(words, max_size=3, unique=True))
    objects = st.builds(
        SceneObject,
        words,
        words,
        st.sampled_from(["", *names]),
        st.lists(solids, min_size=1, max_size=3).map(tuple),
    )
    errands = st.builds(Errand, words, poses, st.tuples(at, at))
    return Scene(
        draw(words),
        (8.0, draw(st.floats(8.0, 100.0))),
        draw(poses),
        tuple(Room(name, 0.0, 0.0, draw(side), draw(side), draw(colors)) for name in names),
        tuple(draw(st.lists(solids, max_size=3))),
        (),
        tuple(draw(st.lists(objects, max_size=3))),
        tuple(draw(st.lists(errands, max_size=2))),
        ground=tuple(draw(st.lists(ramps | solids, max_size=2))),
    )


@settings(max_examples=60, deadline=None)
@given(scenes())
def test_a_scene_survives_json_and_comes_out_the_same_bytes(scene):
    text = scene_to_json(scene)
    again = scene_from_json(text)
    assert again == scene
    assert scene_to_json(again) == text
    json.loads(text)


def test_a_number_is_written_one_way():
    a = Scene("s", (5, 5), Pose2(1, 1, -0.0))
    b = Scene("s", (5.0, 5.0), Pose2(1.0, 1.0, 0.0))
    assert scene_to_json(a) == scene_to_json(b)


def test_keys_with_a_default_may_be_left_out():
    scene = scene_from_json('{"name": "s", "size_m": [4, 5], "start": {"x_m": 1, "y_m": 2}}')
    assert scene == Scene("s", (4.0, 5.0), Pose2(1.0, 2.0))


def changed(old: str, new: str) -> str:
    text = scene_to_json(load_scene("apartment:0"))
    assert old in text
    return text.replace(old, new, 1)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "valid JSON"),
        ("{", "valid JSON"),
        ("[" * 100_000, "valid JSON"),
        ("[]", "JSON object"),
        ('{"name": "a", "name": "b"}', "given twice"),
        ("{}", "size_m: missing"),
        (changed('"size_m": [', '"size_n": ['), r"size_n: the scene has no such key; did you mean 'size_m'"),
        (changed('"shape": "box"', '"shape": "cone"'), r"walls\[0\].shape: expected one of box, cylinder, sphere"),
        (changed('"yaw_rad": 0.0', '"yaw_rad": "0"'), "yaw_rad: expected a number"),
        (changed('"yaw_rad": 0.0', '"yaw_rad": NaN'), "NaN is no JSON number"),
        (changed('"yaw_rad": 0.0', '"yaw_rad": 1e999'), "finite"),
        (changed('"yaw_rad": 0.0', '"yaw_rad": true'), "yaw_rad: expected a number"),
        (changed('"rgb": [222', '"rgb": [256'), "rgb: each part must be 0 to 255"),
        (changed('"rgb": [222', '"rgb": [2.5'), "expected a whole number"),
        (changed('"noun": "', '"noun": 3, "nun": "'), r"objects\[0\].noun: expected text"),
        (changed('"room": "', '"room": "cellar of the '), r"objects\[0\].room: no room named"),
        (changed('"format": 1', '"format": 2'), "format: this version reads format 1"),
        (changed('"start": {"x_m": ', '"start": {"x_m": 9'), "start: .* is off the floor"),
        (changed('"wall_height_m": 2.5', '"wall_height_m": -1'), "wall_height_m"),
    ],
)
def test_what_does_not_fit_is_named_with_its_path(text, words):
    with pytest.raises(SceneError, match=words):
        scene_from_json(text)


def test_every_problem_is_told_at_once():
    bad = changed('"name": "apartment:0"', '"name": 1, "extra": 2').replace('"format": 1', '"format": "x"')
    with pytest.raises(SceneError) as caught:
        scene_from_json(bad)
    for word in ("name: expected text", "extra: the scene has no such key", "format: expected a whole number"):
        assert word in str(caught.value)


def test_a_scene_that_is_not_sound_is_not_written(tmp_path):
    sphere = Solid(Shape.SPHERE, (1.0, 1.0, 1.0), (1.0, 1.0, 2.0))
    with pytest.raises(SceneError, match=r"walls\[0\].size_m: a sphere is as high as it is wide"):
        save_scene(Scene("s", (5.0, 5.0), Pose2(), walls=(sphere,)), tmp_path / "s.json")
    assert not (tmp_path / "s.json").exists()


def test_a_folder_that_is_not_there_is_an_output_error(tmp_path):
    with pytest.raises(OutputError, match="nowhere"):
        save_scene(load_scene("empty"), tmp_path / "nowhere" / "s.json")


def test_a_file_holds_the_very_text(tmp_path):
    scene = load_scene("apartment:5")
    assert save_scene(scene, tmp_path / "s.json").read_bytes() == scene_to_json(scene).encode()


@pytest.mark.parametrize(
    ("part", "told"),
    [
        ({"walls": ("tilted",)}, r"walls\[0\].pitch_rad: only ground can be tilted"),
        ({"ground": ("steep",)}, r"ground\[0\].pitch_rad: boxes can be tilted by at most 1 rad"),
        ({"ground": ("round",)}, r"ground\[0\].pitch_rad: boxes can be tilted"),
        ({"ground": ("nan",)}, r"ground\[0\]: every number must be finite"),
    ],
)
def test_what_can_be_tilted(part, told):
    box = Solid(Shape.BOX, (1, 1, 0), (1, 1, 1), pitch_rad=0.2)
    kinds = {
        "tilted": box,
        "steep": attrs.evolve(box, pitch_rad=1.2),
        "round": attrs.evolve(box, shape=Shape.CYLINDER),
        "nan": attrs.evolve(box, pitch_rad=float("nan")),
    }
    fields = {name: tuple(kinds[key] for key in keys) for name, keys in part.items()}
    with pytest.raises(SceneError, match=told):
        scene_to_json(Scene("s", (5, 5), Pose2(1, 1), **fields))
