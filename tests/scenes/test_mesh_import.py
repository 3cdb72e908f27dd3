"""Mesh files as scenes: the plan of a mesh is the plan of what it was made from; what can't be used is named."""

from __future__ import annotations

import json
import math
import struct
import subprocess
import sys

import attrs
import numpy as np
import pytest

from navila_sdk.errors import SceneError
from navila_sdk.geometry import Pose2
from navila_sdk.scenes import Scene, SceneMesh, load_scene, save_scene, scene_from_json, scene_to_json
from navila_sdk.scenes.geodesic import DistanceField
from navila_sdk.scenes.ground import ground_height_m
from navila_sdk.scenes.mesh import mesh_facts, mesh_survey, write_glb
from navila_sdk.scenes.mesh.cache import cache_folder
from navila_sdk.scenes.mesh.place import check_on_floor
from navila_sdk.scenes.occupancy import occupancy
from tests.scenes.rooms import GOAL, START, box, room

trimesh = pytest.importorskip("trimesh", reason="the extra 'mesh' isn't installed")


@pytest.fixture(autouse=True, scope="module")
def own_cache(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="module")
def glb(tmp_path_factory):
    return write_glb(room(), tmp_path_factory.mktemp("glb") / "room.glb")


def same_place(found: Scene, radius_m=0.2, low_m=0.05, high_m=1.0):
    mine, theirs = occupancy(room(), radius_m, low_m, high_m), occupancy(found, radius_m, low_m, high_m)
    assert mine.shape == theirs.shape
    assert mine.origin_m == theirs.origin_m
    assert np.abs(mine.clearance_m - theirs.clearance_m)[mine.free & theirs.free].max() < 0.03
    border = np.abs(mine.clearance_m - radius_m) < 0.03
    assert (mine.free == theirs.free)[~border].all()
    return DistanceField(mine, GOAL), DistanceField(theirs, GOAL)


@pytest.mark.parametrize("band", [(0.05, 1.0), (0.1, 0.5), (0.05, 1.8)])
def test_a_mesh_leaves_the_room_its_solids_leave(glb, band):
    scene = load_scene(str(glb))
    assert (scene.name, scene.size_m, scene.origin_m) == ("room", (4.0, 3.0), (0.0, 0.0))
    mine, theirs = same_place(scene, 0.2, *band)
    way = mine.distance_m(START.x_m, START.y_m)
    assert way > math.dist((START.x_m, START.y_m), GOAL) + 0.1
    assert theirs.distance_m(START.x_m, START.y_m) == pytest.approx(way, abs=0.05)


def test_the_start_is_a_roomy_place_on_the_floor(glb):
    scene = load_scene(glb)
    assert occupancy(scene, 0.3).is_free(scene.start.x_m, scene.start.y_m)


def test_solids_can_stand_in_a_mesh(glb):
    blocked = attrs.evolve(load_scene(glb), walls=(box(2.0, 1.5, 0.1, 3.0, 2.5),))
    field = DistanceField(occupancy(blocked, 0.2), GOAL)
    assert math.isinf(field.distance_m(START.x_m, START.y_m))


def moved(path, target, matrix):
    mesh = trimesh.load(path, force="mesh", process=False)
    mesh.apply_transform(matrix)
    mesh.export(target)
    return target


def matrix(*rows, shift=(0, 0, 0)):
    made = np.eye(4)
    made[:3, :3], made[:3, 3] = rows, shift
    return made


Z_UP = matrix((1, 0, 0), (0, 0, -1), (0, 1, 0))


@pytest.mark.parametrize("kind", ["glb", "ply", "obj"])
def test_z_up_files_and_other_kinds_are_the_same_place(glb, tmp_path, kind):
    path = moved(glb, tmp_path / f"room.{kind}", Z_UP)
    same_place(load_scene(f"{path}#up=z"))
    if kind != "glb":  # which say nothing of their axis
        assert load_scene(path) == load_scene(f"{path}#up=z")


def test_units_are_not_guessed_but_can_be_said(glb, tmp_path):
    path = moved(glb, tmp_path / "cm.glb", np.diag((100.0, 100, 100, 1)))
    with pytest.raises(SceneError, match=r"400 x 300 x 250 m.*centimetre.*cm\.glb#scale=0\.01"):
        load_scene(path)
    same_place(load_scene(f"{path}#scale=0.01"))
    path = moved(glb, tmp_path / "km.glb", np.diag((0.001, 0.001, 0.001, 1)))
    with pytest.raises(SceneError, match=r"too small to stand in.*scale=METRES_PER_UNIT"):
        load_scene(path)


def test_coordinates_stay_the_files_own(glb, tmp_path):
    path = moved(glb, tmp_path / "far.glb", matrix(*np.eye(3), shift=(-12.0, 3.0, 7.0)))
    scene = load_scene(path)
    assert scene.origin_m == (-12.0, -7.0)
    assert scene.mesh.floor_m == pytest.approx(3.0)
    grid = occupancy(scene, 0.2)
    assert grid.is_free(START.x_m - 12, START.y_m - 7)
    assert not grid.is_free(2.0 - 12, 1.5 - 7)
    assert scene_from_json(scene_to_json(scene)) == scene


@pytest.fixture(scope="module")
def house(glb, tmp_path_factory):
    """Two storeys 2.8 m apart; the upper one has no post and a floor that is 10 cm lower on one side."""
    lower = trimesh.load(glb, force="mesh", process=False)
    upper = write_glb(attrs.evolve(room(), objects=room().objects[:2]), tmp_path_factory.mktemp("up") / "upper.glb")
    above = trimesh.load(upper, force="mesh", process=False)
    above.apply_translation((0, 2.8, 0))
    path = tmp_path_factory.mktemp("house") / "house.glb"
    trimesh.Scene([lower, above]).export(path)
    return path


def test_each_storey_is_a_scene_of_its_own(house):
    ground, upper = load_scene(f"{house}#floor=0.1"), load_scene(f"{house}#floor=2.6")
    assert (ground.mesh.floor_m, upper.mesh.floor_m) == pytest.approx((0.0, 2.8))
    post = (3.2, 0.6)
    assert not occupancy(ground, 0.1).is_free(*post)
    assert occupancy(upper, 0.1).is_free(*post)
    assert mesh_facts(upper.mesh)["storeys_m"][:2] == pytest.approx([0.0, 2.8])
    with pytest.raises(SceneError, match=r"no floor at a height of 1\.40 m"):
        load_scene(f"{house}#floor=1.4")


def test_ground_has_the_meshs_height(tmp_path):
    uneven = attrs.evolve(room(), ground=(box(3.0, 1.5, 2.0, 3.0, 0.1),), objects=())
    scene = load_scene(write_glb(uneven, tmp_path / "uneven.glb"))
    heights = ground_height_m(scene, np.array([1.0, 3.0, 9.0]), np.array([1.5, 1.5, 1.5]))
    assert heights == pytest.approx([0.0, 0.1, 0.0], abs=1e-5)
    field = DistanceField(occupancy(scene, 0.2), (3.4, 1.5))
    assert math.isfinite(field.distance_m(0.8, 1.5))


def test_colours_come_from_pictures_corners_faces_and_materials(tmp_path):
    from PIL import Image

    floor = trimesh.Trimesh([(0, 0, 0), (4, 0, 0), (4, 3, 0), (0, 3, 0)], [(0, 1, 2), (0, 2, 3)], process=False)

    def colors_at(visual, *points):
        copy = floor.copy()
        copy.visual = visual
        copy.export(tmp_path / "floor.glb")
        found = mesh_survey(load_scene(f"{tmp_path / 'floor.glb'}#up=z").mesh)
        at = found.vertices_m[found.faces].astype(float)
        seen = []
        for x, y in points:
            for face, (a, b, c) in enumerate(at[:, :, :2]):
                u, v = np.linalg.solve(np.stack([b - a, c - a], axis=1), np.array((x, y)) - a)
                if min(u, v, 1 - u - v) >= 0:
                    seen.append(found.sheets.colors(np.array([face]), np.array([u]), np.array([v]))[0].tolist())
                    break
        return seen, found.sheets.plain.all()

    checks = Image.fromarray(np.array([[(250, 0, 0), (0, 250, 0)], [(0, 0, 250), (90, 90, 90)]], np.uint8))
    uv = [(0, 0), (1, 0), (1, 1), (0, 1)]
    corners = [(1, 0.7), (3, 0.7), (1, 2.2), (3, 2.2)]
    looks = trimesh.visual.TextureVisuals(uv=uv, material=trimesh.visual.material.PBRMaterial(baseColorTexture=checks))
    assert colors_at(looks, *corners) == ([[0, 0, 250], [90, 90, 90], [250, 0, 0], [0, 250, 0]], False)
    looks = trimesh.visual.ColorVisuals(vertex_colors=[(0, 0, 0, 255), (200, 0, 0, 255)] * 2)
    (seen, plain) = colors_at(looks, (2, 0.01))
    assert seen[0] == pytest.approx([100, 0, 0], abs=2)
    assert not plain
    material = trimesh.visual.material.PBRMaterial(baseColorFactor=(0.2158605, 0.0, 1.0, 1.0))
    looks = trimesh.visual.TextureVisuals(uv=uv, material=material)
    seen, plain = colors_at(looks, (2, 1))
    assert seen[0] == pytest.approx([128, 0, 255], abs=1)  # a factor is linear, a picture is not
    assert plain


def test_a_scene_file_names_its_mesh_beside_it(glb, tmp_path):
    (tmp_path / "room.glb").write_bytes(glb.read_bytes())
    whole = attrs.evolve(room(), walls=(), objects=(), mesh=SceneMesh("room.glb"))
    save_scene(whole, tmp_path / "place.json")
    found = load_scene(tmp_path / "place.json")
    assert found.mesh == SceneMesh(str(tmp_path / "room.glb"))
    assert found.errands == room().errands
    same_place(found)
    text = scene_to_json(whole)
    assert scene_from_json(text) == whole
    for key, value, told in (
        ("up", "x", "mesh.up"),
        ("scale", 0.0, "mesh.scale"),
        ("floor_m", 1e9, "mesh.floor_m"),
        ("path", " ", "mesh.path"),
    ):
        data = json.loads(text)
        data["mesh"][key] = value
        with pytest.raises(SceneError, match=told):
            scene_from_json(json.dumps(data))


def test_scenes_without_a_mesh_are_written_as_ever():
    data = json.loads(scene_to_json(room()))
    assert not {"mesh", "origin_m"} & data.keys()


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ("up=x", "up must be y or z"),
        ("floor=high", "floor must be a number"),
        ("scale=nan", "scale must be a number"),
        ("scale=0", "scale must be"),
        ("tilt=3", "'tilt=3' is no setting"),
        ("up=y,up=y", "is no setting"),
        ("", "is no setting"),
    ],
)
def test_settings_are_read_strictly(glb, settings, told):
    with pytest.raises(SceneError, match=told):
        load_scene(f"{glb}#{settings}")


def header(content: bytes) -> dict:
    return json.loads(content[20 : 20 + struct.unpack("<I", content[12:16])[0]])


def with_header(content: bytes, change) -> bytes:
    length = struct.unpack("<I", content[12:16])[0]
    data = header(content)
    change(data)
    text = json.dumps(data).encode()
    text += b" " * (-len(text) % 4)
    rest = content[20 + length :]
    return struct.pack("<4sIII4s", b"glTF", 2, 20 + len(text) + len(rest), len(text), b"JSON") + text + rest


def grown(data):
    for accessor in data["accessors"]:
        accessor["count"] *= 100_000


def beside(data):
    data["images"][0].pop("bufferView")
    data["images"][0]["uri"] = "wall%20paper.jpg"


DAMAGED = {
    "truncated": (lambda c: c[: len(c) // 2], r"breaks off: its header says \d+ bytes"),
    "no glb": (lambda _: b"solid something else entirely", "is no GLB"),
    "empty": (lambda _: b"", "is empty"),
    "glTF 1": (lambda c: c[:4] + struct.pack("<I", 1) + c[8:], "version 1"),
    "garbled header": (lambda c: c[:20] + b"{" * 40 + c[60:], "no JSON"),
    "no triangle": (lambda c: with_header(c, lambda d: d.update(nodes=[], scenes=[{"nodes": []}])), "no triangle"),
    "too many": (lambda c: with_header(c, grown), r"triangles; at most 5000000.*simplify_quadric_decimation"),
    "picture missing": (lambda c: with_header(c, beside), r"aren't beside it: wall paper\.jpg"),
    "compressed": (
        lambda c: with_header(c, lambda d: d.update(extensionsRequired=["KHR_draco_mesh_compression"])),
        "KHR_draco_mesh_compression",
    ),
    "no such accessor": (
        lambda c: with_header(c, lambda d: d["meshes"][0]["primitives"][0]["attributes"].update(POSITION=99)),
        "doesn't fit glTF",
    ),
    "bytes gone": (lambda c: with_header(c, lambda d: d["bufferViews"][0].update(byteLength=8)), "can't be read"),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_damaged_files_are_named(glb, tmp_path, name):
    spoil, told = DAMAGED[name]
    path = tmp_path / "bad.glb"
    path.write_bytes(spoil(glb.read_bytes()))
    with pytest.raises(SceneError, match=told) as caught:
        load_scene(path)
    assert str(path) in str(caught.value)


def test_vertices_that_are_no_numbers(tmp_path):
    path = tmp_path / "nan.ply"
    path.write_text(
        "ply\nformat ascii 1.0\nelement vertex 3\nproperty float x\nproperty float y\nproperty float z\n"
        "element face 1\nproperty list uchar int vertex_indices\nend_header\n0 0 0\n4 0 0\n0 nan 0\n3 0 1 2\n"
    )
    with pytest.raises(SceneError, match=r"1 vertices that are NaN"):
        load_scene(path)
    path.write_text(path.read_text().replace("face 1", "face 10000000"))
    with pytest.raises(SceneError, match="10000000 triangles"):
        load_scene(path)


def test_materials_missing_beside_an_obj(tmp_path):
    path = tmp_path / "room.obj"
    path.write_text("mtllib room.mtl\nv 0 0 0\nv 4 0 0\nv 0 4 0\nv 4 4 0\nusemtl a\nf 1 2 3\nf 3 2 4\n")
    with pytest.raises(SceneError, match=r"aren't beside it: room\.mtl"):
        load_scene(path)
    (tmp_path / "room.mtl").write_text("newmtl a\nKd 0.5 0.5 0.5\nmap_Kd wood.png\n")
    with pytest.raises(SceneError, match=r"aren't beside it: wood\.png"):
        load_scene(path)
    (tmp_path / "room.mtl").write_text("newmtl a\nKd 0.5 0.5 0.5\n")
    assert load_scene(path).size_m == (4.0, 4.0)


def test_files_of_no_kind_or_missing(tmp_path):
    with pytest.raises(SceneError, match="there is no mesh"):
        load_scene(tmp_path / "gone.glb")
    wall = trimesh.creation.box((0.1, 3.0, 0.8))
    wall.export(tmp_path / "wall.glb")
    with pytest.raises(SceneError, match="too small to stand in"):
        load_scene(tmp_path / "wall.glb")
    trimesh.creation.box((3.0, 0.1, 3.0)).export(tmp_path / "side.ply")
    with pytest.raises(SceneError, match=r"too small|too little to walk on"):
        load_scene(tmp_path / "side.ply")


def test_starts_and_goals_off_the_mesh_are_named(glb):
    scene = attrs.evolve(load_scene(glb), origin_m=(-10.0, -10.0), size_m=(20.0, 20.0))
    check_on_floor(scene)
    with pytest.raises(SceneError, match=r"the start \(-3\.00, 1\.50\) is off the mesh .*is 3\.\d m away"):
        check_on_floor(attrs.evolve(scene, start=Pose2(-3.0, 1.5, 0.0)))
    errand = attrs.evolve(room().errands[0], goal_m=(2.0, 9.0))
    with pytest.raises(SceneError, match=r"the goal \(2\.00, 9\.00\) is off the mesh .*is (5\.9|6\.0) m away.*up axis"):
        check_on_floor(attrs.evolve(scene, errands=(errand,)))


ASK = (
    "import sys; from navila_sdk.scenes import load_scene; from navila_sdk.scenes.mesh import mesh_survey;"
    "s = load_scene(sys.argv[1]); mesh_survey(s.mesh); print(s.start, 'trimesh' in sys.modules)"
)


def ask(path):
    return subprocess.Popen([sys.executable, "-c", ASK, str(path)], stdout=subprocess.PIPE, text=True)


def test_what_was_found_is_kept_whoever_else_writes(glb, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    first = [ask(glb) for _ in range(2)]
    said = {process.communicate()[0] for process in first}
    assert len(said) == 1
    kept = sorted(cache_folder().iterdir())
    assert sorted(path.suffix for path in kept) == [".npy", ".npz"]
    content = [path.read_bytes() for path in kept]
    again, _ = ask(glb).communicate()
    assert again == said.pop().replace("True", "False")  # the file isn't parsed again
    for path in kept:
        path.write_bytes(path.read_bytes()[:100])
    ask(glb).communicate()
    assert [path.read_bytes() for path in kept] == content


def test_a_cache_that_cannot_be_written_costs_time_only(glb, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    copy = tmp_path / "copy.glb"
    copy.write_bytes(with_header(glb.read_bytes(), lambda data: data["asset"].update(generator="another")))
    same_place(load_scene(copy))
