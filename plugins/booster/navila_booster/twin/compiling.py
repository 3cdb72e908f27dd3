"""The twin's bridge to Fast DDS, compiled when it's first needed and kept.

Booster's robots speak Fast DDS, for which there is no Python package; its library comes from the system.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from navila_sdk.errors import MissingDependencyError, OutputError

SOURCE = Path(__file__).with_name("bridge.cpp")
LIBRARIES = ("-lfastrtps", "-lfastcdr", "-pthread")
HOW_TO_INSTALL = "on Debian and Ubuntu: apt-get install g++ libfastrtps-dev libfastcdr-dev"
LIMIT_S = 300.0


def bridge(compiler: str | None = None, folder: Path | None = None) -> Path:
    """Return the compiled bridge, compiling it where that wasn't done yet.

    Args:
        compiler: A C++ compiler; ``$CXX``, or ``g++``, where it isn't given.
        folder: Where to keep it; below ``$XDG_CACHE_HOME`` where it isn't given.

    Raises:
        MissingDependencyError: The compiler or Fast DDS is missing.
        OutputError: The folder can't be written.
    """
    compiler = compiler or os.environ.get("CXX") or "g++"
    found = shutil.which(compiler)
    if found is None:
        raise MissingDependencyError(
            f"the twin's bridge must be compiled, and there is no compiler {compiler!r}; {HOW_TO_INSTALL}"
        )
    source = SOURCE.read_bytes()
    name = f"bridge-{hashlib.sha256(source + found.encode()).hexdigest()[:16]}"
    folder = folder or Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "navila" / "booster"
    program = folder / name
    if program.exists():
        return program
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder) as scratch:
            made = Path(scratch) / name
            _compile([found, "-std=c++17", "-O1", "-o", str(made), str(SOURCE), *LIBRARIES])
            made.replace(program)
    except OSError as error:
        raise OutputError(f"the twin's bridge can't be kept in {folder}: {error.strerror}") from error
    return program


def _compile(command: list[str]) -> None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT_S, check=False)
    except subprocess.TimeoutExpired:
        raise MissingDependencyError(f"the twin's bridge didn't compile within {LIMIT_S:g} s") from None
    if done.returncode == 0:
        return
    lines = [line for line in done.stderr.splitlines() if "error" in line or "cannot find" in line]
    said = " ".join((lines or done.stderr.splitlines() or ["no word why"])[0].split())
    raise MissingDependencyError(
        f"the twin's bridge can't be compiled, as Fast DDS 2 isn't installed, or is another series: {said[:200]}; "
        f"{HOW_TO_INSTALL}"
    )
