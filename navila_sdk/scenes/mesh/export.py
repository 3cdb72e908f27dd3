"""Any scene of ours as a GLB, as glTF 2.0 says: y up, metres, one mesh with a palette as its texture.

A texture's colours are sRGB in every reader, while readers differ in what they take a material's factor for.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from navila_sdk.errors import OutputError, SceneError
from navila_sdk.scenes.mesh.library import trimesh
from navila_sdk.scenes.mesh.shapes import Facet, scene_facets
from navila_sdk.scenes.scene import Scene

_PALETTE_WIDE = 64


def write_glb(scene: Scene, path: str | Path, *, ceiling: bool = True) -> Path:
    """Write floor, walls, furniture and ground of a scene as a GLB and return the path.

    A point (x, y, z) of the scene is (x, z, -y) there. Equal scenes give equal bytes.

    Args:
        scene: What to write.
        path: Where to.
        ceiling: Whether rooms get one; it is seen from below only.

    Raises:
        SceneError: The scene is a mesh already.
        MissingDependencyError: The extra ``mesh`` isn't installed.
        OutputError: The file can't be written.
    """
    if scene.mesh is not None:
        raise SceneError(f"the scene {scene.name[:80]!r} is a mesh already: copy {scene.mesh.path}")
    library = trimesh("writing a GLB")
    vertices, faces, colors = _triangles(scene_facets(scene, ceiling=ceiling))
    mesh = library.Trimesh(
        np.stack([vertices[:, 0], vertices[:, 2], -vertices[:, 1]], axis=1), faces, process=False, validate=False
    )
    mesh.visual = _painted(library, colors)
    content = library.Scene({"scene": mesh}).export(file_type="glb", include_normals=True)
    target = Path(path)
    try:
        target.write_bytes(content)
    except OSError as error:
        raise OutputError(f"can't write the scene to {target}: {error.strerror or error}") from None
    return target


def _triangles(facets: list[Facet]) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.uint8]]:
    """Return vertices (N, 3), faces (M, 3) and each vertex's colour (N, 3); facets share no vertex."""
    faces: list[tuple[int, int, int]] = []
    first = 0
    for facet in facets:
        count = len(facet.corners_m)
        faces += [(first, first + i, first + i + 1) for i in range(1, count - 1)]
        first += count
    colors = np.repeat(
        np.array([facet.rgb for facet in facets], np.uint8), [len(facet.corners_m) for facet in facets], axis=0
    )
    return np.concatenate([facet.corners_m for facet in facets]), np.array(faces, np.int64), colors


def _painted(library: Any, colors: NDArray[np.uint8]) -> Any:  # noqa: ANN401 - the library has no types
    """Return the looks of a mesh whose vertices have these colours: a palette and where each finds its own."""
    from PIL import Image

    palette, index = np.unique(colors, axis=0, return_inverse=True)
    rows = -(-len(palette) // _PALETTE_WIDE)
    picture = np.zeros((rows * _PALETTE_WIDE, 3), np.uint8)
    picture[: len(palette)] = palette
    row, column = np.divmod(index.reshape(-1), _PALETTE_WIDE)
    uv = np.stack([(column + 0.5) / _PALETTE_WIDE, 1 - (row + 0.5) / rows], axis=1)
    material = library.visual.material.PBRMaterial(
        name="palette",
        baseColorTexture=Image.fromarray(picture.reshape(rows, _PALETTE_WIDE, 3)),
        metallicFactor=0.0,
        roughnessFactor=1.0,
    )
    return library.visual.TextureVisuals(uv=uv, material=material)
