"""``run.json``: everything needed to say what a run was, and to make it again."""

from __future__ import annotations

import importlib.metadata
import json
import os
import platform
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from navila_sdk.errors import RecordingError
from navila_sdk.recording.folders import unwritable
from navila_sdk.strict import checked_table

RUN_NAME = "run.json"
_PACKAGES = ("attrs", "mcap", "numpy", "pillow", "scipy")


def versions() -> dict[str, str]:
    """Return versions of Python, the platform, navila distributions and what matters for results."""
    found = {"python": platform.python_version(), "platform": platform.platform()}
    for distribution in importlib.metadata.distributions():
        name = (distribution.name or "").lower()
        if name.startswith("navila") or name in _PACKAGES:
            found[name] = distribution.version
    return dict(sorted(found.items()))


def write_run_json(folder: Path, facts: Mapping[str, Any]) -> Path:
    """Write ``folder/run.json`` whole or not at all, and return its path.

    Raises:
        OutputError: It can't be written.
    """
    path, partial = folder / RUN_NAME, folder / f".{RUN_NAME}.partial"
    text = json.dumps({**facts, "versions": versions()}, indent=2, ensure_ascii=False, default=str)
    try:
        # What isn't text (a file's name of other bytes) is written as JSON's own \\u escape.
        partial.write_text(text + "\n", encoding="utf-8", errors="backslashreplace")
        os.replace(partial, path)
    except OSError as error:
        raise unwritable(folder, error) from error
    return path


def read_run_json(folder: Path) -> dict[str, Any]:
    """Return ``folder/run.json``, or nothing where there is none.

    Raises:
        RecordingError: It's there and can't be read.
    """
    path = folder / RUN_NAME
    if not path.exists():
        return {}
    try:
        return checked_table(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError, RecursionError) as error:
        raise RecordingError(f"can't read {path}: {error}") from error
