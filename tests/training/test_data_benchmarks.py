"""Any benchmark's episodes as training data: the field's files, walked by the oracle, as NaVILA's annotations."""

import gzip
import json
import subprocess
import sys

import pytest
from navila_vlnce.write import write_vlnce

from navila_sdk.errors import DataError
from navila_sdk.evaluation.apartments.benchmark import train_episodes
from navila_sdk.training.data.shards import Track
from navila_sdk.training.vla.annotations import read_annotations
from navila_sdk.training.vla.walked import Walked


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("r2r")
    path = write_vlnce(folder, "r2r", "train", train_episodes(0)[:3])
    data = json.loads(gzip.decompress(path.read_bytes()))
    climbing = {**data["episodes"][0], "episode_id": 99}
    climbing["reference_path"] = [*climbing["reference_path"], [0.0, 3.0, 0.0]]
    data["episodes"].append(climbing)
    path.write_bytes(gzip.compress(json.dumps(data).encode()))
    return folder


def told(*words):
    words = [sys.executable, "-m", "navila_sdk.cli.main", "train", "data", *map(str, words)]
    return subprocess.run(words, capture_output=True, text=True, timeout=120)


def test_episode_files_become_annotations(files, tmp_path):
    out, annotations = tmp_path / "shards", tmp_path / "annotations"
    done = told(
        "--benchmark", "r2r", "--set", f"benchmarks.r2r.data={files}", "--out", out, "--shards", 2, "-e", "go2",
        "--annotations", annotations, "--json",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert (said["episodes"], said["left_out"]) == (3, 1)
    assert said["frames"] == said["new"] == sum(said["classes"].values()) > 10
    records = read_annotations(next(annotations.glob("*.json")))
    assert len(records) == said["frames"]
    assert all((annotations / "frames" / frame).is_file() for record in records for frame in record.frames)
    again = told("--benchmark", "r2r", "--set", f"benchmarks.r2r.data={files}", "--out", out, "--shards", 2)
    assert again.returncode == 0
    assert "1 episode was left out; 99: " in again.stderr
    assert "one floor" in again.stderr


def test_what_does_not_fit_is_said(files, tmp_path):
    for words, why in (
        (("--benchmark", "r2r", "--split", "val", "--set", f"benchmarks.r2r.data={files}"), "no split named 'val'"),
        (("--benchmark", "r2r"), "benchmarks.r2r.data"),
        (("--benchmark", "r2r", "--pictures", 3), "leave out --benchmark"),
        (("--split", "train"), "Name a --benchmark"),
    ):
        done = told(*words, "--out", tmp_path / "none")
        assert done.returncode == 2, done.stderr
        assert why in done.stderr
        assert "Traceback" not in done.stderr


def test_scenes_that_name_nothing_are_not_asked_about(tmp_path):
    import numpy as np

    from navila_sdk.training.data.shards import write_shard

    walk = Track("1", "x", "Go.", "e", "", ("stop",) * 2, ("stop",) * 2, (0.0,) * 2, ("", ""), (), ((), ()))
    frames = [np.zeros((4, 6, 3), np.uint8)] * 2
    write_shard(tmp_path / "shard-000000", [(walk, frames)])
    random = np.random.default_rng(1)
    walks = Walked({tmp_path: 1.0})
    assert len(walks.drawn(2, random)) == 2
    with pytest.raises(DataError, match="look = 0"):
        walks.drawn(2, random, named=True)
    named = Track("2", "x", "Go.", "e", "", ("stop",) * 2, ("stop",) * 2, (0.0,) * 2, ("", ""), ("box",), ((), ()))
    write_shard(tmp_path / "shard-000001", [(named, frames)])
    assert {track.episode_id for track, _ in Walked({tmp_path: 1.0}).drawn(20, random, named=True)} == {"2"}
