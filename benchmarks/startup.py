"""How long navila takes to start, over bare Python: import, --help, and a listing with 25 further plugins.

Run: python benchmarks/startup.py [RUNS]. Every number is the median of that many fresh processes (default
15). The aims are differences to a bare interpreter on the same machine, in the same minutes. Exits with 1
if an aim is missed, or if a listing imported a plugin.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

PLUGINS = 25
BROKEN = 3
MAIN = "import sys; from navila_sdk.cli.main import main; main(sys.argv[1:])"
DUMP = "import atexit, json, sys\natexit.register(lambda: sys.stderr.write(json.dumps(sorted(sys.modules))))\n"
# A listing may read a plugin's source, so a plugin is of the size of a real one: a record with its numbers.
FILLER = "\n".join(f"NUMBER_{i} = {{'value': {i}.5, 'source': 'datasheet, page {i}'}}" for i in range(80))
SOURCE = f"import math\nimport numpy\n\nfrom navila_sdk.testing import fake_embodiment\n\n{FILLER}\n"


def install(folder: Path) -> list[str]:
    """Write the throwaway plugins and return their module names."""
    faults = ("import vendor_sdk_that_is_missing\n", "raise RuntimeError('broken')\n", "def broken(:\n")
    names: list[str] = []
    for index in range(PLUGINS):
        name = f"navila_throwaway{index}"
        fault = faults[index % len(faults)] if index < BROKEN else ""
        (folder / f"{name}.py").write_text(f"{SOURCE}{fault}robot = fake_embodiment('bot{index}')\n")
        info = folder / f"{name}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(f"[navila.embodiments]\nbot{index} = {name}:robot\n")
        (info / "RECORD").write_text(f"{name}.py,,\n")
        names.append(name)
    return names


def environment(folder: Path) -> dict[str, str]:
    """Return an environment with the plugins on the path and no setting of the user's own."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("NAVILA_", "PYTHON"))}
    return {**clean, "PYTHONPATH": str(folder), "NAVILA_CONFIG_DIR": str(folder)}


def median_ms(commands: Sequence[Sequence[str]], env: dict[str, str], folder: Path, runs: int) -> list[float]:
    """Return the median wall time of each command, taken in turns so that all meet the same machine."""
    times: list[list[float]] = [[] for _ in commands]
    for turn in range(runs + 1):
        for index, command in enumerate(commands):
            start_s = time.perf_counter()
            subprocess.run(command, env=env, cwd=folder, check=True, capture_output=True)
            if turn:  # the first turn writes byte code and fills the disk's cache
                times[index].append((time.perf_counter() - start_s) * 1000)
    return [statistics.median(each) for each in times]


def imported_by(arguments: Sequence[str], env: dict[str, str], folder: Path) -> set[str]:
    """Return the modules a navila command has loaded when it ends."""
    done = subprocess.run(
        [sys.executable, "-c", DUMP + MAIN, *arguments],
        env=env,
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
    )
    return set(json.loads(done.stderr))


def main() -> int:
    """Measure, print, and judge."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    python = sys.executable
    cases = (
        ("bare python", (python, "-c", "pass"), 0.0),
        ("import navila_sdk", (python, "-c", "import navila_sdk"), 80.0),
        ("navila --help", (python, "-c", MAIN, "--help"), 200.0),
        ("navila plugins", (python, "-c", MAIN, "plugins"), 300.0),
        ("navila plugins --json", (python, "-c", MAIN, "plugins", "--json"), 300.0),
    )
    missed = False
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        modules = install(folder)
        env = environment(folder)
        medians = median_ms([command for _, command, _ in cases], env, folder, runs)
        print(f"median of {runs}, {PLUGINS} further plugins of which {BROKEN} broken")
        print(f"{'':24}{'ms':>8}{'over bare':>11}{'ratio':>8}{'aim':>8}")
        for (label, _, aim_ms), taken_ms in zip(cases, medians, strict=True):
            over_ms = taken_ms - medians[0]
            late = bool(aim_ms) and over_ms > aim_ms
            missed |= late
            aim = f"{aim_ms:.0f}" if aim_ms else ""
            print(f"{label:24}{taken_ms:8.1f}{over_ms:11.1f}{taken_ms / medians[0]:8.1f}{aim:>8}{' MISSED' * late}")
        for arguments in (["--help"], ["plugins"], ["plugins", "--json"]):
            loaded = sorted(imported_by(arguments, env, folder) & {*modules, "numpy"})
            missed |= bool(loaded)
            print(f"navila {' '.join(arguments)}: imported {', '.join(loaded) or 'no plugin, no numpy'}")
        listed = subprocess.run(cases[-1][1], env=env, cwd=folder, check=True, capture_output=True, text=True).stdout
        rows = [row for row in json.loads(listed) if row["distribution"] in modules]
        broken = sum(row["status"] == "broken" for row in rows)
        print(f"listed {len(rows)} of {PLUGINS}, {broken} of {BROKEN} as broken")
        missed |= (len(rows), broken) != (PLUGINS, BROKEN)
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
