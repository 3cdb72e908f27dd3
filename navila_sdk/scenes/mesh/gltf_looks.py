"""What a GLB says of its materials that the library passes over: that there is a picture, how it lies, and no light.

Materials are known by their names, for nothing else of them survives the reading.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import attrs
import numpy as np
from numpy.typing import NDArray

from navila_sdk.errors import SceneError
from navila_sdk.scenes.mesh.gltf_limits import OLDER, base_texture

Floats = NDArray[np.float64]


@attrs.frozen(slots=True)
class GltfLook:
    """How a material's picture lies.

    Attributes:
        picture: Whether every material of the name has one for its base colour, as it stands.
        offset: KHR_texture_transform's, along the picture and down it.
        scale: The same's.
        unlit: Whether every material of the name shows its colours as they are (KHR_materials_unlit).
    """

    picture: bool = False
    offset: tuple[float, float] = (0.0, 0.0)
    scale: tuple[float, float] = (1.0, 1.0)
    unlit: bool = False

    def laid(self, uv: Floats) -> Floats:
        """Return texture coordinates (N, 2), from the lower left corner, as the picture lies."""
        if self.offset == (0.0, 0.0) and self.scale == (1.0, 1.0):
            return uv
        across = self.offset[0] + self.scale[0] * uv[:, 0]
        down = self.offset[1] + self.scale[1] * (1.0 - uv[:, 1])
        return np.stack([across, 1.0 - down], axis=1)


PLAIN = GltfLook()
UNLIT = "KHR_materials_unlit"


def looks_of(path: Path, content: Mapping[str, Any]) -> dict[str, GltfLook]:
    """Return the looks of a GLB's materials by name.

    Args:
        path: The file, for the message.
        content: Its header.

    Raises:
        SceneError: Materials share a name, and lay pictures in different ways.
    """
    found: dict[str, GltfLook] = {}
    unsure: set[str] = set()
    lit: dict[str, bool] = {}
    materials: object = content.get("materials")
    for material in cast("list[Any]", materials) if isinstance(materials, list) else []:
        name, info = str(material.get("name", "")), base_texture(material)
        lit[name] = lit.get(name, False) or UNLIT not in (material.get("extensions") or {})
        # Of materials in the older form the library makes a picture of its own.
        if not info or OLDER in (material.get("extensions") or {}):
            unsure.add(name)
        if info and found.setdefault(name, _look(info)) != _look(info):
            raise SceneError(
                f"{path}: materials called {name[:60]!r} lay their pictures differently (KHR_texture_transform), so "
                "they can't be told apart; give each a name of its own"
            )
    return {
        name: attrs.evolve(found.get(name, PLAIN), picture=name in found and name not in unsure, unlit=not is_lit)
        for name, is_lit in lit.items()
    }


def _look(info: Mapping[str, Any]) -> GltfLook:
    moved = cast("Mapping[str, Any]", (info.get("extensions") or {}).get("KHR_texture_transform") or {})
    offset, scale = (np.array(moved.get(name, usual), np.float64) for name, usual in (("offset", 0.0), ("scale", 1.0)))
    (ox, oy), (sx, sy) = (np.broadcast_to(pair, 2).tolist() for pair in (offset, scale))
    return GltfLook(True, (ox, oy), (sx, sy))
