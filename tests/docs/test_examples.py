"""The examples run as their README says."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.docs.pages import ROOT

_NAVILA = Path(sys.executable).with_name("navila")


def _run(folder: Path, *command: str | Path, **extra: str) -> str:
    done = subprocess.run(
        [str(word) for word in command],
        cwd=folder,
        env={**os.environ, "NAVILA_CONFIG_DIR": str(folder / "nobody"), **extra},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_robot_in_one_file(tmp_path: Path) -> None:
    sentence = "walk forward 2 m, turn right 90 degrees and stop"
    command = (_NAVILA, "run", sentence, "--embodiment", "cart", "--json", "--out", tmp_path / "out")
    examples = str(ROOT / "examples")
    printed = _run(tmp_path, *command, NAVILA_PLUGINS="cart=my_robot:embodiment", PYTHONPATH=examples)
    result = json.loads(printed)
    assert result["embodiment"] == "cart"
    assert result["outcome"] == "stopped"
    assert abs(result["final_pose"][0] - 2.0) < 0.1


def test_an_app_that_owns_its_loop(tmp_path: Path) -> None:
    printed = _run(tmp_path, sys.executable, "-W", "error", ROOT / "examples" / "planner_app.py")
    assert "stopped at x" in printed


def test_every_example_is_in_the_readme() -> None:
    readme = (ROOT / "examples" / "README.md").read_text(encoding="utf-8")
    for path in (ROOT / "examples").glob("*.py"):
        assert f"`{path.name}`" in readme, f"examples/README.md doesn't mention {path.name}"
