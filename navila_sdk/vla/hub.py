"""Where a checkpoint lies: a folder here, or a repository on the Hugging Face hub, fetched once."""

from __future__ import annotations

import importlib
import re
from pathlib import Path
from typing import Any

from navila_sdk.errors import CheckpointError, MissingDependencyError
from navila_sdk.vla.config import PARTS

_HUB_ID = re.compile(r"[\w.-]+/[\w.-]+(?:@[\w.-]+)?", re.ASCII)
_WANTED = ["config.json", *(f"{part}/*.{kind}" for part in PARTS for kind in ("json", "safetensors"))]


def local_folder(path: str | Path) -> Path:
    """Return the folder of a checkpoint, downloading it if it's a hub id (``owner/name`` or ``owner/name@revision``).

    Raises:
        CheckpointError: There is no such folder, and it's no hub id, or the hub can't give it.
        MissingDependencyError: The package huggingface_hub isn't installed.
    """
    folder = Path(path)
    if folder.exists() or isinstance(path, Path):
        return folder
    if not _HUB_ID.fullmatch(path):
        raise CheckpointError(f"{path}: no such folder, and no hub id either (owner/name or owner/name@revision)")
    try:
        hub: Any = importlib.import_module("huggingface_hub")
    except ImportError as error:
        raise MissingDependencyError(
            "fetching a checkpoint needs huggingface_hub; install: pip install 'navila-sdk[vla]'"
        ) from error
    name, _, revision = path.partition("@")
    try:
        return Path(hub.snapshot_download(name, revision=revision or None, allow_patterns=_WANTED))
    except Exception as error:  # noqa: BLE001 - the package raises its own and its transport's classes
        raise CheckpointError(
            f"{path}: no such folder here, and the hub didn't give it: {str(error).splitlines()[0][:200]}; "
            "download it by hand and give its folder"
        ) from None
