"""``navila new``: what it writes, and what it refuses to write over or to believe."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

import navila_sdk as navila
from navila_sdk.actions import Verb
from navila_sdk.cli.new import command
from navila_sdk.config import load_config
from navila_sdk.errors import ConfigError, OutputError, PolicyError
from navila_sdk.plugins import Plugins
from navila_sdk.scaffold import RobotFiles, names_of
from navila_sdk.testing import check_embodiment
from navila_sdk.testing.conformance.subject import Bench
from tests.conformance.rover import WHEELS, drive

RUFF = Path(sys.executable).with_name("ruff")
KINDS = ("embodiment", "world", "planner")
GRID = navila.HeightMapSpec(x_min_m=-0.4, x_max_m=0.4, y_min_m=-0.3, y_max_m=0.3, resolution_m=0.1, offset_m=0.12)
# Two files of a model: the legs in a part of their own, with a mesh in a folder of its own.
SPLIT = WHEELS.replace("<worldbody>", '<compiler meshdir="meshes"/><asset><mesh file="hull.stl"/></asset><worldbody>')


@pytest.fixture(autouse=True)
def _alone(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setenv("NAVILA_CONFIG_DIR", str(tmp_path))


@pytest.fixture
def wheels(tmp_path):
    (tmp_path / "wheels.xml").write_text(WHEELS)
    return str(tmp_path / "wheels.xml")


def new(*arguments: str):
    return CliRunner().invoke(command, [*arguments, "--json"], catch_exceptions=False)


def written(*arguments: str) -> dict:
    done = new(*arguments)
    assert done.exit_code == 0, done.output
    return json.loads(done.output)


def bench_of(tmp_path, name: str) -> Bench:
    plugins = Plugins(env={"NAVILA_PLUGINS": f"{name}=navila_{name}:embodiment"}, folder=tmp_path / f"navila-{name}")
    return Bench(load_config().config, plugins, tmp_path / f"navila-{name}")


@pytest.mark.parametrize("kind", KINDS)
def test_a_project_is_small_typed_and_tidy(kind, tmp_path):
    told = written(kind, "my-thing", "--title", "My thing")
    folder = tmp_path / "navila-my-thing"
    assert {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()} == set(told["files"])
    assert "navila_my_thing/py.typed" in told["files"]
    lines = {file: len((folder / file).read_text().splitlines()) for file in told["files"]}
    assert lines["pyproject.toml"] <= 25
    assert lines["navila_my_thing/__init__.py"] <= 80
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".navila")]
    checked = subprocess.run(
        [RUFF, "check", "--isolated", "--line-length", "120", "--select", "E,F,UP,B,ANN", folder],
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout


@pytest.mark.parametrize("name", ["", "Robot", "2legs", "my robot", "a--b", "../x", "robot-", "r" * 41, "über"])
def test_bad_names_are_refused(name, tmp_path):
    with pytest.raises(ConfigError, match="is no name for a plugin"):
        names_of("embodiment", name)
    assert not list(tmp_path.iterdir())


def test_a_taken_name_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="'go2' is registered already"):
        new("embodiment", "go2")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("kind", ["file", "folder"])
def test_what_exists_is_left_alone(kind, tmp_path):
    place = tmp_path / "navila-thing"
    place.mkdir() if kind == "folder" else place.write_text("mine")
    with pytest.raises(ConfigError, match="exists already; nothing was written"):
        new("planner", "thing")
    assert list(tmp_path.iterdir()) == [place]


def test_a_folder_that_cant_be_written_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="can't be written"):
        new("planner", "thing", "--out", str(tmp_path / "file" / "below"))


@pytest.mark.parametrize("title", ['a "robot"', "two\nlines", "back\\slash", "$name"])
def test_a_title_that_would_break_the_file_is_refused(title, tmp_path):
    with pytest.raises(ConfigError, match="a title is one line"):
        new("embodiment", "thing", "--title", title)
    assert not list(tmp_path.iterdir())


def test_options_of_another_kind_are_refused(wheels):
    done = new("planner", "thing", "--mjcf", wheels)
    assert done.exit_code == 2
    assert "are for embodiments" in done.output


def test_the_record_says_what_model_and_card_say(wheels, tmp_path):
    drive(tmp_path / "drive.onnx")
    told = written("embodiment", "roverone", "--mjcf", wheels, "--policy", "drive.onnx", "--size", "0.5", "0.46", "0.5")
    assert {"navila_roverone/wheels.xml", "navila_roverone/policies/blind.onnx"} <= set(told["files"])
    assert "--fidelity physics" in told["run"]
    record = bench_of(tmp_path, "roverone").plugins.embodiment("roverone")
    assert (record.limits.vx_max_mps, record.limits.vx_min_mps, record.limits.vy_max_mps) == (0.8, -0.5, 0.0)
    assert record.base_height_m == 0.12
    assert Verb.MOVE_BACKWARD in record.verbs
    assert Verb.STEP_LEFT not in record.verbs
    assert record.footprint.width_m == 0.46
    assert record.sources["limits"] == "commands of drive.onnx"
    assert "guess" in record.sources["camera"]


def test_a_policy_that_sees_brings_its_grid_and_an_eye(wheels, tmp_path):
    drive(tmp_path / "seeing.onnx", height_map=GRID)
    written("embodiment", "rovertwo", "--mjcf", wheels, "--policy", "seeing.onnx", "--size", "0.5", "0.46", "0.5")
    bench = bench_of(tmp_path, "rovertwo")
    record = bench.plugins.embodiment("rovertwo")
    assert record.height_map == GRID
    assert record.depth_camera is not None
    report = check_embodiment("rovertwo", on=bench)
    assert report.ok, str(report)


def test_a_model_without_a_policy_is_kept_for_training(wheels, tmp_path):
    told = written("embodiment", "roverthree", "--mjcf", wheels)
    assert "--fidelity" not in told["run"]
    record = bench_of(tmp_path, "roverthree").plugins.embodiment("roverthree")
    assert (record.model, record.policies) == ("navila_roverthree:wheels.xml", {})
    assert record.base_height_m == 0.12


def test_what_a_model_refers_to_comes_along(tmp_path):
    (tmp_path / "robot.xml").write_text(SPLIT)
    (tmp_path / "meshes").mkdir()
    (tmp_path / "meshes" / "hull.stl").write_bytes(b"solid")
    told = written("embodiment", "hull", "--mjcf", "robot.xml")
    assert "navila_hull/meshes/hull.stl" in told["files"]
    assert (tmp_path / "navila-hull" / "navila_hull" / "meshes" / "hull.stl").read_bytes() == b"solid"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("not xml", "can't be read"),
        ("<robot><link/></robot>", "no <worldbody>"),
        (WHEELS.replace("<freejoint/>", ""), "no body with a free joint"),
        (WHEELS.replace('<joint name="left"', "<joint").replace('<joint name="right"', "<joint"), "no named joint"),
        (SPLIT, "'meshes/hull.stl', which isn't there"),
        (SPLIT.replace("hull.stl", "../hull.stl"), "beside the model"),
    ],
)
def test_models_that_cant_be_used_are_refused(text, complaint, tmp_path):
    (tmp_path / "robot.xml").write_text(text)
    with pytest.raises(ConfigError, match=complaint):
        RobotFiles.read(tmp_path / "robot.xml")


def test_a_policy_for_other_joints_is_refused(wheels, tmp_path):
    (tmp_path / "legs.xml").write_text(WHEELS.replace('name="left"', 'name="port"'))
    drive(tmp_path / "drive.onnx")
    with pytest.raises(PolicyError, match="joints this body doesn't have: left"):
        new("embodiment", "legs", "--mjcf", "legs.xml", "--policy", "drive.onnx")


def test_a_policy_without_a_model_is_refused(tmp_path):
    drive(tmp_path / "drive.onnx")
    with pytest.raises(ConfigError, match="add --mjcf"):
        new("embodiment", "legs", "--policy", "drive.onnx")


def test_a_size_in_centimetres_is_refused():
    with pytest.raises(ConfigError, match="in metres"):
        new("embodiment", "legs", "--size", "50", "46", "50")
