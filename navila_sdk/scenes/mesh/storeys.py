"""The floors of a building: heights at which a lot of level surface looks up."""

from __future__ import annotations

import attrs
import numpy as np
from numpy.typing import NDArray

from navila_sdk.errors import SceneError

Floats = NDArray[np.float64]

LEVEL = 0.9
"""Least part of a level surface's normal that points up: 26 degrees of slope."""
_BIN_M = 0.1
_APART_M = 1.5
_LEAST_M2 = 1.0
_LEAST_PART = 0.1
_SNAP_M = 0.75


@attrs.frozen(slots=True)
class Storey:
    """A floor: its height over the file's origin, and how much level surface lies there."""

    floor_m: float
    area_m2: float


def upward(corners_m: Floats) -> tuple[Floats, Floats]:
    """Return areas (M,) of triangles (M, 3, 3), and the part of their unit normals that points up (M,).

    Where next to nothing that is level looks up, the file has its triangles the other way round, or either way: then
    whatever is level counts as looking up.
    """
    cross = np.cross(corners_m[:, 1] - corners_m[:, 0], corners_m[:, 2] - corners_m[:, 0])
    length = np.linalg.norm(cross, axis=1)
    up = np.divide(cross[:, 2], length, out=np.zeros_like(length), where=length > 0)
    if length[up > LEVEL].sum() < _LEAST_PART * length[np.abs(up) > LEVEL].sum():
        up = np.abs(up)
    return length / 2, up


def find_storeys(corners_m: Floats) -> tuple[Storey, ...]:
    """Return a mesh's storeys from low to high.

    Args:
        corners_m: (M, 3, 3): its triangles, z up.

    Raises:
        SceneError: It has no level surface to walk on.
    """
    area, facing = upward(corners_m)
    up = facing > LEVEL
    height, area = corners_m[up, :, 2].mean(axis=1), area[up]
    if area.sum() < _LEAST_M2:
        raise SceneError(
            f"the mesh has {area.sum():.2g} m² of level surface that looks up, too little to walk on; if it lies on "
            "its side, say which axis is up: FILE#up=z or FILE#up=y"
        )
    bins = np.floor(height / _BIN_M).astype(np.int64)
    lowest = int(bins.min())
    # Two neighbouring bins together, so that a floor on the border of two counts once and whole.
    histogram = np.bincount(bins - lowest, weights=area)
    pair = histogram + np.append(histogram[1:], 0.0)
    left, most, found = pair.copy(), float(pair.max()), list[Storey]()
    while left.max() >= max(_LEAST_PART * most, _LEAST_M2):
        best = int(left.argmax())
        near = (bins - lowest >= best) & (bins - lowest <= best + 1)
        found.append(Storey(_median(height[near], area[near]), float(pair[best])))
        away = round(_APART_M / _BIN_M)
        left[max(best - away, 0) : best + away + 1] = 0.0
    return tuple(sorted(found, key=lambda storey: storey.floor_m))


def storey_at(storeys: tuple[Storey, ...], asked_m: float | None) -> float:
    """Return the floor's height that is meant: the nearest within 0.75 m, the largest if none is asked for.

    Raises:
        SceneError: There is no floor at the height asked for.
    """
    if asked_m is None:
        return max(storeys, key=lambda storey: storey.area_m2).floor_m
    near = min(storeys, key=lambda storey: abs(storey.floor_m - asked_m))
    if abs(near.floor_m - asked_m) > _SNAP_M:
        known = ", ".join(f"{storey.floor_m:.2f} m" for storey in storeys)
        raise SceneError(f"the mesh has no floor at a height of {asked_m:.2f} m; its floors lie at {known}")
    return near.floor_m


def _median(values: Floats, weights: Floats) -> float:
    order = np.argsort(values, kind="stable")
    total = np.cumsum(weights[order])
    # Rounded to a tenth of a millimetre, for files hold 32-bit numbers.
    return round(float(values[order][np.searchsorted(total, total[-1] / 2)]), 4) + 0.0
