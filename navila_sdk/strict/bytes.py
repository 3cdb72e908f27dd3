"""A file's bytes, and no more of them than make sense: a device or a pipe has no size to look at first."""

from __future__ import annotations

from pathlib import Path


def read_at_most(path: Path, most: int) -> bytes:
    """Return a file's bytes; one byte more than ``most`` where it holds more than that.

    Raises:
        OSError: It can't be read.
    """
    with path.open("rb") as file:
        return file.read(most + 1)
