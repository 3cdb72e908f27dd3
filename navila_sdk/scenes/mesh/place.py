"""From a mesh file to a scene, and from a scene to what is known of its mesh.

A file is written ``FILE``, or ``FILE#key=value,...``: ``up=y|z`` its up axis (glTF says y; OBJ and PLY say nothing and
are taken as z), ``floor=HEIGHT`` the storey in metres over the file's origin (the one with most floor), and
``scale=METRES`` to a unit of the file (1).
"""

from __future__ import annotations

import functools
import hashlib
import math
import re
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from navila_sdk.errors import SceneError
from navila_sdk.geometry import Pose2
from navila_sdk.scenes.check import MAX_SCALE, MIN_SCALE, checked_scene
from navila_sdk.scenes.mesh.cache import VERSION, keep_storeys, keep_survey, load_storeys, load_survey
from navila_sdk.scenes.mesh.files import fingerprint
from navila_sdk.scenes.mesh.ground import CELL_M
from navila_sdk.scenes.mesh.patch import Patch
from navila_sdk.scenes.mesh.read import read_patches
from navila_sdk.scenes.mesh.storeys import Storey, find_storeys, storey_at
from navila_sdk.scenes.mesh.survey import Survey, survey
from navila_sdk.scenes.scene import Scene, SceneMesh

_GRID_M = 0.05
_OFF_FLOOR_M = 0.5
_SPEC = re.compile(r"(?P<path>.+\.(?P<kind>glb|obj|ply))(?:#(?P<settings>.*))?", re.IGNORECASE | re.DOTALL)
_HOW = "write FILE#up=y|z,floor=HEIGHT_M,scale=METRES_PER_UNIT, each as needed"
Axis = Literal["y", "z"]


def is_mesh(spec: str) -> bool:
    """Whether a scene is asked for by the file of a mesh."""
    return _SPEC.fullmatch(spec) is not None


def mesh_scene(spec: str) -> Scene:
    """Return the scene of a mesh file, with nothing in it but the mesh.

    Raises:
        SceneError: The file or its settings can't be used, or nobody could stand there.
        MissingDependencyError: The extra ``mesh`` isn't installed.
    """
    asked, floor_m = parse_mesh(spec)
    mark = fingerprint_of(asked.path)
    found_m = storey_at(_storeys(mark, asked.path, asked.up, asked.scale), floor_m)
    mesh = SceneMesh(asked.path, asked.up, found_m, asked.scale)
    known = mesh_survey(mesh)
    low = [math.floor(value / _GRID_M + 1e-4) * _GRID_M for value in known.low_m]
    high = [math.ceil(value / _GRID_M - 1e-4) * _GRID_M for value in known.high_m]
    return checked_scene(
        Scene(
            Path(mesh.path).stem,
            (round(high[0] - low[0], 2), round(high[1] - low[1], 2)),
            Pose2(*known.start_m, 0.0),
            origin_m=(round(low[0], 2) + 0.0, round(low[1], 2) + 0.0),
            mesh=mesh,
        )
    )


def parse_mesh(spec: str) -> tuple[SceneMesh, float | None]:
    """Return the mesh that is asked for, and the floor's height, None for the largest floor.

    Raises:
        SceneError: It isn't written as it should be.
    """
    found = _SPEC.fullmatch(spec)
    if found is None:
        raise SceneError(f"{spec[:80]!r} names no mesh; {_HOW}")
    settings: dict[str, str] = {}
    for part in found["settings"].split(",") if found["settings"] is not None else []:
        key, equals, value = part.partition("=")
        if not equals or key in settings or key not in ("up", "floor", "scale"):
            raise SceneError(f"{spec[-80:]!r}: {part[:40]!r} is no setting of a mesh; {_HOW}")
        settings[key] = value
    up = settings.get("up", "y" if found["kind"].lower() == "glb" else "z")
    if up not in ("y", "z"):
        raise SceneError(f"{spec[-80:]!r}: up must be y or z; got {up[:20]!r}")
    axis: Axis = "y" if up == "y" else "z"
    floor_m = _number(spec, "floor", settings["floor"]) if "floor" in settings else None
    scale = _number(spec, "scale", settings.get("scale", "1"))
    if not MIN_SCALE <= scale <= MAX_SCALE:
        raise SceneError(f"{spec[-80:]!r}: scale must be {MIN_SCALE:g} to {MAX_SCALE:g}; got {scale:g}")
    return SceneMesh(found["path"], axis, scale=scale), floor_m


def mesh_survey(mesh: SceneMesh) -> Survey:
    """Return what is known of the storey that a scene's mesh stands for; found once, then kept.

    Raises:
        SceneError: The file can't be used.
        MissingDependencyError: It wasn't kept, and the extra ``mesh`` isn't installed.
    """
    return _surveyed(fingerprint_of(mesh.path), mesh)


def mesh_facts(mesh: SceneMesh) -> dict[str, Any]:
    """Return what a mesh is like, for people: its file, its axis, its storeys, its size."""
    known = mesh_survey(mesh)
    storeys = _storeys(fingerprint_of(mesh.path), mesh.path, mesh.up, mesh.scale)
    return {
        "path": mesh.path,
        "up": mesh.up,
        "scale": mesh.scale,
        "floor_m": mesh.floor_m,
        "storeys_m": [storey.floor_m for storey in storeys],
        "triangles": len(known.faces),
        "floor_area_m2": round(float(known.columns.floor.sum()) * CELL_M**2, 1),
    }


def check_on_floor(scene: Scene) -> None:
    """Check that a scene's start and its errands' ends lie on its mesh's floor, or within 0.5 m of it.

    Raises:
        SceneError: One doesn't; says how far off it is. Scenes without a mesh pass.
    """
    if scene.mesh is None:
        return
    columns = mesh_survey(scene.mesh).columns
    points = [("the start", scene.start.x_m, scene.start.y_m)]
    for errand in scene.errands:
        points += [("the start", errand.start.x_m, errand.start.y_m), ("the goal", *errand.goal_m)]
    for what, x_m, y_m in dict.fromkeys(points):
        off_m = columns.off_floor_m(x_m, y_m)
        if off_m > _OFF_FLOOR_M:
            raise SceneError(
                f"{what} ({x_m:.2f}, {y_m:.2f}) is off the mesh {scene.mesh.path}: the floor at a height of "
                f"{scene.mesh.floor_m:.2f} m is {off_m:.1f} m away. If that's not so, the mesh's up axis (now "
                f"{scene.mesh.up}), its scale ({scene.mesh.scale:g}) or the storey is another"
            )


def mesh_clearances_m(
    mesh: SceneMesh, xs_m: tuple[float, ...], ys_m: tuple[float, ...], low_m: float, high_m: float
) -> NDArray[np.float64]:
    """Return how far each point of a grid is from what blocks a body there; see ``Columns.clearances_m``."""
    return _clearances_m(fingerprint_of(mesh.path), mesh, xs_m, ys_m, low_m, high_m)


@functools.lru_cache(maxsize=8)  # a judge, a planner and a world ask for the same within one episode
def _clearances_m(
    mark: str, mesh: SceneMesh, xs_m: tuple[float, ...], ys_m: tuple[float, ...], low_m: float, high_m: float
) -> NDArray[np.float64]:
    del mark
    found = mesh_survey(mesh).columns.clearances_m(np.array(xs_m), np.array(ys_m), low_m, high_m)
    found.flags.writeable = False
    return found


def fingerprint_of(path: str) -> str:
    """Return a file's fingerprint; as long as neither its size nor its time changes it's read but once.

    Raises:
        SceneError: There is no such file.
    """
    try:
        stat = Path(path).stat()
    except (OSError, ValueError):
        raise SceneError(f"there is no mesh {path[:200]}") from None
    return _fingerprint(path, stat.st_size, stat.st_mtime_ns)


@functools.lru_cache(maxsize=64)
def _fingerprint(path: str, size: int, time_ns: int) -> str:
    del size, time_ns
    return fingerprint(Path(path))


@functools.lru_cache(maxsize=256)
def _storeys(mark: str, path: str, up: Axis, scale: float) -> tuple[Storey, ...]:
    key = _key(mark, up, scale, "storeys")
    storeys = load_storeys(key)
    if storeys is None:
        patches = _patches(mark, path, up, scale)
        storeys = find_storeys(np.concatenate([patch.corners_m for patch in patches]))
        keep_storeys(key, storeys)
    return storeys


@functools.lru_cache(maxsize=3)  # a storey takes megabytes, of a large scan hundreds
def _surveyed(mark: str, mesh: SceneMesh) -> Survey:
    key = _key(mark, mesh.up, mesh.scale, repr(mesh.floor_m))
    found = load_survey(key)
    if found is None:
        found = survey(_patches(mark, mesh.path, mesh.up, mesh.scale), mesh.floor_m)
        keep_survey(key, found)
        _patches.cache_clear()
    return found


@functools.lru_cache(maxsize=1)
def _patches(mark: str, path: str, up: Axis, scale: float) -> tuple[Patch, ...]:
    del mark
    return read_patches(SceneMesh(path, up, scale=scale))


def _key(*parts: object) -> str:
    return hashlib.sha256("|".join(str(part) for part in (VERSION, *parts)).encode()).hexdigest()


def _number(spec: str, name: str, text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise SceneError(f"{spec[-80:]!r}: {name} must be a number; got {text[:40]!r}")
    return value
