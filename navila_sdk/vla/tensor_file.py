"""Tensors written to a file whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from safetensors import SafetensorError
from safetensors.torch import save_file  # pyright: ignore
from torch import Tensor

from navila_sdk.errors import OutputError


def write_tensors(path: Path, tensors: Mapping[str, Tensor], metadata: Mapping[str, str] | None = None) -> None:
    """Write a safetensors file; an older one stands until the new one is whole.

    Args:
        path: Where.
        tensors: From any device.
        metadata: Goes into the file's header.

    Raises:
        OutputError: It can't be written: the folder is gone, say, or the disk is full.
    """
    part = path.with_name(path.name + ".part")
    try:
        here = {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
        save_file(here, part, dict(metadata) if metadata else None)
        os.replace(part, path)
    except (OSError, SafetensorError) as error:
        raise OutputError(f"can't write {path}: {error}; is the folder still there, and has its disk room?") from error
