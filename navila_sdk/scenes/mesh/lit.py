"""A scene's facets in the light of our pictures: for simulators that show a mesh's colours as they are."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from navila_sdk.scenes import light
from navila_sdk.scenes.covering import floor_picture
from navila_sdk.scenes.mesh.shapes import Facet, ceiling_facets, thing_facets, wall_facets
from navila_sdk.scenes.mesh.split import strips
from navila_sdk.scenes.scene import Scene

_UP = np.array((0.0, 0.0, 1.0))
_BANDS_M = (light.SKIRTING_M, 0.2, light.DARK_BELOW_M)
"""Where what stands on the floor is cut: light grows step by step up to the last."""


def lit_facets(scene: Scene, *, ceiling: bool) -> list[Facet]:
    """Return walls with skirting boards and stripes, furniture, ground and ceilings, lit; the floor is a picture."""
    found = [*_walls(scene), *(part for facet in thing_facets(scene) for part in _shaded(facet))]
    for facet in ceiling_facets(scene) if ceiling else ():
        found.append(Facet(facet.corners_m, _whole(light.baked_ceiling(np.array(facet.rgb, np.float64)))))
    return found


def lit_floor(scene: Scene) -> NDArray[np.uint8]:
    """Return the floor's picture, uint8 (ny, nx, 3), x along columns and y along rows from the corner of the floor."""
    return np.rint(light.baked_floor(floor_picture(scene).rgb)).astype(np.uint8)


def _walls(scene: Scene) -> Iterator[Facet]:
    for facet in wall_facets(scene):
        normal = _normal(facet.corners_m)
        if abs(normal[2]) >= 0.5:
            yield from _shaded(facet)
            continue
        along = np.array((-normal[1], normal[0], 0.0))
        at = facet.corners_m @ along
        first, last = math.floor(at.min() / light.STRIPE_M), math.ceil(at.max() / light.STRIPE_M)
        for part in strips(facet.corners_m, along, (light.STRIPE_M * i for i in range(first + 1, last))):
            bright = light.stripe((part @ along).mean(keepdims=True))[0]
            rgb = _whole(np.array(facet.rgb) * bright)
            for band in strips(part, _UP, _BANDS_M):
                yield _lit(band, light.SKIRTING_RGB if band[:, 2].mean() < light.SKIRTING_M else rgb)


def _shaded(facet: Facet) -> Iterator[Facet]:
    for band in strips(facet.corners_m, _UP, _BANDS_M):
        yield _lit(band, facet.rgb)


def _lit(corners_m: NDArray[np.float64], rgb: tuple[int, int, int]) -> Facet:
    colors = light.baked(np.array((rgb,), np.float64), _normal(corners_m)[None], corners_m[:, 2].mean(keepdims=True))
    return Facet(corners_m, _whole(colors[0]))


def _normal(corners_m: NDArray[np.float64]) -> NDArray[np.float64]:
    # Newell's: corners that lie on a line with their neighbours do no harm.
    after = np.roll(corners_m, -1, axis=0)
    normal = np.cross(corners_m, after).sum(axis=0)
    return normal / max(float(np.linalg.norm(normal)), 1e-12)


def _whole(rgb: NDArray[np.float64]) -> tuple[int, int, int]:
    red, green, blue = (int(part) for part in np.clip(np.rint(rgb), 0, 255))
    return red, green, blue
