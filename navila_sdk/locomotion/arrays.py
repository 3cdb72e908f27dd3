"""Networks that come as plain arrays: the layers of an rsl_rl actor in an ``.npz`` file."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import numpy as np

from navila_sdk.errors import PolicyError
from navila_sdk.locomotion.network_file import Layer

_NAME = re.compile(r"(?:.*\.)?actor\.(\d+)\.(weight|bias)")


def layers_from_npz(path: Path) -> list[Layer]:
    """Return the layers of arrays named ``actor.<i>.weight`` and ``actor.<i>.bias``, in order of ``i``.

    Raises:
        PolicyError: The file is no npz, holds pickled objects, or lacks a layer's half.
    """
    found: dict[int, dict[str, np.ndarray]] = {}
    try:
        if not zipfile.is_zipfile(path):  # numpy would take it for a pickle, and advise to load that
            raise PolicyError(f"{path}: this is no .npz file of plain arrays: it isn't a zip archive")
        with np.load(path, allow_pickle=False) as arrays:
            for name in arrays.files:
                match = _NAME.fullmatch(name)
                if match:
                    found.setdefault(int(match[1]), {})[match[2]] = np.asarray(arrays[name], np.float32)
    except (ValueError, OSError, zipfile.BadZipFile) as error:
        if isinstance(error, PolicyError):
            raise
        raise PolicyError(f"{path}: this is no .npz file of plain arrays: {error}") from None
    if not found:
        raise PolicyError(f"{path}: no array is named actor.<i>.weight or actor.<i>.bias")
    halves = [f"actor.{i}" for i, parts in found.items() if len(parts) < 2]
    if halves:
        raise PolicyError(f"{path}: weight or bias is missing of {', '.join(halves)}")
    return [(found[i]["weight"], found[i]["bias"]) for i in sorted(found)]
