"""The smoke test: the built wheels alone, in an empty environment, run the demo."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.house.source import DISTRIBUTIONS
from tests.packaging.building import LIMIT_S, build, empty_environment

pytestmark = pytest.mark.slow

# pip's words for an index that doesn't answer, as opposed to one that lacks a package.
_NO_INDEX = ("Retrying (Retry", "NewConnectionError", "Name or service not known", "ConnectTimeoutError")


def _run(*command: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    foreign = ("PYTHON", "NAVILA_", "VIRTUAL_ENV")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    environment["NAVILA_CONFIG_DIR"] = str(cwd / "nobody")
    return subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=2 * LIMIT_S,
        check=False,
    )


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an environment ``env`` into which the built wheels, and only they, were installed."""
    folder = tmp_path_factory.mktemp("smoke")
    for distribution in DISTRIBUTIONS:
        build(distribution, folder / "wheels", "--wheel")
    wheels = sorted((folder / "wheels").glob("*.whl"))
    python = empty_environment(folder / "env")
    pip = (python, "-I", "-m", "pip", "install", "--quiet", "--no-compile", "--retries", "1")
    done = _run(*pip, *wheels, cwd=folder)
    if done.returncode and any(sign in done.stderr for sign in _NO_INDEX):
        pytest.skip("the package index can't be reached, so the wheels' dependencies can't be installed")
    assert done.returncode == 0, done.stderr[-3000:]
    return folder


def test_installed_wheels_run_the_demo(home: Path) -> None:
    navila = home / "env" / "bin" / "navila"
    listing = _run(navila, "plugins", "--json", cwd=home)
    assert listing.returncode == 0, listing.stderr
    rows: list[dict[str, Any]] = json.loads(listing.stdout)
    assert {"go2", "h1", "t1", "mujoco", "auto", "human"} <= {row["name"] for row in rows}
    assert {row["status"] for row in rows} == {"ok"}, rows

    out = home / "episode"
    demo = _run(navila, "demo", "--json", "--out", out, cwd=home)
    assert demo.returncode == 0, demo.stderr[-3000:]
    assert json.loads(demo.stdout)["outcome"] == "stopped"
    assert {"episode.mcap", "run.json", "report.html"} <= {path.name for path in out.iterdir()}
    assert all(path.stat().st_size for path in out.iterdir() if path.is_file())
