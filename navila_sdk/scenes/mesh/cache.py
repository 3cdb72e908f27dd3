"""Surveys kept in the user's cache folder, by what they were made of; equal surveys are equal bytes.

Files are written beside their place and moved there, so readers never see half of one. A folder that can't be written
costs time only, and a file that can't be read is made anew. ``XDG_CACHE_HOME`` moves the folder; it can be emptied
whenever one likes.
"""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from navila_sdk.scenes.mesh.columns import Columns
from navila_sdk.scenes.mesh.sheets import Sheets
from navila_sdk.scenes.mesh.storeys import Storey
from navila_sdk.scenes.mesh.survey import Survey

VERSION = 2
"""Part of every key: goes up whenever a survey of the same file comes out differently."""


def cache_folder() -> Path:
    """Return the folder that surveys are kept in."""
    home = os.environ.get("XDG_CACHE_HOME")
    if not home and sys.platform == "win32":
        home = os.environ.get("LOCALAPPDATA")
    return (Path(home) if home else Path.home() / ".cache") / "navila" / "meshes"


def load_survey(key: str) -> Survey | None:
    """Return a survey that was kept under a key, or None."""
    try:
        with np.load(_path(key), allow_pickle=False) as kept:
            return _survey({name: kept[name] for name in kept.files})
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None


def keep_survey(key: str, survey: Survey) -> None:
    """Keep a survey under a key, if the folder can be written."""
    _keep(_path(key), lambda file: np.savez(file, allow_pickle=False, **_arrays(survey)))


def load_storeys(key: str) -> tuple[Storey, ...] | None:
    """Return a mesh's storeys that were kept under a key, or None."""
    try:
        kept = np.load(_path(key, ".npy"), allow_pickle=False)
        return tuple(Storey(float(floor), float(area)) for floor, area in kept.reshape(-1, 2)) or None
    except (OSError, ValueError, EOFError):
        return None


def keep_storeys(key: str, storeys: tuple[Storey, ...]) -> None:
    """Keep a mesh's storeys under a key, if the folder can be written."""
    array = np.array([(storey.floor_m, storey.area_m2) for storey in storeys])
    _keep(_path(key, ".npy"), lambda file: np.save(file, array, allow_pickle=False))


def _keep(path: Path, write: Callable[[BinaryIO], None]) -> None:
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        number, name = tempfile.mkstemp(dir=path.parent, prefix=path.stem, suffix=".part")
        try:
            with os.fdopen(number, "wb") as file:
                write(file)
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise


def _path(key: str, kind: str = ".npz") -> Path:
    return cache_folder() / f"{key}{kind}"


def _arrays(survey: Survey) -> dict[str, Any]:
    sheets, columns = survey.sheets, survey.columns
    return {
        "vertices_m": survey.vertices_m,
        "faces": survey.faces,
        "first": sheets.first,
        "rows": sheets.rows,
        "columns": sheets.columns,
        "foot": sheets.foot,
        "texels": sheets.texels,
        "plain": sheets.plain,
        "origin_m": np.array(columns.origin_m),
        "ground_m": columns.ground_m,
        "filled": columns.filled,
        "places_m": np.array((survey.low_m, survey.high_m, survey.start_m)),
    }


def _survey(kept: dict[str, Any]) -> Survey:
    (x0, y0), (x1, y1), (x, y) = kept["places_m"].tolist()
    origin_x, origin_y = kept["origin_m"].tolist()
    return Survey(
        kept["vertices_m"],
        kept["faces"],
        Sheets(kept["first"], kept["rows"], kept["columns"], kept["foot"], kept["texels"], kept["plain"]),
        Columns((origin_x, origin_y), kept["ground_m"], kept["filled"]),
        (x0, y0),
        (x1, y1),
        (x, y),
    )
