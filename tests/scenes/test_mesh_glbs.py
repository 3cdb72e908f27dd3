"""GLBs as other programs write them: read right, or refused by the name of what can't be read and what mends it."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from navila_sdk.errors import SceneError
from navila_sdk.scenes import load_scene
from navila_sdk.scenes.mesh import mesh_survey
from navila_sdk.scenes.mesh.shapes import scene_facets
from navila_sdk.scenes.occupancy import occupancy
from tests.scenes.glbs import Glb
from tests.scenes.rooms import room

pytest.importorskip("trimesh", reason="the extra 'mesh' isn't installed")

HALF_TURN = {"rotation": [0.0, 1.0, 0.0, 0.0]}
CHECKS = np.array([[(250, 0, 0), (0, 250, 0)], [(0, 0, 250), (90, 90, 90)]], np.uint8).repeat(16, 0).repeat(16, 1)


@pytest.fixture(autouse=True, scope="module")
def own_cache(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


def triangles() -> tuple[np.ndarray, np.ndarray]:
    """The room's vertices (N, 3), y up as glTF has it, and faces (M, 3)."""
    corners, faces, first = [], [], 0
    for facet in scene_facets(room(), ceiling=False):
        faces += [(first, first + i, first + i + 1) for i in range(1, len(facet.corners_m) - 1)]
        corners.append(np.asarray(facet.corners_m, np.float64))
        first += len(facet.corners_m)
    at = np.concatenate(corners)
    return np.stack([at[:, 0], at[:, 2], -at[:, 1]], axis=1), np.array(faces, np.int64)


AT, FACES = triangles()
FLOATS = AT.astype(np.float32)


def plain(glb, at, faces, kind=np.uint16):
    return {
        "attributes": {"POSITION": glb.accessor(at.astype(np.float32))},
        "indices": glb.accessor(faces.astype(kind).ravel()),
    }


def whole(glb):
    glb.node([plain(glb, AT, FACES)])


def without_indices(glb):
    glb.node([{"attributes": {"POSITION": glb.accessor(FLOATS[FACES].reshape(-1, 3))}}])


def wide_indices(glb):
    glb.node([plain(glb, AT, FACES, np.uint32)])


def side_by_side(glb):
    uv = np.zeros((len(FLOATS), 2), np.float32)
    position, _, _ = glb.interleaved(FLOATS, np.tile(np.float32((0, 1, 0)), (len(FLOATS), 1)), uv)
    glb.node([{"attributes": {"POSITION": position}, "indices": glb.accessor(FACES.astype(np.uint16).ravel())}])


def many_primitives(glb):
    parts = np.array_split(FACES, 7)
    glb.node([{**plain(glb, AT, part), "material": glb.material(baseColorFactor=[1, 0, 0, 1])} for part in parts])


def many_nodes(glb):
    """Pieces, each moved, turned or mirrored away and brought back by its node."""
    away = [
        ({"translation": [5.0, -2.0, 1.0]}, AT - (5.0, -2.0, 1.0)),
        (HALF_TURN, AT * (-1, 1, -1)),
        ({"scale": [-1.0, 1.0, 1.0]}, AT * (-1, 1, 1)),
        ({"scale": [100.0, 100.0, 100.0]}, AT / 100),
        ({"matrix": [0, 0, -1, 0, 0, 1, 0, 0, 1, 0, 0, 0, 2, 3, 4, 1]}, None),
    ]
    for (more, at), part in zip(away, np.array_split(FACES, len(away)), strict=True):
        if at is None:
            x, y, z = (AT - (2, 3, 4)).T
            at = np.stack([-z, y, x], axis=1)
        # A mirrored piece is stored the other way round, so that it comes out right.
        faces = part[:, ::-1] if more.get("scale", [1])[0] < 0 else part
        glb.node([plain(glb, at, faces)], **more)


def nested_nodes(glb):
    inner = glb.node([plain(glb, (AT - (1, 0, 0)) / 2, FACES)], root=False, scale=[2.0, 2.0, 2.0])
    outer = glb.add("nodes", {"translation": [1.0, 0.0, 0.0], "children": [inner]})
    glb.header["scenes"][0]["nodes"].append(outer)


def doubled_sides(glb):
    glb.node([plain(glb, AT, np.concatenate([FACES, FACES[:, ::-1]]))])


def with_lines(glb):
    whole(glb)
    glb.node([{**plain(glb, AT, FACES[:2]), "mode": 1}])


def with_lights(glb):
    whole(glb)
    glb.header["extensionsRequired"] = ["KHR_lights_punctual", "KHR_materials_transmission"]
    glb.header["extensions"] = {"KHR_lights_punctual": {"lights": [{"type": "point"}]}}


FORMS = [
    whole,
    without_indices,
    wide_indices,
    side_by_side,
    many_primitives,
    many_nodes,
    nested_nodes,
    doubled_sides,
    with_lines,
    with_lights,
]


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.__name__)
def test_it_is_the_same_room_however_it_is_written(form, tmp_path):
    glb = Glb()
    form(glb)
    found = occupancy(load_scene(glb.write(tmp_path / "room.glb")), 0.2)
    true = occupancy(room(), 0.2)
    assert (found.shape, found.origin_m) == (true.shape, true.origin_m)
    border = np.abs(true.clearance_m - 0.2) < 0.03
    assert (found.free == true.free)[~border].all()


# -- looks --------------------------------------------------------------------------------------------

FLOOR = np.array([(0, 0, 0), (4, 0, 0), (4, 0, -3), (0, 0, -3)], np.float32)
UV = np.array([(0, 1), (1, 1), (1, 0), (0, 0)], np.float32)
CORNERS = [(1, 0.7), (3, 0.7), (1, 2.2), (3, 2.2)]


def seen(path):
    """The floor's colours at the middles of its four quarters."""
    found = mesh_survey(load_scene(path).mesh)
    at = found.vertices_m[found.faces].astype(float)[:, :, :2]
    colors = []
    for point in CORNERS:
        for face, (a, b, c) in enumerate(at):
            u, v = np.linalg.solve(np.stack([b - a, c - a], axis=1), np.array(point) - a)
            if min(u, v, 1 - u - v) >= 0:
                colors.append(found.sheets.colors(np.array([face]), np.array([u]), np.array([v]))[0].tolist())
                break
    return np.array(colors, float)


def floor(glb, material=None, uv=UV, **attributes):
    more = {} if material is None else {"material": material, "uv": uv}
    known = {"POSITION": glb.accessor(FLOOR), **attributes}
    if more:
        known["TEXCOORD_0"] = glb.accessor(more.pop("uv"))
    glb.node([{"attributes": known, "indices": glb.accessor(np.array([0, 1, 2, 0, 2, 3], np.uint16)), **more}])
    return glb


EXPECTED = np.array([(0, 0, 250), (90, 90, 90), (250, 0, 0), (0, 250, 0)], float)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_pictures_of_each_kind_are_seen(kind, tmp_path):
    glb = Glb()
    floor(glb, glb.material(baseColorTexture=glb.texture(Image.fromarray(CHECKS), kind)))
    if kind == "WEBP":
        glb.header["extensionsRequired"] = ["EXT_texture_webp"]
    assert seen(glb.write(tmp_path / "floor.glb")) == pytest.approx(EXPECTED, abs=12)


def test_pictures_that_are_tiled_or_moved_lie_where_they_should(tmp_path):
    """Twice as large and half a picture along: what KHR_texture_transform says is what is seen."""
    glb = Glb()
    texture = glb.texture(Image.fromarray(CHECKS), "PNG")
    moved = {"KHR_texture_transform": {"offset": [0.5, 0.25], "scale": [0.5, 0.5]}}
    floor(glb, glb.material(baseColorTexture={**texture, "extensions": moved}))
    glb.header["extensionsRequired"] = ["KHR_texture_transform"]
    # Across from 0.5 to 1 is the right half; down from 0.25 to 0.75 is its upper quarter's end to its lower's middle.
    assert seen(glb.write(tmp_path / "floor.glb")) == pytest.approx(EXPECTED[[1, 1, 3, 3]], abs=1)


@pytest.mark.parametrize("kind", [np.uint8, np.uint16, np.float32])
@pytest.mark.parametrize("wide", [3, 4])
def test_vertex_colours_of_each_kind_are_seen(kind, wide, tmp_path):
    most = 1.0 if kind == np.float32 else np.iinfo(kind).max
    row = (np.array([0.8, 0.4, 0.2, 1.0][:wide]) * most).astype(kind)
    glb = Glb()
    more = {} if kind == np.float32 else {"normalized": True}
    floor(glb, COLOR_0=glb.accessor(np.tile(row, (4, 1)), **more))
    assert seen(glb.write(tmp_path / "floor.glb"))[0] == pytest.approx((204, 102, 51), abs=2)


# -- what can't be read -------------------------------------------------------------------------------


def required(*names):
    def change(glb):
        floor(glb)
        glb.header["extensionsRequired"] = list(names)

    return change


def draco_unsaid(glb):
    """Compressed, though the file doesn't say that it must be known: its accessors hold nothing."""
    floor(glb)
    primitive = glb.header["meshes"][0]["primitives"][0]
    primitive["extensions"] = {"KHR_draco_mesh_compression": {"bufferView": 0, "attributes": {"POSITION": 0}}}
    del glb.header["accessors"][0]["bufferView"]


def basis_unsaid(glb):
    floor(glb, glb.material(baseColorTexture=glb.encoded(b"\xabKTX 20\xbb\r\n\x1a\n", "KTX2", "KHR_texture_basisu")))


def picture_damaged(glb):
    floor(glb, glb.material(baseColorTexture=glb.encoded(b"\x89PNG\r\n\x1a\nnothing more", "PNG")))


def picture_cut(glb):
    import io

    content = io.BytesIO()
    Image.fromarray(np.random.default_rng(0).integers(0, 255, (64, 64, 3), dtype=np.uint8)).save(content, "JPEG")
    floor(glb, glb.material(baseColorTexture=glb.encoded(content.getvalue()[:2000], "JPEG")))


def short_coordinates(glb):
    texture = glb.texture(Image.fromarray(CHECKS), "PNG")
    floor(glb, glb.material(baseColorTexture=texture), (UV * 65535).astype(np.uint16))
    glb.header["accessors"][1]["normalized"] = True


def second_coordinates(glb):
    floor(glb, glb.material(baseColorTexture={**glb.texture(Image.fromarray(CHECKS), "PNG"), "texCoord": 1}))


def turned_picture(glb):
    texture = glb.texture(Image.fromarray(CHECKS), "PNG")
    floor(glb, glb.material(baseColorTexture={**texture, "extensions": {"KHR_texture_transform": {"rotation": 1.57}}}))


def of_one_name(glb):
    texture = glb.texture(Image.fromarray(CHECKS), "PNG")
    for scale in (1.0, 2.0):
        floor(glb, glb.material(baseColorFactor=[1, 1, 1, 1]))
        laid = {**texture, "extensions": {"KHR_texture_transform": {"scale": [scale, scale]}}}
        floor(glb, glb.material(baseColorTexture=laid))


def fan(glb):
    floor(glb)
    glb.header["meshes"][0]["primitives"][0]["mode"] = 6


def sparse(glb):
    floor(glb)
    glb.header["accessors"][0]["sparse"] = {"count": 1}


REFUSED = [
    (required("KHR_draco_mesh_compression"), r"KHR_draco_mesh_compression.*gltf-transform cp IN\.glb OUT\.glb \(npm"),
    (required("EXT_meshopt_compression"), r"EXT_meshopt_compression.*gltf-transform cp "),
    (required("KHR_mesh_quantization"), r"KHR_mesh_quantization.*gltf-transform dequantize "),
    (required("KHR_texture_basisu"), r"KHR_texture_basisu.*gltf-transform ktxdecompress "),
    (
        required("KHR_texture_basisu", "KHR_draco_mesh_compression"),
        r"gltf-transform ktxdecompress IN\.glb OUT\.glb, then gltf-transform cp IN\.glb OUT\.glb \(npm",
    ),
    (required("EXT_mesh_gpu_instancing"), "EXT_mesh_gpu_instancing, which can't be read here; export it anew without"),
    (draco_unsaid, "KHR_draco_mesh_compression.*gltf-transform cp"),
    (basis_unsaid, "KHR_texture_basisu.*ktxdecompress"),
    (picture_damaged, "the picture of the material '' can't be read"),
    (picture_cut, "the picture of the material '' can't be read: .*truncated"),
    (short_coordinates, "texture coordinates that aren't floats.*gltf-transform dequantize"),
    (second_coordinates, "second set of texture coordinates"),
    (turned_picture, "turns a picture by KHR_texture_transform"),
    (of_one_name, "materials called '' lay their pictures differently"),
    (fan, "triangle fans.*export it with triangles"),
    (sparse, "sparse accessors"),
]


@pytest.mark.parametrize(("change", "told"), REFUSED, ids=lambda value: getattr(value, "__name__", None))
def test_what_would_be_read_wrong_is_refused_with_what_mends_it(change, told, tmp_path):
    glb = Glb()
    change(glb)
    with pytest.raises(SceneError, match=told) as caught:
        load_scene(glb.write(tmp_path / "scan.glb"))
    assert "scan.glb" in str(caught.value)
