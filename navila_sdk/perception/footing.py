"""Ground or obstacle: legs climb steps, not walls. What can't be stepped onto from the ground before it is no ground.

A policy that learned on stairs takes a wall, a chair or a bed in its map for a step of that height, and stops walking
or falls. From the body outwards, ring by ring, a cell whose height jumps more than a step over the ground it's reached
from is an obstacle: the map goes on at that ground's height there. Obstacles are the safety zones' business.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence

import attrs
import numpy as np
from numpy.typing import NDArray

from navila_sdk.embodiment import HeightMapSpec

STEP_M = 0.28
"""More than this in one cell is no step: legged robots' stairs rise 0.05 to 0.23 m (NaVILA legged-loco's terrain)."""
_UNDER = 2  # rings whose lowest cell is what the body stands on


@attrs.frozen(slots=True, eq=False)
class _Ring:
    cells: NDArray[np.intp]
    before: NDArray[np.intp]
    """(N, 3): for each cell its neighbours one ring further in."""


class Footing:
    """Tells ground from obstacles in the maps of one grid.

    Args:
        spec: The grid.
    """

    def __init__(self, spec: HeightMapSpec) -> None:
        nx, ny = spec.shape
        middle = (
            min(max(round(-spec.x_min_m / spec.resolution_m), 0), nx - 1),
            min(max(round(-spec.y_min_m / spec.resolution_m), 0), ny - 1),
        )
        self._rings = _rings(nx, ny, middle)
        inner = [ring.cells for ring in self._rings[:_UNDER]]
        self._under = np.concatenate([[middle[0] * ny + middle[1]], *inner]).astype(np.intp)

    def ground(self, heights_m: NDArray[np.floating]) -> NDArray[np.floating]:
        """Return the ground's heights, the same shape (nx, ny); unknown cells stay NaN.

        A map that knows nothing under the body is returned as it is.
        """
        flat = heights_m.ravel()
        # NaN where nothing is known: fmin and fmax pass it over, at a fifth of nanmin's time.
        lowest = np.fmin.reduce(flat[self._under])
        if not np.fmax.reduce(flat) > lowest + STEP_M:
            return heights_m
        reached = np.where(np.isnan(flat), lowest, flat)
        reached[self._under] = np.where(reached[self._under] > lowest + STEP_M, lowest, reached[self._under])
        for ring in self._rings:
            seen, before = flat[ring.cells], reached[ring.before].max(axis=1)
            reached[ring.cells] = np.where(seen <= before + STEP_M, seen, before)
        ground = np.where(np.isnan(flat), np.nan, reached)
        return ground.reshape(heights_m.shape).astype(heights_m.dtype)


@functools.lru_cache(maxsize=32)
def footing(spec: HeightMapSpec) -> Footing:
    """Return the footing of a grid."""
    return Footing(spec)


def _rings(nx: int, ny: int, middle: tuple[int, int]) -> Sequence[_Ring]:
    """Return the grid's cells by their distance from the middle one, counted in cells like a king's moves."""
    i, j = np.indices((nx, ny)).reshape(2, -1)
    di, dj = i - middle[0], j - middle[1]
    distance = np.maximum(np.abs(di), np.abs(dj))
    rings: list[_Ring] = []
    for far in range(1, int(distance.max()) + 1):
        cells = np.flatnonzero(distance == far)
        before: list[list[int]] = []
        for cell in cells.tolist():
            near = [
                a * ny + b
                for a in range(max(i[cell] - 1, 0), min(i[cell] + 2, nx))
                for b in range(max(j[cell] - 1, 0), min(j[cell] + 2, ny))
                if max(abs(a - middle[0]), abs(b - middle[1])) == far - 1
            ]
            before.append((near * 3)[:3])
        rings.append(_Ring(cells.astype(np.intp), np.asarray(before, np.intp)))
    return rings
