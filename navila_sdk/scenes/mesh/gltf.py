"""What a GLB says about itself in its header: read before the whole is, so that what can't be used costs nothing."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import attrs
import numpy as np

from navila_sdk.errors import SceneError
from navila_sdk.scenes.mesh.gltf_limits import check_readable
from navila_sdk.scenes.mesh.gltf_looks import GltfLook, looks_of

_TRIANGLES, _STRIP, _FAN = 4, 5, 6
_MAX_JSON = 256 * 1024 * 1024
_DEEPEST = 64
Bounds = tuple[tuple[float, float, float], tuple[float, float, float]]


@attrs.frozen(slots=True)
class GltfFacts:
    """A GLB's own account of itself.

    Attributes:
        triangles: How many it holds, instances counted.
        bounds: Least and greatest x, y, z in the file's frame; None where it holds no vertices.
        pictures: Files beside it that it names.
        looks: How pictures lie, by the name of the material.
    """

    triangles: int
    bounds: Bounds | None
    pictures: tuple[str, ...]
    looks: Mapping[str, GltfLook]


def gltf_facts(path: Path) -> GltfFacts:
    """Return what a GLB's header says.

    Raises:
        SceneError: It's no GLB, breaks off, or holds what can't be read here.
    """
    content = _header(path)
    try:
        check_readable(path, content)
        return _facts(content, looks_of(path, content))
    except SceneError:
        raise
    except (LookupError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise SceneError(f"{path}: the header of this GLB doesn't fit glTF 2.0: {error!r:.120}") from None


def _header(path: Path) -> dict[str, Any]:
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            start = file.read(20)
            if len(start) < 20 or start[:4] != b"glTF":
                raise SceneError(f"{path}: this is no GLB; expected a binary glTF 2.0 file")
            _, version, length, json_length, kind = struct.unpack("<4sIII4s", start)
            if version != 2 or kind != b"JSON":
                raise SceneError(f"{path}: expected glTF 2 whose first part is JSON; found version {version}, {kind!r}")
            if length > size or json_length > min(size, _MAX_JSON):
                raise SceneError(f"{path}: breaks off: its header says {length} bytes, there are {size}; fetch it anew")
            text = file.read(json_length)
    except OSError as error:
        raise SceneError(f"the mesh {path} can't be read: {error.strerror or error}") from None
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise SceneError(f"{path}: the header of this GLB is no JSON: {error!s:.120}") from None
    if not isinstance(content, dict):
        raise SceneError(f"{path}: the header of this GLB is no JSON object")
    return content  # pyright: ignore[reportUnknownVariableType]


def _list(content: dict[str, Any], name: str) -> list[Any]:
    found = content.get(name, [])
    return found if isinstance(found, list) else []  # pyright: ignore[reportUnknownVariableType]


def _facts(content: dict[str, Any], looks: Mapping[str, GltfLook]) -> GltfFacts:
    accessors, meshes = _list(content, "accessors"), _list(content, "meshes")
    triangles, corners = 0, list[np.ndarray[Any, Any]]()
    for number, matrix in _instances(content):
        for primitive in meshes[number]["primitives"]:
            position = accessors[primitive["attributes"]["POSITION"]]
            index = primitive.get("indices")
            count = int((position if index is None else accessors[index])["count"])
            mode = primitive.get("mode", _TRIANGLES)
            if mode == _TRIANGLES:
                triangles += count // 3
            elif mode in (_STRIP, _FAN):
                triangles += max(count - 2, 0)
            low, high = np.array(position["min"], np.float64), np.array(position["max"], np.float64)
            box = np.array(
                [[(low, high)[i][0], (low, high)[j][1], (low, high)[k][2], 1.0] for i, j, k in np.ndindex(2, 2, 2)]
            )
            corners.append((box @ matrix.T)[:, :3])
    every = np.concatenate(corners) if corners else np.zeros((0, 3))
    bounds = None
    if len(every) and np.isfinite(every).all():
        (x0, y0, z0), (x1, y1, z1) = every.min(axis=0).tolist(), every.max(axis=0).tolist()
        bounds = ((x0, y0, z0), (x1, y1, z1))
    pictures = [image["uri"] for image in _list(content, "images") if "uri" in image]
    return GltfFacts(triangles, bounds, tuple(uri for uri in pictures if not uri.startswith("data:")), looks)


def _instances(content: dict[str, Any]) -> Iterator[tuple[int, Any]]:
    """Yield each mesh that is placed, with its matrix (4, 4)."""
    nodes, scenes = _list(content, "nodes"), _list(content, "scenes")
    children = {child for node in nodes for child in node.get("children", [])}
    roots = scenes[content.get("scene", 0)]["nodes"] if scenes else [i for i in range(len(nodes)) if i not in children]
    pending = [(root, np.eye(4), 0) for root in roots]
    while pending:
        number, above, depth = pending.pop()
        if depth > _DEEPEST:
            raise ValueError("nodes nested too deep")
        node = nodes[number]
        matrix = above @ _matrix(node)
        if "mesh" in node:
            yield int(node["mesh"]), matrix
        pending += [(child, matrix, depth + 1) for child in node.get("children", [])]


def _matrix(node: dict[str, Any]) -> Any:  # noqa: ANN401 - float64 (4, 4)
    if "matrix" in node:
        return np.array(node["matrix"], np.float64).reshape(4, 4).T
    matrix = np.eye(4)
    x, y, z, w = node.get("rotation", (0.0, 0.0, 0.0, 1.0))
    turn = (
        (1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)),
        (2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)),
        (2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)),
    )
    matrix[:3, :3] = np.array(turn) * np.array(node.get("scale", (1.0, 1.0, 1.0)))
    matrix[:3, 3] = node.get("translation", (0.0, 0.0, 0.0))
    return matrix
