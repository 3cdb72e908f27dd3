"""A mesh file to patches in the scene's frame: every misfit is named here, so that nothing behind checks again."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from navila_sdk.errors import SceneError
from navila_sdk.scenes.mesh.files import check_file, too_many
from navila_sdk.scenes.mesh.gltf import gltf_facts
from navila_sdk.scenes.mesh.gltf_looks import PLAIN, GltfLook
from navila_sdk.scenes.mesh.library import trimesh
from navila_sdk.scenes.mesh.patch import PLAIN_RGB, Bytes, Patch
from navila_sdk.scenes.scene import SceneMesh

MAX_TRIANGLES = 5_000_000
MIN_SIDE_M, MAX_SIDE_M = 0.5, 200.0


def read_patches(mesh: SceneMesh) -> tuple[Patch, ...]:
    """Return what a mesh file holds, z up and in metres; heights are still the file's.

    Raises:
        SceneError: The file is missing, damaged, empty, too large, not in metres, or lacks a picture.
        MissingDependencyError: The extra ``mesh`` isn't installed.
    """
    path = Path(mesh.path)
    check_file(path, MAX_TRIANGLES)
    library = trimesh(f"reading {path.name}")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what doesn't fit is told below, in our words
            found: Any = library.load(str(path), process=False)
    # The library, and what it reads pictures with, raise whatever a damaged file leads them to.
    except Exception as error:  # noqa: BLE001
        raise SceneError(f"the mesh {path} can't be read: {type(error).__name__}: {error!s:.200}") from None
    known: Mapping[str, GltfLook] = gltf_facts(path).looks if path.suffix.lower() == ".glb" else {}
    patches = tuple(_patch(*placed, mesh, path, known) for placed in _placed(library, found))
    patches = tuple(patch for patch in patches if len(patch.faces))
    total = sum(len(patch.faces) for patch in patches)
    if not total:
        raise SceneError(f"the mesh {path} holds no triangle")
    if total > MAX_TRIANGLES:
        raise too_many(path, total, MAX_TRIANGLES)
    _check_size(patches, mesh, path)
    return patches


def _placed(library: Any, found: Any) -> list[tuple[Any, NDArray[np.float64]]]:  # noqa: ANN401 - the library has no types
    """Return each mesh of a file with its matrix (4, 4)."""
    if isinstance(found, library.Trimesh):
        return [(found, np.eye(4))]
    if not isinstance(found, library.Scene):
        return []  # a cloud of points, or lines
    placed: list[tuple[Any, NDArray[np.float64]]] = []
    for node in sorted(found.graph.nodes_geometry):
        matrix, name = found.graph[node]
        if isinstance(found.geometry[name], library.Trimesh):
            placed.append((found.geometry[name], np.asarray(matrix, np.float64)))
    return placed


def _patch(
    piece: Any,  # noqa: ANN401
    matrix: NDArray[np.float64],
    mesh: SceneMesh,
    path: Path,
    known: Mapping[str, GltfLook],
) -> Patch:
    at = np.asarray(piece.vertices, np.float64).reshape(-1, 3)
    faces = np.asarray(piece.faces, np.int64).reshape(-1, 3)
    if faces.size and (faces.min() < 0 or faces.max() >= len(at)):
        raise SceneError(f"the mesh {path} names a vertex that it doesn't hold")
    used = at[np.unique(faces)]
    if not np.isfinite(used).all():
        bad = int((~np.isfinite(used).all(axis=1)).sum())
        raise SceneError(f"the mesh {path} has {bad} vertices that are NaN or infinite; mend it")
    if np.linalg.det(matrix[:3, :3]) < 0:
        faces = faces[:, ::-1]  # a mirrored piece: glTF turns its triangles round with it
    at = (at @ matrix[:3, :3].T + matrix[:3, 3]) * mesh.scale
    if mesh.up == "y":
        at = np.stack([at[:, 0], -at[:, 2], at[:, 1]], axis=1)
    visual = piece.visual
    if visual is not None and visual.defined and visual.kind == "face":
        # Corners shared by faces of several colours would have to mix them.
        apart = np.arange(3 * len(faces)).reshape(-1, 3)
        return Patch(at[faces].reshape(-1, 3), apart, np.repeat(visual.face_colors[:, :3], 3, axis=0).astype(np.uint8))
    rgb, picture, uv = _looks(visual, len(at), path, known)
    name = str(getattr(getattr(visual, "material", None), "name", None) or "")
    return Patch(at, faces, rgb, picture, uv, known.get(name, PLAIN).unlit)


def _looks(
    visual: Any,  # noqa: ANN401
    count: int,
    path: Path,
    known: Mapping[str, GltfLook],
) -> tuple[Bytes, Bytes | None, NDArray[np.float64] | None]:
    plain = np.array(PLAIN_RGB, np.uint8)
    if visual is None or not visual.defined:
        return plain, None, None
    if visual.kind == "vertex":
        colors = np.asarray(visual.vertex_colors, np.uint8)
        return (colors[:, :3] if len(colors) == count else plain), None, None
    material = getattr(visual, "material", None)
    if material is None:
        return plain, None, None
    name = str(getattr(material, "name", None) or "")
    look = known.get(name, PLAIN)
    picture: Any = getattr(material, "baseColorTexture", None) or getattr(material, "image", None)
    uv = getattr(visual, "uv", None)
    if picture is None and look.picture:
        raise SceneError(
            f"the mesh {path}: the picture of the material {name[:60]!r} can't be read; mend or replace it"
        )
    if picture is not None and uv is not None and len(uv) == count:
        return _factor(material), _pixels(picture, path, name), look.laid(np.asarray(uv, np.float64))
    if getattr(material, "baseColorFactor", None) is not None:
        return _factor(material), None, None
    return np.asarray(material.main_color, np.uint8)[:3], None, None


def _pixels(picture: Any, path: Path, name: str) -> Bytes:  # noqa: ANN401
    try:
        return np.asarray(picture.convert("RGB"), np.uint8)
    # Pillow reads a picture when it's first looked at, and raises whatever its damage leads to.
    except Exception as error:  # noqa: BLE001
        raise SceneError(
            f"the mesh {path}: the picture of the material {name[:60]!r} can't be read: {error!s:.120}"
        ) from None


def _factor(material: Any) -> Bytes:  # noqa: ANN401
    """Return a material's base colour as sRGB; glTF's factors are linear."""
    factor = getattr(material, "baseColorFactor", None)
    if factor is None:
        return np.full(3, 255, np.uint8)
    linear = np.asarray(factor, np.float64).reshape(-1)[:3]
    linear = linear / 255.0 if np.asarray(factor).dtype.kind in "ui" else linear
    bent = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * np.maximum(linear, 1e-9) ** (1 / 2.4) - 0.055)
    return np.clip(np.rint(bent * 255), 0, 255).astype(np.uint8)


def _check_size(patches: tuple[Patch, ...], mesh: SceneMesh, path: Path) -> None:
    low = np.min([patch.corners_m.min(axis=(0, 1)) for patch in patches], axis=0)
    high = np.max([patch.corners_m.max(axis=(0, 1)) for patch in patches], axis=0)
    wide_m, deep_m, tall_m = (high - low).tolist()
    if max(wide_m, deep_m, tall_m) > MAX_SIDE_M:
        raise SceneError(
            f"the mesh {path} is {wide_m:.4g} x {deep_m:.4g} x {tall_m:.4g} m; at most {MAX_SIDE_M:g} m a side can be "
            f"used. If its unit is the centimetre, write {path.name}#scale=0.01; of millimetres, #scale=0.001"
        )
    if wide_m < MIN_SIDE_M or deep_m < MIN_SIDE_M:
        raise SceneError(
            f"the mesh {path} is {wide_m:.4g} x {deep_m:.4g} m as seen from above, too small to stand in; if its unit "
            f"isn't the metre, write {path.name}#scale=METRES_PER_UNIT (now {mesh.scale:g}); if it lies on its side, "
            f"#up={'z' if mesh.up == 'y' else 'y'}"
        )
