"""How high the floor of a storey lies in each cell: what looks up, has room over it, and can be walked to.

So neither the ceiling of the storey below is floor, nor what lies under a slab, nor a bed; a room one step lower is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import attrs
import numpy as np
from numpy.typing import NDArray

from navila_sdk.scenes.mesh.pixels import Bools, nearest_set, patches_of

CELL_M = 0.025
SLAB_M = 0.05
SLABS = 64
STEP_M = 0.2
"""What no more than this parts is one floor, as VLN-CE's navigation meshes have it (``agent_max_climb``)."""
FLOOR_RANGE_M = 0.5
"""How far from the storey's height its floor may lie."""
SLACK_M = 0.0021
"""What ends on a slab's border belongs above it, whatever the rounding."""
_HEADROOM_M = 0.5
_HOLE_M = 0.3  # holes of a scan up to twice as wide are floor
_BELOW_M = 0.6
_ONE = np.uint64(1)
Floats = NDArray[np.float64]
Bits = NDArray[np.uint64]


@attrs.frozen(slots=True)
class Plot:
    """Where a plan's cells lie: its corner in the scene, and how many there are along x and y."""

    origin_m: tuple[float, float]
    shape: tuple[int, int]

    def cells(self, points_m: Floats) -> NDArray[np.int64]:
        """Return the flat index of the cell that each point (n, 3) lies over."""
        ix = np.floor((points_m[:, 0] - self.origin_m[0]) / CELL_M).astype(np.int64)
        return ix * self.shape[1] + np.floor((points_m[:, 1] - self.origin_m[1]) / CELL_M).astype(np.int64)


def find_ground(plot: Plot, level: Callable[[], Iterable[Floats]], every: Callable[[], Iterable[Floats]]) -> Floats:
    """Return the floor's height in each cell over the storey's, float64 (nx, ny); NaN where there is none.

    Args:
        plot: The cells.
        level: Gives points (n, 3) on surfaces that look up, in portions.
        every: Gives points (n, 3) on all surfaces, in portions.
    """
    surfaces = _slabs(plot, every(), 2 * FLOOR_RANGE_M)
    candidates = _slabs(plot, level(), FLOOR_RANGE_M)
    # A rough floor fills two slabs; what fills another within the headroom is a lid.
    for up in range(2, round(_HEADROOM_M / SLAB_M) + 1):
        candidates &= ~(surfaces >> np.uint64(up))
    chosen = candidates & (~candidates + _ONE)
    height = np.full(len(chosen), -np.inf)
    for points in level():
        cell, slab = plot.cells(points), _slab(points)
        lies = (slab >= 0) & (slab < SLABS)
        lies[lies] = chosen[cell[lies]] == _ONE << slab[lies].astype(np.uint64)
        np.maximum.at(height, cell[lies], points[lies, 2])
    ground = np.where(np.isfinite(height), height, np.nan).reshape(plot.shape)
    return _closed(np.where(_walkable(ground), ground, np.nan))


def _slab(points: Floats) -> NDArray[np.int64]:
    return np.floor((points[:, 2] + _BELOW_M + SLACK_M) / SLAB_M).astype(np.int64)


def _slabs(plot: Plot, portions: Iterable[Floats], top_m: float) -> Bits:
    """Return which slabs, from 0.6 m under the storey's height, points fill over each cell, flat."""
    filled = np.zeros(plot.shape[0] * plot.shape[1], np.uint64)
    for points in portions:
        near = points[(points[:, 2] >= -FLOOR_RANGE_M - SLACK_M) & (points[:, 2] <= top_m)]
        np.bitwise_or.at(filled, plot.cells(near), _ONE << _slab(near).astype(np.uint64))
    return filled


def _walkable(ground: Floats) -> Bools:
    """Return the cells of floor that hangs together at the storey's height, steps included."""
    known = np.isfinite(ground)
    cliff = np.zeros(known.shape, np.bool_)
    for axis in (0, 1):
        high = np.abs(np.diff(ground, axis=axis)) > STEP_M
        cliff |= np.pad(high, [(0, 1), (0, 0)] if axis == 0 else [(0, 0), (0, 1)])
        cliff |= np.pad(high, [(1, 0), (0, 0)] if axis == 0 else [(0, 0), (1, 0)])
    labels, count = patches_of(known & ~cliff)
    where = labels > 0
    size = np.bincount(labels[where], minlength=count + 1)
    near = np.bincount(labels[where], weights=np.abs(ground[where]) <= STEP_M, minlength=count + 1)
    kept = (near > 0.5 * size)[labels] & where
    return kept | (known & cliff & (np.abs(ground) <= STEP_M))


def _closed(ground: Floats) -> Floats:
    """Return the floor with its small holes filled from beside them; its edges stay where they are."""
    wide = np.pad(ground, round(_HOLE_M / CELL_M) + 1, constant_values=np.nan)
    off, near_x, near_y = nearest_set(np.isfinite(wide))
    inside, _, _ = nearest_set(off * CELL_M > _HOLE_M)
    filled = np.where(np.isfinite(wide) | (inside * CELL_M > _HOLE_M), wide[near_x, near_y], np.nan)
    rim = round(_HOLE_M / CELL_M) + 1
    return filled[rim:-rim, rim:-rim]
