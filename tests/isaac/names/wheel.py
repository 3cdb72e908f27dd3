"""Isaac Lab's wheel: three megabytes of Python, fetched once from the package index and only read."""

from __future__ import annotations

import functools
import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

LIMIT_S = 120
SOURCE = "isaaclab/source/isaaclab/"
_WANTED = ("--python-version", "3.11", "--platform", "manylinux_2_35_x86_64", "--only-binary", ":all:", "--no-deps")


class NoWheelError(Exception):
    """The wheel can't be had here; says why."""


def _cache() -> Path:
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home) / "navila-tests" / "isaaclab-2.3"


def _found(folder: Path) -> Path | None:
    return next(iter(sorted(folder.glob("isaaclab-2.3.*.whl"))), None)


@functools.cache
def wheel() -> Path:
    """The wheel's path; the same failure again for every test that asks."""
    if found := _found(_cache()):
        return found
    if os.environ.get("PIP_NO_INDEX"):
        raise NoWheelError("pip is told to use no index")
    try:
        _cache().mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=_cache()) as folder:
            command = [sys.executable, "-m", "pip", "download", "-q", "isaaclab==2.3.*", *_WANTED, "-d", folder]
            done = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT_S, check=False)
            fetched = _found(Path(folder))
            if done.returncode or fetched is None:
                last = (done.stderr.strip().splitlines() or ["pip said nothing"])[-1]
                raise NoWheelError(f"pip can't fetch it: {last[:200]}")
            return fetched.replace(_cache() / fetched.name)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NoWheelError(f"{type(error).__name__}: {error}") from None


def sources(path: Path) -> dict[str, str]:
    """Every module of the package ``isaaclab``, by its dotted name; a package's is its ``__init__``."""
    found: dict[str, str] = {}
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if name.startswith(f"{SOURCE}isaaclab/") and name.endswith(".py"):
                dotted = name.removeprefix(SOURCE).removesuffix(".py").replace("/", ".")
                found[dotted.removesuffix(".__init__")] = archive.read(name).decode()
    return found
