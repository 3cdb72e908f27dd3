"""Any scene of ours as a GLB, as glTF 2.0 says: y up, metres, one mesh with a palette as its texture.

A texture's colours are sRGB in every reader, while readers differ in what they take a material's factor for. With the
light in it, the floor is a second mesh under a picture of its own, and materials are unlit (KHR_materials_unlit).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from navila_sdk.errors import OutputError, SceneError
from navila_sdk.scenes.covering import floor_cell_m
from navila_sdk.scenes.mesh.gltf_looks import UNLIT
from navila_sdk.scenes.mesh.library import trimesh
from navila_sdk.scenes.mesh.lit import lit_facets, lit_floor
from navila_sdk.scenes.mesh.shapes import Facet, scene_facets
from navila_sdk.scenes.scene import Scene

_PALETTE_WIDE = 64


def write_glb(scene: Scene, path: str | Path, *, ceiling: bool = True, lit: bool = False) -> Path:
    """Write floor, walls, furniture and ground of a scene as a GLB and return the path.

    A point (x, y, z) of the scene is (x, z, -y) there. Equal scenes give equal bytes.

    Args:
        scene: What to write.
        path: Where to.
        ceiling: Whether rooms get one; it is seen from below only.
        lit: Whether it carries what our own pictures show beside colours: floor coverings, wallpaper, light and shade.
            For simulators that show a mesh as it is; without, each facet has one colour, and light is the reader's.

    Raises:
        SceneError: The scene is a mesh already.
        MissingDependencyError: The extra ``mesh`` isn't installed.
        OutputError: The file can't be written.
    """
    if scene.mesh is not None:
        raise SceneError(f"the scene {scene.name[:80]!r} is a mesh already: copy {scene.mesh.path}")
    library = trimesh("writing a GLB")
    if lit:
        facets = lit_facets(scene, ceiling=ceiling)
        pieces = {"floor": _floor(library, scene)} | ({"scene": _faceted(library, facets)} if facets else {})
    else:
        pieces = {"scene": _faceted(library, scene_facets(scene, ceiling=ceiling))}
    content = library.Scene(pieces).export(
        file_type="glb", include_normals=True, tree_postprocessor=_without_light if lit else None
    )
    target = Path(path)
    try:
        target.write_bytes(content)
    except OSError as error:
        raise OutputError(f"can't write the scene to {target}: {error.strerror or error}") from None
    return target


def _faceted(library: Any, facets: list[Facet]) -> Any:  # noqa: ANN401 - the library has no types
    vertices, faces, colors = _triangles(facets)
    mesh = _mesh(library, vertices, faces)
    mesh.visual = _painted(library, colors)
    return mesh


def _floor(library: Any, scene: Scene) -> Any:  # noqa: ANN401 - as above
    """Return the floor as two triangles under a picture."""
    picture = lit_floor(scene)
    cell_m = floor_cell_m(scene)
    (x0, y0), (x1, y1) = scene.bounds_m
    mesh = _mesh(
        library,
        np.array(((x0, y0, 0.0), (x1, y0, 0.0), (x1, y1, 0.0), (x0, y1, 0.0))),
        np.array(((0, 1, 2), (0, 2, 3))),
    )
    across, up = (x1 - x0) / (picture.shape[1] * cell_m), (y1 - y0) / (picture.shape[0] * cell_m)
    uv = np.array(((0.0, 0.0), (across, 0.0), (across, up), (0.0, up)))
    mesh.visual = _under(library, "floor", picture[::-1], uv)
    return mesh


def _mesh(library: Any, vertices: NDArray[np.float64], faces: NDArray[np.int64]) -> Any:  # noqa: ANN401 - as above
    turned = np.stack([vertices[:, 0], vertices[:, 2], -vertices[:, 1]], axis=1)
    return library.Trimesh(turned, faces, process=False, validate=False)


def _without_light(tree: dict[str, Any]) -> None:
    """Say of all materials that their colours have the light in them."""
    for material in tree["materials"]:
        material["extensions"] = {UNLIT: {}}
    tree["extensionsUsed"] = [UNLIT]


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
    palette, index = np.unique(colors, axis=0, return_inverse=True)
    rows = -(-len(palette) // _PALETTE_WIDE)
    picture = np.zeros((rows * _PALETTE_WIDE, 3), np.uint8)
    picture[: len(palette)] = palette
    row, column = np.divmod(index.reshape(-1), _PALETTE_WIDE)
    uv = np.stack([(column + 0.5) / _PALETTE_WIDE, 1 - (row + 0.5) / rows], axis=1)
    return _under(library, "palette", picture.reshape(rows, _PALETTE_WIDE, 3), uv)


def _under(library: Any, name: str, picture: NDArray[np.uint8], uv: NDArray[np.float64]) -> Any:  # noqa: ANN401 - as above
    """Return the looks of a mesh under a picture; ``uv`` counts from its lower left corner."""
    from PIL import Image

    material = library.visual.material.PBRMaterial(
        name=name, baseColorTexture=Image.fromarray(picture), metallicFactor=0.0, roughnessFactor=1.0
    )
    return library.visual.TextureVisuals(uv=uv, material=material)
