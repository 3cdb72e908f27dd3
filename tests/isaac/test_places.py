"""Which place a request means: the SDK's own scenes, scans in USD by id or path, meshes."""

from __future__ import annotations

import attrs
import pytest
from navila_isaac.options import WorldOptions
from navila_isaac.places import Scan, Solids, find_place

from navila_sdk.errors import ConfigError, SceneError, UnknownNameError
from navila_sdk.geometry import Pose2
from navila_sdk.scenes import Scene, SceneMesh, Shape, Solid, load_scene

SCAN = "2azQ1b91cZZ"
START = (3.0, -4.0, 0.5)


@pytest.fixture
def scans(tmp_path):
    folder = tmp_path / "matterport_usd"
    (folder / SCAN).mkdir(parents=True)
    (folder / SCAN / f"{SCAN}.usd").touch()
    (folder / "flat.usda").touch()
    return folder


def meshed(path, **mesh) -> Scene:
    return Scene(SCAN, (10.0, 10.0), Pose2(1.0, 2.0, 0.0), mesh=SceneMesh(str(path), **mesh))


def test_an_own_scene_is_built_of_solids():
    place = find_place("apartment:7", WorldOptions())
    assert isinstance(place.holds, Solids)
    assert place.scene == load_scene("apartment:7")


def test_the_start_may_be_another():
    place = find_place("empty", WorldOptions(start=(1.0, 2.0, 0.3)))
    assert place.scene.start == Pose2(1.0, 2.0, 0.3)


@pytest.mark.parametrize("name", [SCAN, "flat"])
def test_a_scan_is_found_by_its_id(scans, name):
    place = find_place(name, WorldOptions(scenes=str(scans), start=START, floor_m=1.5))
    assert isinstance(place.holds, Scan)
    assert (place.holds.path.stem, place.holds.kind, place.holds.floor_m) == (name, "usd", 1.5)
    assert place.scene.name == name
    assert place.scene.start == Pose2(*START)
    (x0, y0), (x1, y1) = place.scene.bounds_m
    assert x0 < START[0] < x1
    assert y0 < START[1] < y1
    assert [lamp.kind for lamp in place.lamps] == ["sky", "hand"]


def test_a_scan_is_found_by_its_path(scans):
    place = find_place(str(scans / "flat.usda"), WorldOptions(start=START, floor_m=0.0, lamp=False))
    assert isinstance(place.holds, Scan)
    assert [lamp.kind for lamp in place.lamps] == ["sky"]


@pytest.mark.parametrize("options", [{}, {"start": START}, {"floor_m": 0.0}])
def test_a_scan_alone_does_not_say_where_to_start(scans, options):
    with pytest.raises(SceneError, match=r"start = \[x, y, yaw\] and worlds\.isaac\.floor_m"):
        find_place(SCAN, WorldOptions(scenes=str(scans), **options))


def test_a_benchmarks_scan_is_taken_in_usd_where_it_is_there(scans, tmp_path):
    """The scene's mesh need not even be here: the USD file shows the same place."""
    scene = meshed(tmp_path / f"{SCAN}.glb", floor_m=2.0)
    place = find_place(scene, WorldOptions(scenes=str(scans)))
    assert place.scene == scene
    assert place.holds == Scan(scans / SCAN / f"{SCAN}.usd", "usd", floor_m=2.0)


def test_a_mesh_is_converted_where_it_is_not(tmp_path):
    path = tmp_path / f"{SCAN}.glb"
    path.touch()
    place = find_place(meshed(path, floor_m=2.0, up="z", scale=0.01), WorldOptions())
    assert place.holds == Scan(path, "model", "z", 0.01, 2.0)


def test_solids_beside_a_mesh_are_built_too(tmp_path):
    path = tmp_path / f"{SCAN}.glb"
    path.touch()
    post = Solid(Shape.CYLINDER, (3.0, 3.0, 0.5), (0.2, 0.2, 1.0))
    place = find_place(attrs.evolve(meshed(path), walls=(post,)), WorldOptions())
    assert isinstance(place.holds, Scan)
    assert [block.center_m for block in place.holds.blocks] == [post.center_m]


@pytest.mark.parametrize(("suffix", "said"), [(".ply", "converts"), (".glb", "no such mesh")])
def test_meshes_that_cannot_be_had_are_told(tmp_path, suffix, said):
    with pytest.raises(SceneError, match=said):
        find_place(meshed(tmp_path / f"x{suffix}"), WorldOptions())


def test_a_mesh_isaac_labs_converter_stumbles_over_is_told(tmp_path):
    (tmp_path / "x.y.glb").touch()
    with pytest.raises(SceneError, match="one dot"):
        find_place(meshed(tmp_path / "x.y.glb"), WorldOptions())


def test_unknown_scans_are_told_with_those_there_are(scans):
    with pytest.raises(UnknownNameError, match=SCAN):
        find_place("2azQ1b91cZY", WorldOptions(scenes=str(scans)))
    with pytest.raises(UnknownNameError, match="folder of scans"):
        find_place(SCAN, WorldOptions())


def test_files_and_folders_that_are_not_there_are_told(tmp_path):
    with pytest.raises(SceneError, match="no such USD file"):
        find_place(str(tmp_path / "x.usd"), WorldOptions(start=START, floor_m=0.0))
    with pytest.raises(ConfigError, match="no such folder"):
        find_place(SCAN, WorldOptions(scenes=str(tmp_path / "x")))


def test_a_floor_for_an_own_scene_is_refused():
    with pytest.raises(ConfigError, match="floor_m"):
        find_place("empty", WorldOptions(floor_m=1.0))


def test_a_scene_with_an_unsound_mesh_is_refused():
    scene = meshed("x.glb")
    with pytest.raises(SceneError):
        find_place(attrs.evolve(scene, mesh=SceneMesh("x.glb", scale=0.0)), WorldOptions())
