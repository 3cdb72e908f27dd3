"""Scans as GLB: found where Matterport's lie, their up axis known by their episodes, each episode on its own storey."""

from __future__ import annotations

import gzip
import json

import attrs
import numpy as np
import pytest
from navila_vlnce.benchmark import VlnceBenchmark, VlnceOptions
from navila_vlnce.episodes import VlnceEpisode
from navila_vlnce.scenes import Scenes
from navila_vlnce.write import write_vlnce

from navila_sdk.config import load_config
from navila_sdk.evaluation.episodes import EvalEpisode
from navila_sdk.evaluation.judge import GoalDistance
from navila_sdk.evaluation.runner import evaluate
from navila_sdk.evaluation.settings import EvalSettings
from navila_sdk.scenes import save_scene
from tests.scenes.rooms import GOAL, START, room

trimesh = pytest.importorskip("trimesh", reason="the extra 'mesh' isn't installed")


@pytest.fixture(autouse=True, scope="module")
def own_cache(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """An R2R of one episode in the small room, and its scene as a GLB."""
    folder = tmp_path_factory.mktemp("r2r")
    scene = save_scene(room(), folder / "room.json")
    episode = EvalEpisode(
        episode_id="1",
        split="val_unseen",
        scene=str(scene),
        instruction="Go round the red box.",
        start=START,
        goal_m=GOAL,
        reference_path_m=((START.x_m, START.y_m), (2.0, 0.8), GOAL),
        geodesic_m=3.0,
    )
    for scenes in ("json", "glb"):
        write_vlnce(folder / scenes, "r2r", "val_unseen", [episode], scenes)
    return folder


def episodes(folder, **options):
    return VlnceBenchmark("r2r", VlnceOptions(data=str(folder), **options)).episodes("val_unseen")


def test_a_scan_is_found_where_matterports_lie_and_a_json_before_it(data, tmp_path):
    (episode,) = episodes(data / "glb")
    assert episode.scene == f"{data / 'glb' / 'scenes/mp3d/room/room.glb'}#up=y,floor=0"
    assert episode.place().mesh is not None
    glb = (data / "glb/scenes/mp3d/room/room.glb").read_bytes()
    for place in ("room/room.glb", "room.glb"):
        scenes = tmp_path / place.replace("/", "-")
        (scenes / place).parent.mkdir(parents=True)
        (scenes / place).write_bytes(glb)
        assert episodes(data / "glb", scenes=str(scenes))[0].scene.startswith(str(scenes / place))
        save_scene(room(), scenes / "room.json")
        assert episodes(data / "glb", scenes=str(scenes))[0].scene == str(scenes / "room.json")


def test_distances_are_those_of_the_solid_scene(data):
    (solid,), (mesh,) = episodes(data / "json"), episodes(data / "glb")
    mine, theirs = (GoalDistance(e, e.place())((START.x_m, START.y_m)) for e in (solid, mesh))
    assert theirs == pytest.approx(mine, abs=0.05)


def test_the_up_axis_is_the_one_the_episodes_fit_into(data, tmp_path):
    mesh = trimesh.load(data / "glb/scenes/mp3d/room/room.glb", force="mesh", process=False)
    mesh.apply_transform(np.array(((1, 0, 0, 0), (0, 0, -1, 0), (0, 1, 0, 0), (0, 0, 0, 1.0))))
    mesh.export(tmp_path / "room.glb")
    (episode,) = episodes(data / "glb", scenes=str(tmp_path))
    assert episode.scene == f"{tmp_path / 'room.glb'}#up=z,floor=0"
    assert GoalDistance(episode, episode.place())((START.x_m, START.y_m)) > 2.5
    (told,) = episodes(data / "glb", scenes=str(tmp_path), up="y")
    assert "#up=y" in told.scene


def test_the_start_picks_the_storey(data):
    record = VlnceEpisode(
        episode_id="1",
        trajectory_id="1",
        scene_id="mp3d/room/room.glb",
        instruction="Go.",
        start=(0.8, 1.5, 2.83),
        start_yaw_rad=0.0,
        goal=(3.4, 1.5, 2.8),
        reference_path=((0.8, 1.5, 2.8),),
    )
    folder = data / "glb/scenes"
    assert Scenes(folder, "y", [record]).of(record).endswith("room.glb#up=y,floor=2.8")
    below = attrs.evolve(record, start=(0.8, 1.5, -0.04))
    assert Scenes(folder, "y", [below]).of(below).endswith("#up=y,floor=0")


def test_bad_scans_fail_episode_by_episode_and_are_named(data, tmp_path):
    source = data / "glb/val_unseen/val_unseen.json.gz"
    content = json.loads(gzip.decompress(source.read_bytes()))
    (first,) = content["episodes"]
    whole = (data / "glb/scenes/mp3d/room/room.glb").read_bytes()
    (tmp_path / "scenes").mkdir()
    (tmp_path / "scenes/room.glb").write_bytes(whole)
    (tmp_path / "scenes/broken.glb").write_bytes(whole[:2000])
    for number, change in enumerate(
        (
            {"scene_id": "mp3d/broken/broken.glb"},
            {"scene_id": "mp3d/gone/gone.glb"},
            {"goals": [{"position": [30.0, 0.0, -1.5], "radius": 3.0}]},
            {"start_position": [2.0, 0.0, -1.5]},
        ),
        start=2,
    ):
        content["episodes"].append({**first, **change, "episode_id": number})
    (tmp_path / "val_unseen").mkdir()
    (tmp_path / "val_unseen/val_unseen.json.gz").write_bytes(gzip.compress(json.dumps(content).encode()))
    bench = VlnceBenchmark("r2r", VlnceOptions(data=str(tmp_path)))
    config = load_config(None, (), {"planner": "oracle"}).config
    found = evaluate(bench, EvalSettings(config=config, workers=1), tmp_path / "out")
    causes = {row.episode_id: row.cause for row in found.rows if row.error}
    assert set(causes) == {"2", "3", "4", "5"}
    assert "breaks off" in causes["2"]
    assert "there is no mesh" in causes["3"]
    assert "mp3d/gone/gone.glb" in causes["3"]
    assert "goal" in causes["4"]
    assert "off the" in causes["4"]
    assert "can't start" in causes["5"] or "no way" in causes["5"]
    (good,) = [row for row in found.rows if not row.error]
    assert good.metrics.sr == 1
