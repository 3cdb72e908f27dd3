"""The commands of "Reproduce NaVILA's tables", typed in a folder that holds synthetic files where the real ones go.

What can't be here is left out or stood in for: the server is that of a small planner, habitat-sim a stand-in, and
Isaac Lab's command is followed to its refusal.
"""

from __future__ import annotations

import importlib.util
import itertools
import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from navila_vlnce.write import write_vlnce

from navila_sdk.config import load_config
from navila_sdk.evaluation.episodes import EvalEpisode
from navila_sdk.planners.navila import NavilaPlannerOptions
from navila_sdk.scenes import save_scene
from navila_sdk.strict import read_options
from tests.docs.pages import ROOT, blocks
from tests.scenes.rooms import GOAL, START, room

pytest.importorskip("trimesh", reason="the extra 'mesh' isn't installed")

SHIM = """from tests.habitat.standin.modules import modules
globals().update({name: value for name, value in vars(modules()[__name__]).items() if name[:2] != "__"})
__version__ = "0.3.3"
"""
SERVED = """import navila_sdk as navila


class Ahead:
    def __init__(self, request):
        self._left = []

    def reset(self, instruction):
        self._left = [navila.MoveForward.cm(25), navila.TurnLeft.degrees(30), navila.Stop()]

    def step(self, observation):
        action = self._left.pop(0)
        return navila.Plan((action,), observation.pose, observation.time_s, str(action), model_id="ahead")


record = navila.PlannerRecord("ahead", Ahead, navila_api="1")
"""
SMALL = {
    "habitat": ["worlds.habitat.picture_px=[4,3]", "worlds.habitat.probe=false", "worlds.habitat.cache=cache"],
    "isaac": [],
    "mujoco": ["worlds.mujoco.picture_px=[4,3]"],
}


def typed() -> list[list[str]]:
    """The section's commands, as words."""
    page = (ROOT / "docs/evaluation.md").read_text(encoding="utf-8")
    section = page.partition("\n## Reproduce NaVILA's tables\n")[2].partition("\n## ")[0]
    shown = "".join(block.text for block in blocks(section) if block.language == "console")
    return [shlex.split(line) for line in shown.replace("\\\n", " ").split("$ ")[1:]]


def config(page: str, key: str) -> str:
    """The configuration on a page that sets a key."""
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    (found,) = [block.text for block in blocks(text) if "config" in block.notes and key in block.text]
    return found


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the page says to put into one folder, of one episode in a small room."""
    here = tmp_path_factory.mktemp("reproduce")
    episode = EvalEpisode(
        episode_id="1",
        split="val_unseen",
        scene=str(save_scene(room(), here / "room.json")),
        instruction="Go round the red box.",
        start=START,
        goal_m=GOAL,
        reference_path_m=((START.x_m, START.y_m), (2.0, 0.8), GOAL),
        geodesic_m=3.0,
    )
    forms = {"r2r": "R2R_VLNCE_v1-3_preprocessed", "rxr": "RxR_VLNCE_v0", "vln-ce-isaac": "VLN-CE-Isaac"}
    for form, name in forms.items():
        write_vlnce(here / name, form, "val_unseen", [episode], "glb")
        (here / name / "scenes").rename(here / "scene_datasets" if form == "r2r" else here / f"spare-{form}")
    (here / "VLN-CE-Isaac/matterport_usd/room").mkdir(parents=True)
    (here / "VLN-CE-Isaac/matterport_usd/room/room.usd").touch()
    (here / "navila.toml").write_text(config("evaluation.md", "[benchmarks.vln-ce-isaac]"))
    (here / "ahead.py").write_text(SERVED)
    for name in ("habitat_sim", "magnum"):
        (here / f"{name}.py").write_text(SHIM)
    return here


def environment(folder: Path) -> dict[str, str]:
    own = {"NAVILA_PLUGINS": "ahead=ahead:record", "NAVILA_CONFIG_DIR": str(folder / "nobody")}
    path = os.pathsep.join([str(folder), str(ROOT)])
    return {**os.environ, **own, "PYTHONPATH": path, "XDG_CACHE_HOME": str(folder / "kept")}


def navila(folder: Path, words: list[str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "navila_sdk.cli.main", *words]
    return subprocess.run(
        command, cwd=folder, env=environment(folder), capture_output=True, text=True, timeout=600, check=False
    )


@pytest.fixture(scope="module")
def port(folder: Path):
    command = [sys.executable, "-m", "navila_sdk.cli.main", "serve", "--planner", "ahead", "--port", "0"]
    server = subprocess.Popen(
        command, cwd=folder, env=environment(folder), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    assert server.stdout is not None
    told = re.search(r"ws://127\.0\.0\.1:(\d+)", server.stdout.readline())
    assert told is not None
    text = config("habitat.md", "[benchmarks.rxr]")
    (folder / "vlnce.toml").write_text(text.replace("8765", told[1]))
    yield told[1]
    server.terminate()
    server.communicate()


def test_the_served_checkpoint_s_options_are_there_to_be_set(tmp_path: Path) -> None:
    (words,) = [words for words in typed() if words[1] == "serve"]
    sets = [word for before, word in itertools.pairwise(words) if before == "--set"]
    loaded = load_config(sets=sets, cwd=tmp_path, env={}).config
    options = read_options(NavilaPlannerOptions, loaded.planners["navila"], "planners.navila")
    assert (options.device, options.dtype, options.decode, options.dialect) == (
        "cuda",
        "float16",
        "free",
        "navila-vlnce",
    )


def test_the_commands_run_where_the_page_says_the_files_go(folder: Path, port: str) -> None:
    ran = 0
    for words in typed():
        if words[1:2] == ["serve"]:
            continue
        if words[1:3] == ["eval", "export"]:
            assert navila(folder, words[1:]).returncode == 0
            ran += 1
            continue
        world = words[words.index("--world") + 1] if "--world" in words else "habitat"
        small = [word for value in SMALL[world] for word in ("--set", value)]
        done = navila(folder, [word.replace("8765", port) for word in words[1:]] + [*small, "--workers", "1", "--json"])
        if world == "isaac":
            if importlib.util.find_spec("isaaclab") is None:
                assert done.returncode == 1, done.stderr
                assert "the world 'isaac' needs Isaac Lab 2.3" in done.stderr
                assert 'pip install "isaaclab[isaacsim]==2.3.*"' in done.stderr
            continue
        assert done.returncode == 0, done.stderr
        told = json.loads(done.stdout)
        assert (told["episodes"], told["errors"]) == (1, 0), words
        made = json.loads((folder / words[words.index("--out") + 1] / "eval.json").read_text())
        seen = "1.25 m above the floor, 90 degrees" if world == "habitat" else "0.82 m above the floor, 97 degrees"
        assert made["facts"]["body"]["camera"] == f"{seen} wide, 4 x 3 px"
        ran += 1
    assert ran == 5
    chunk = json.loads((folder / "eval_out/R2R/val_unseen/val_unseen_1-0.json").read_text())
    assert len(chunk) == 1
    assert (folder / "eval_out/isaac/measurements/0.json").is_file()


def test_without_habitat_sim_the_command_says_how_to_get_it(folder: Path, port: str) -> None:
    if importlib.util.find_spec("habitat_sim") is not None:
        pytest.skip("habitat_sim is installed here")
    bare = folder / "bare"
    bare.mkdir()
    for name in ("R2R_VLNCE_v1-3_preprocessed", "scene_datasets", "vlnce.toml", "ahead.py"):
        (bare / name).symlink_to(folder / name)
    words = next(words for words in typed() if words[1:3] == ["eval", "r2r"])
    done = subprocess.run(
        [sys.executable, "-m", "navila_sdk.cli.main", *words[1:]],
        cwd=bare,
        env={**environment(bare), "PYTHONPATH": str(bare)},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 1
    said = " ".join(done.stderr.split())
    assert "the world 'habitat' needs habitat_sim, which isn't installed" in said
    assert "conda install habitat-sim headless" in said
