"""New projects install with pip, pass their own tests and run, in an environment of their own."""

from __future__ import annotations

import json
import os
import site
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conformance.rover import WHEELS, drive

LIMIT_S = 300


def run(*command: str | Path, cwd: Path) -> str:
    foreign = ("PYTHON", "NAVILA_", "VIRTUAL_ENV", "PIP_")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    environment["NAVILA_CONFIG_DIR"] = str(cwd / "nobody")
    done = subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    return done.stdout


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an environment that sees the packages of this one, and projects installed there."""
    folder = tmp_path_factory.mktemp("new")
    (folder / "wheels.xml").write_text(WHEELS)
    drive(folder / "drive.onnx")
    python = folder / "env" / "bin" / "python"
    subprocess.run([sys.executable, "-m", "venv", folder / "env"], check=True, timeout=LIMIT_S)
    (packages,) = (folder / "env" / "lib").glob("python*/site-packages")
    # What pip would download: this environment's packages, with the projects that are installed from the tree.
    lines = "".join(f"import site; site.addsitedir({path!r})\n" for path in site.getsitepackages())
    (packages / "borrowed.pth").write_text(lines)
    navila = (python, "-m", "navila_sdk.cli.main", "new")
    run(*navila, "embodiment", "glider", cwd=folder)
    run(*navila, "embodiment", "rover", "--mjcf", "wheels.xml", "--policy", "drive.onnx", cwd=folder)
    run(*navila, "world", "plain", cwd=folder)
    run(*navila, "planner", "lamp", cwd=folder)
    projects = [f"./navila-{name}" for name in ("glider", "rover", "plain", "lamp")]
    pip = (python, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps", "--no-build-isolation")
    run(*pip, *(word for project in projects for word in ("-e", project)), cwd=folder)
    return folder


@pytest.mark.parametrize("name", ["glider", "rover", "plain", "lamp"])
def test_a_new_project_passes_its_tests(name: str, home: Path) -> None:
    out = run(home / "env/bin/python", "-m", "pytest", "-q", "-W", "error", f"navila-{name}", cwd=home)
    assert " passed" in out
    assert "failed" not in out


@pytest.mark.parametrize(
    "choice",
    [
        ("--embodiment", "glider"),
        ("--embodiment", "rover", "--fidelity", "physics"),
        ("--world", "plain"),
    ],
)
def test_a_new_project_drives(choice: tuple[str, ...], home: Path) -> None:
    sentence = "walk forward 1 metre, turn left 90 degrees and stop"
    navila = (home / "env/bin/python", "-m", "navila_sdk.cli.main", "run", sentence, "--scene", "empty", "--no-film")
    told = json.loads(run(*navila, "--json", "--out", home / f"out-{choice[1]}", *choice, cwd=home))
    assert told["outcome"] == "stopped"
    x, y, yaw = told["final_pose"]
    assert abs(x - 1.0) < 0.1
    assert abs(y) < 0.1
    assert abs(yaw - 1.5708) < 0.1


def test_a_new_planner_decides(home: Path) -> None:
    navila = (home / "env/bin/python", "-m", "navila_sdk.cli.main", "run", "look for the light", "--planner", "lamp")
    told = json.loads(run(*navila, "--scene", "empty", "--no-film", "--json", "--out", home / "out-lamp", cwd=home))
    assert told["outcome"] == "stopped"
    assert len(told["actions"]) == 9


def test_a_new_project_type_checks(home: Path) -> None:
    """What a newcomer begins with is strict: pyright has nothing to say."""
    pyright = Path(sys.executable).with_name("pyright")
    (home / "pyrightconfig.json").write_text('{"typeCheckingMode": "strict", "reportMissingTypeStubs": false}')
    python = home / "env" / "bin" / "python"
    modules = [f"navila-{name}/navila_{name}" for name in ("glider", "rover", "plain", "lamp")]
    run(pyright, "--pythonpath", python, *modules, cwd=home)
