"""Building the distributions of the tree, as a release would."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from tests.house.source import DISTRIBUTIONS, ROOT

LIMIT_S = 180
PACKAGE_OF = {folder: f"navila_{Path(folder).name}" if folder != "." else "navila_sdk" for folder in DISTRIBUTIONS}


def build(folder: str, out: Path, *formats: str) -> None:
    """Build a distribution; without a format: the sdist from the tree, then the wheel from that sdist."""
    done = subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", *formats, "--outdir", str(out), str(ROOT / folder)],
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )
    assert done.returncode == 0, f"{folder} doesn't build:\n{done.stdout[-2000:]}{done.stderr[-2000:]}"


def payload(folder: str) -> set[str]:
    """The files of a distribution's package in the tree, relative to the distribution."""
    home = ROOT / folder
    return {
        path.relative_to(home).as_posix()
        for path in (home / PACKAGE_OF[folder]).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def empty_environment(folder: Path) -> Path:
    """Make a virtual environment with nothing but pip, and return its interpreter."""
    shutil.rmtree(folder, ignore_errors=True)
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True, timeout=LIMIT_S)
    return folder / "bin" / "python"
