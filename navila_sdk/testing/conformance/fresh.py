"""What reading a record does, seen in a fresh interpreter: which packages it imports, and what it touches."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import attrs

from navila_sdk.testing.conformance.places import shown

LIMIT_S = 60
LIGHT = frozenset(
    {"attr", "attrs", "cattr", "cattrs", "click", "exceptiongroup", "numpy", "packaging", "pluggy", "typing_extensions"}
)
_CODE = """
import json, sys
target, root, paths, out = json.loads(sys.argv[1])
sys.path[:] = paths
import navila_sdk.embodiment, navila_sdk.instruction, navila_sdk.planner, navila_sdk.strict, navila_sdk.world
before, events, watching = set(sys.modules), [], True
WRITES = ("w", "a", "x", "+")
ALONE = {"socket.connect": "connects to", "socket.bind": "listens on", "subprocess.Popen": "starts"}
ALONE |= {"os.system": "runs", "os.posix_spawn": "starts", "os.fork": "forks"}
def hook(event, values):
    if not watching:
        return
    if event in ALONE:
        events.append(ALONE[event] + " " + repr(values[-2:])[:120])
    elif event == "open" and isinstance(values[1], str) and any(sign in values[1] for sign in WRITES):
        events.append("writes " + repr(values[0])[:120])
sys.addaudithook(hook)
import threading
start = threading.Thread.start
def told(thread):
    events.append("starts " + repr(thread)[:120])
    start(thread)
threading.Thread.start = told
error = ""
try:
    if target.endswith(".py"):
        import importlib.util
        spec = importlib.util.spec_from_file_location("navila_plugin", target)
        spec.loader.exec_module(importlib.util.module_from_spec(spec))
    else:
        __import__(target)
except BaseException as failure:
    error = type(failure).__name__ + ": " + str(failure)
watching = False
loaded = set(sys.modules) - before
mine = [str(getattr(sys.modules[n], "__file__", "")) for n in loaded if n.partition(".")[0] == root]
third = sorted({n.partition(".")[0] for n in loaded} - set(sys.stdlib_module_names) - {root, "navila_sdk"})
json.dump({"third": third, "files": mine, "events": events, "error": error}, open(out, "w"))
"""


@attrs.frozen(slots=True)
class Reading:
    """What happened while a record's module was imported by itself.

    Attributes:
        imports: Third-party packages, each with the line that imports it.
        touches: Connections, threads, processes and written files.
        error: Why the import failed; empty if it didn't.
    """

    imports: tuple[tuple[str, str], ...]
    touches: tuple[str, ...]
    error: str = ""


def read_alone(module: str, own_file: Path | None, out: Path, folder: Path) -> Reading:
    """Import a module in an interpreter of its own.

    Args:
        module: Its name, or the path of a file that is no module.
        own_file: Where it stands, for messages.
        out: File that may be written.
        folder: Where modules may lie besides ``sys.path``.
    """
    root = module.partition(".")[0]
    file = str(folder / module) if module.endswith(".py") else module
    asked = json.dumps([file, root, [path for path in sys.path if path] + [str(folder)], str(out)])
    done = subprocess.run(
        [sys.executable, "-B", "-W", "ignore", "-c", _CODE, asked],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )
    if not out.is_file():
        return Reading((), (), f"the interpreter exited with {done.returncode}: {done.stderr.strip()[-300:]}")
    told: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))
    files = [Path(name) for name in told["files"] if name.endswith(".py")] or ([own_file] if own_file else [])
    third = [name for name in told["third"] if name not in LIGHT and not name.startswith("_")]
    asked_for = {name: line for name in third if (line := _imported_at(name, files))}
    # What a package drags in besides is that package's business; only where nobody asks is everything told.
    here = asked_for or {name: shown(own_file) if own_file else module for name in third}
    return Reading(tuple(here.items()), tuple(told["events"]), told["error"])


def _imported_at(package: str, files: Sequence[Path]) -> str:
    for file in files:
        try:
            tree = ast.parse(file.read_text(encoding="utf-8"))
        except (OSError, SyntaxError, ValueError):
            continue
        for node in ast.walk(tree):
            names: list[str] = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and not node.level:
                names = [node.module or ""]
            if any(name.partition(".")[0] == package for name in names):
                return shown(file, getattr(node, "lineno", 0))
    return ""
