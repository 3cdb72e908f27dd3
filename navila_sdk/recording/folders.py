"""Where runs go: a new folder each, and plain words when one can't be written."""

from __future__ import annotations

import datetime
import shutil
from pathlib import Path

from navila_sdk.errors import OutputError

_TRIES = 1000


def unwritable(folder: Path, error: OSError, before: str = "") -> OutputError:
    """Return the error that says why a folder can't be written, and how much room its disk has."""
    existing = next((place for place in (folder, *folder.parents) if place.is_dir()), Path())
    try:
        free = f"; {shutil.disk_usage(existing).free // 2**20} MiB are free there"
    except OSError:
        free = ""
    reason = error.strerror or str(error)
    return OutputError(f"{before}can't write to {folder}: {reason}{free}. Choose another folder with --out")


def new_run_folder(base: Path) -> Path:
    """Make and return ``base/<date>_<time>``, with a number behind it where that exists already.

    Raises:
        OutputError: The folder can't be made.
    """
    stamp = datetime.datetime.now().strftime("%Y-%m-%d_%H-%M-%S")
    for number in range(_TRIES):
        folder = base / (f"{stamp}_{number}" if number else stamp)
        try:
            folder.mkdir(parents=True)
        except FileExistsError:
            if base.is_dir():
                continue
            raise OutputError(f"can't write to {folder}: {base} is a file, not a folder") from None
        except OSError as error:
            raise unwritable(folder, error) from error
        return folder
    raise OutputError(f"{base} holds {_TRIES} runs of this very second; choose another folder with --out")
