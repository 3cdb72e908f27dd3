"""Scenes as GLB: what was solid is there, where it was, in its colour, for everyone who reads glTF."""

from __future__ import annotations

import json
import struct

import attrs
import numpy as np
import pytest

from navila_sdk.errors import OutputError, SceneError
from navila_sdk.scenes import SceneMesh, Shape, Solid, load_scene
from navila_sdk.scenes.mesh import write_glb
from navila_sdk.scenes.mesh.gltf import gltf_facts
from navila_sdk.scenes.mesh.read import read_patches
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


def palette(patch):
    return {tuple(color) for color in patch.picture.reshape(-1, 3).tolist()}


def test_what_cannot_be_written_is_said(glb, tmp_path):
    with pytest.raises(OutputError, match="nowhere"):
        write_glb(room(), tmp_path / "nowhere" / "room.glb")
    with pytest.raises(SceneError, match="is a mesh already"):
        write_glb(attrs.evolve(room(), mesh=SceneMesh(str(glb))), tmp_path / "twice.glb")
