"""Whole episodes of R2R's form, in scenes that are GLB files, through the public doors and the command line."""

from __future__ import annotations

import itertools
import json
import math
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from navila_vlnce.benchmark import VlnceBenchmark
from navila_vlnce.write import write_vlnce

from navila_sdk.config import load_config
from navila_sdk.evaluation.apartments.benchmark import train_episodes
from navila_sdk.evaluation.attempt import Attempts, Unfit
from navila_sdk.evaluation.row import EpisodeRow
from navila_sdk.evaluation.settings import EvalSettings

ROOT = Path(__file__).resolve().parents[2]
MORE = ("worlds.habitat.motion=discrete", "worlds.habitat.picture_px=[4,3]")
SHIM = """from tests.habitat.standin.modules import modules
globals().update({name: value for name, value in vars(modules()[__name__]).items() if name[:2] != "__"})
__version__ = "0.3.3"
"""


@pytest.fixture(scope="session")
def files(cache: Path) -> Path:
    """Two episodes of an apartment in R2R's form, the scene as a mesh where Matterport's would lie."""
    folder = cache / "r2r"
    write_vlnce(folder, "r2r", "val_unseen", train_episodes(0)[:2], scenes="glb")
    return folder


def attempted(files: Path, cache: Path, tmp_path: Path, number: int = 0, **options: Any) -> EpisodeRow | Unfit:
    own = {"cache": str(cache), "picture_px": [4, 3], **options}
    sets = [f"worlds.habitat.{name}={json.dumps(value)}" for name, value in own.items()]
    config = load_config(flags={"planner": "oracle", "world": "habitat"}, sets=sets, cwd=tmp_path, env={}).config
    benchmark = VlnceBenchmark("r2r").configured({"data": str(files)})
    episode = benchmark.episodes("val_unseen")[number]
    return Attempts(EvalSettings(config=config, workers=1), tmp_path).run(episode, 1)


@pytest.mark.parametrize("motion", ["continuous", "discrete"])
def test_the_oracle_finds_its_way(simulator: str, files: Path, cache: Path, tmp_path: Path, motion: str) -> None:
    probe = simulator != "stand-in"
    for number in range(2):
        row = attempted(files, cache / simulator, tmp_path, number, motion=motion, probe=probe)
        assert isinstance(row, EpisodeRow), row
        assert row.outcome == "stopped", row.cause
        assert row.metrics.sr == row.metrics.sr_1m == 1
        assert row.metrics.ne_m < 0.6
        assert row.metrics.spl > 0.8
        if motion == "discrete":
            lengths = [math.dist(a, b) for a, b in itertools.pairwise(row.path_m)]
            assert max(lengths) < 0.26


def test_a_goal_off_the_navmesh_is_its_episodes_fault(simulator: str, files: Path, cache: Path, tmp_path: Path) -> None:
    import gzip

    folder = tmp_path / "far"
    (folder / "val_unseen").mkdir(parents=True)
    data = json.loads(gzip.decompress((files / "val_unseen" / "val_unseen.json.gz").read_bytes()))
    data["episodes"][0]["goals"][0]["position"] = [400.0, 0.0, 400.0]
    (folder / "val_unseen" / "val_unseen.json.gz").write_bytes(gzip.compress(json.dumps(data).encode()))
    (folder / "scenes").symlink_to(files / "scenes")
    row = attempted(folder, cache / simulator, tmp_path, probe=simulator != "stand-in")
    assert isinstance(row, EpisodeRow)
    assert row.outcome == "failed to run"
    assert "goal" in row.cause, row.cause


def test_the_command_runs_r2r_in_it(files: Path, cache: Path, tmp_path: Path) -> None:
    """On the stand-in, in processes of its own: what a user types."""
    shims = tmp_path / "shims"
    shims.mkdir()
    for name in ("habitat_sim", "magnum"):
        (shims / f"{name}.py").write_text(SHIM)
    path = os.pathsep.join([str(shims), str(ROOT)])
    sets = [f"benchmarks.r2r.data={files}", f"worlds.habitat.cache={cache / 'command'}", "worlds.habitat.probe=false"]
    words = [sys.executable, "-m", "navila_sdk.cli.main", "eval", "r2r", "--world", "habitat", "--planner", "oracle"]
    words += ["--workers", "1", "--out", str(tmp_path / "out"), "--json"]
    words += [word for value in (*sets, *MORE) for word in ("--set", value)]
    env = {**os.environ, "PYTHONPATH": path, "NAVILA_CONFIG_DIR": str(tmp_path)}
    done = subprocess.run(words, capture_output=True, text=True, timeout=300, cwd=tmp_path, env=env, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    told = json.loads(done.stdout)
    assert told["episodes"] == 2
    assert told["SR"] == 1.0
    assert json.loads((tmp_path / "out" / "eval.json").read_text())["settings"]["world"] == "habitat"
