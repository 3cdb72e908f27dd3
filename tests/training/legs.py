"""Trains legs as a user does: the command, in a process of its own."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

READY = all(importlib.util.find_spec(name) for name in ("torch", "rsl_rl", "safetensors", "tensorboard"))
LEARNING = pytest.mark.skipif(not READY, reason="the extra 'train' isn't installed: pip install 'navila-sdk[train]'")


def train(folder: Path, *arguments: str) -> dict[str, Any]:
    """Return what ``navila train locomotion`` prints as JSON, with this folder for its checkpoints."""
    code = "from navila_sdk.cli.main import main; main()"
    command = [sys.executable, "-c", code, "train", "locomotion", "--folder", str(folder), "--json", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, cwd=folder.parent, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)
