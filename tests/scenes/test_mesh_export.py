"""Scenes as GLB: what was solid is there, where it was, in its colour, for everyone who reads glTF."""

from __future__ import annotations

import json
import struct

import attrs
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from navila_sdk.errors import OutputError, SceneError
from navila_sdk.scenes import SceneMesh, Shape, Solid, load_scene
from navila_sdk.scenes.covering import floor_picture
from navila_sdk.scenes.light import baked_floor
from navila_sdk.scenes.mesh import write_glb
from navila_sdk.scenes.mesh.gltf import gltf_facts
from navila_sdk.scenes.mesh.read import read_patches
from navila_sdk.scenes.mesh.samples import Samples
from navila_sdk.scenes.mesh.split import strips
from tests.scenes.rooms import RED, room

trimesh = pytest.importorskip("trimesh", reason="the extra 'mesh' isn't installed")


@pytest.fixture(scope="module")
def glb(tmp_path_factory):
    return write_glb(room(), tmp_path_factory.mktemp("glb") / "room.glb")


def test_the_file_is_whole_glb_2_with_y_up_in_metres(glb):
    content = glb.read_bytes()
    assert struct.unpack("<4sII", content[:12]) == (b"glTF", 2, len(content))
    assert np.array(gltf_facts(glb).bounds) == pytest.approx(np.array(((0, 0, -3), (4, 2.5, 0))), abs=1e-6)
    assert gltf_facts(glb).pictures == ()
    found = trimesh.load(glb, force="mesh", process=False)
    assert found.bounds == pytest.approx(np.array(((0, 0, -3), (4, 2.5, 0))), abs=1e-6)
    assert len(found.faces) == gltf_facts(glb).triangles


def test_equal_scenes_are_equal_bytes(glb, tmp_path):
    assert write_glb(room(), tmp_path / "again.glb").read_bytes() == glb.read_bytes()


def test_its_materials_are_no_metal(glb):
    length = struct.unpack("<I", glb.read_bytes()[12:16])[0]
    (material,) = json.loads(glb.read_bytes()[20 : 20 + length])["materials"]
    assert material["pbrMetallicRoughness"]["metallicFactor"] == 0
    assert material["pbrMetallicRoughness"]["roughnessFactor"] == 1


@pytest.mark.parametrize("shape", list(Shape))
@pytest.mark.parametrize("yaw", [0.0, 0.7])
def test_solids_are_closed_and_of_their_size(shape, yaw, tmp_path):
    size = (0.6, 0.4, 0.8) if shape is Shape.BOX else (0.6, 0.6, 0.6)
    solid = Solid(shape, (5.0, 5.0, 1.0), size, yaw)
    lone = attrs.evolve(load_scene("empty"), walls=(solid,), size_m=(10.0, 10.0))
    (patch,) = read_patches(SceneMesh(str(write_glb(lone, tmp_path / "solid.glb"))))
    corners = patch.corners_m
    mesh = trimesh.Trimesh(**trimesh.triangles.to_kwargs(corners[(corners[:, :, 2] > 0.1).all(axis=1)]))
    full = {
        Shape.BOX: size[0] * size[1] * size[2],
        Shape.CYLINDER: np.pi * 0.3**2 * 0.6,
        Shape.SPHERE: 4 / 3 * np.pi * 0.3**3,
    }[shape]
    assert mesh.is_watertight
    assert mesh.is_winding_consistent
    assert full * 0.95 < mesh.volume <= full * (1 + 1e-5)
    assert mesh.center_mass == pytest.approx((5, 5, 1), abs=1e-5)


def test_ramps_keep_their_slope(tmp_path):
    scene = load_scene("terrain:ramp:20")
    (patch,) = read_patches(SceneMesh(str(write_glb(scene, tmp_path / "ramp.glb"))))
    corners = patch.corners_m
    normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    slope = np.degrees(np.arccos(normal[:, 2] / np.linalg.norm(normal, axis=1)))
    assert (np.abs(slope - 20) < 1e-3).sum() == 4


def test_the_floor_has_no_seam_and_walls_the_colours_of_their_rooms(tmp_path):
    scene = load_scene("apartment:7")
    (patch,) = read_patches(SceneMesh(str(write_glb(scene, tmp_path / "a.glb", ceiling=False))))
    corners = patch.corners_m
    doubled = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    floor = (corners[:, :, 2] == 0).all(axis=1) & (doubled[:, 2] > 0)
    assert doubled[floor, 2].sum() / 2 == pytest.approx(scene.size_m[0] * scene.size_m[1], rel=1e-5)
    assert corners[:, :, 2].max() == pytest.approx(scene.wall_height_m)
    assert {room.wall_rgb for room in scene.rooms} | {room.floor_rgb for room in scene.rooms} <= palette(patch)


def test_ceilings_look_down_and_can_be_left_out(glb, tmp_path):
    def level_at_the_top(path):
        (patch,) = read_patches(SceneMesh(str(path)))
        at = patch.corners_m
        normal = np.cross(at[:, 1] - at[:, 0], at[:, 2] - at[:, 0])
        return normal[(np.abs(at[:, :, 2] - 2.5) < 1e-6).all(axis=1) & (normal[:, 2] < 0)]

    assert len(level_at_the_top(glb)) == 2
    assert len(level_at_the_top(write_glb(room(), tmp_path / "open.glb", ceiling=False))) == 0
    (patch,) = read_patches(SceneMesh(str(glb)))
    assert RED in palette(patch)


@settings(max_examples=100, deadline=None)
@given(
    st.integers(3, 9),
    st.tuples(*[st.floats(-1, 1)] * 3).filter(lambda v: np.linalg.norm(v) > 0.1),
    st.lists(st.floats(-2, 2), max_size=5),
    st.floats(0.1, 5.0),
)
def test_strips_are_the_polygon_cut_between_planes(count, axis, cuts, size):
    angle = np.arange(count) * (np.pi * 2 / count)
    corners = size * np.stack([np.cos(angle), np.sin(angle), 0.3 * np.cos(angle)], axis=1)
    along = np.array(axis) / np.linalg.norm(axis)
    parts = list(strips(corners, along, cuts))
    whole = area(corners)
    assert sum(map(area, parts)) == pytest.approx(whole, rel=1e-6)
    for part in parts:
        low, high = (part @ along).min(), (part @ along).max()
        assert not any(low + 1e-5 < cut < high - 1e-5 for cut in cuts)
        assert np.cross(part[1] - part[0], part[2] - part[0]) @ (0, 0, 1) >= -1e-9


def area(corners):
    return np.linalg.norm(np.cross(corners, np.roll(corners, -1, axis=0)).sum(axis=0)) / 2


@pytest.fixture(scope="module")
def lit(tmp_path_factory):
    return write_glb(load_scene("apartment:7"), tmp_path_factory.mktemp("lit") / "lit.glb", lit=True)


def test_a_lit_scene_has_the_same_surfaces(lit, tmp_path):
    plain = write_glb(load_scene("apartment:7"), tmp_path / "plain.glb")
    found, wanted = (trimesh.load(path, force="mesh", process=False) for path in (lit, plain))
    assert found.bounds == pytest.approx(wanted.bounds, abs=1e-6)
    assert found.area == pytest.approx(wanted.area, rel=1e-5)
    assert write_glb(load_scene("apartment:7"), tmp_path / "again.glb", lit=True).read_bytes() == lit.read_bytes()


def test_a_lit_scene_says_that_its_light_is_in_it(lit):
    length = struct.unpack("<I", lit.read_bytes()[12:16])[0]
    content = json.loads(lit.read_bytes()[20 : 20 + length])
    assert content["extensionsUsed"] == ["KHR_materials_unlit"]
    assert "extensionsRequired" not in content, "a reader that doesn't know it shows it in its own light"
    assert [list(material["extensions"]) for material in content["materials"]] == [["KHR_materials_unlit"]] * 2
    patches = read_patches(SceneMesh(str(lit)))
    assert [patch.unlit for patch in patches] == [True, True]


def test_a_lit_scene_may_be_a_floor_and_no_more(tmp_path):
    (floor,) = read_patches(SceneMesh(str(write_glb(load_scene("empty"), tmp_path / "empty.glb", lit=True))))
    assert len(floor.faces) == 2


def test_a_lit_floor_lies_as_the_scenes(lit):
    scene = load_scene("apartment:7")
    floor = min(read_patches(SceneMesh(str(lit))), key=lambda patch: len(patch.faces))
    rng = np.random.default_rng(0)
    points = Samples(rng.integers(0, 2, 300), rng.dirichlet([1, 1, 1], 300))
    x, y, _ = points.of(floor.corners_m).T
    picture = floor_picture(scene)
    true = baked_floor(picture.rgb[(y / picture.cell_m).astype(int), (x / picture.cell_m).astype(int)])
    assert (np.abs(floor.colors(points) - true).max(axis=1) <= 1).mean() > 0.99, "but for points on edges"


def palette(patch):
    return {tuple(color) for color in patch.picture.reshape(-1, 3).tolist()}


def test_what_cannot_be_written_is_said(glb, tmp_path):
    with pytest.raises(OutputError, match="nowhere"):
        write_glb(room(), tmp_path / "nowhere" / "room.glb")
    with pytest.raises(SceneError, match="is a mesh already"):
        write_glb(attrs.evolve(room(), mesh=SceneMesh(str(glb))), tmp_path / "twice.glb")
