"""A storey's plan: how high the floor lies in each cell, and at which heights over it something stands.

The grid is fine (2.5 cm), so that a doorway is as wide as it is; heights are kept in 64 slabs of 5 cm.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable

import attrs
import numpy as np
from numpy.typing import NDArray

from navila_sdk.scenes.mesh.ground import CELL_M, SLAB_M, SLABS, SLACK_M, STEP_M, Bits, Floats, Plot, find_ground
from navila_sdk.scenes.mesh.pixels import nearest_set, patches_of

_HEADROOM_M = 2.2  # under less there is no room but the inside of something


@attrs.frozen(slots=True, eq=False)
class Columns:
    """The plan; index ``[ix, iy]``, cell (0, 0) at the corner ``origin_m``.

    Attributes:
        origin_m: Corner of the grid.
        ground_m: float32 (nx, ny): height of the floor over the storey's, NaN where there is none.
        filled: uint64 (nx, ny): bit k for something 5 k to 5 (k + 1) cm over the floor.
    """

    origin_m: tuple[float, float]
    ground_m: NDArray[np.float32]
    filled: Bits

    @property
    def floor(self) -> NDArray[np.bool_]:
        """Where there is floor, bool (nx, ny)."""
        return ~np.isnan(self.ground_m)

    def blocked(self, low_m: float, high_m: float) -> NDArray[np.bool_]:
        """Return where a body can't be, bool (nx, ny): something lies between two heights, or there is no floor.

        What is closed all round and covered below 2.2 m is the inside of a thing, and blocked with it.
        """
        return self.standing(low_m, high_m) | ~self.floor

    def standing(self, low_m: float, high_m: float) -> NDArray[np.bool_]:
        """Return where something lies between two heights over the floor, bool (nx, ny), insides included."""
        found = (self.filled & _slabs(low_m, high_m)) != 0
        return found | _insides(found, (self.filled & _slabs(high_m, _HEADROOM_M)) != 0)

    def cells(self, x_m: Floats, y_m: Floats) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
        """Return the cells of points, and which lie on the grid; off it, the nearest cell stands in."""
        nx, ny = self.filled.shape
        ix = np.floor((np.asarray(x_m) - self.origin_m[0]) / CELL_M).astype(np.int64)
        iy = np.floor((np.asarray(y_m) - self.origin_m[1]) / CELL_M).astype(np.int64)
        inside = (ix >= 0) & (ix < nx) & (iy >= 0) & (iy < ny)
        return np.clip(ix, 0, nx - 1), np.clip(iy, 0, ny - 1), inside

    def heights_m(self, x_m: Floats, y_m: Floats) -> Floats:
        """Return the floor's height over the storey's at points, NaN where there is none."""
        ix, iy, inside = self.cells(x_m, y_m)
        return np.where(inside, self.ground_m[ix, iy], np.nan).astype(np.float64)

    def off_floor_m(self, x_m: float, y_m: float) -> float:
        """Return the distance from a point to the nearest cell with floor, 0 on it."""
        ix, iy = np.nonzero(self.floor)
        dx = np.abs(self.origin_m[0] + (ix + 0.5) * CELL_M - x_m) - CELL_M / 2
        dy = np.abs(self.origin_m[1] + (iy + 0.5) * CELL_M - y_m) - CELL_M / 2
        return float(np.sqrt((np.maximum(dx, 0) ** 2 + np.maximum(dy, 0) ** 2).min()))

    def clearances_m(self, xs_m: Floats, ys_m: Floats, low_m: float, high_m: float) -> Floats:
        """Return how far each point of a grid is from what blocks a body, float64 (nx, ny); 0 where it's blocked.

        Args:
            xs_m: (nx,): the points' x.
            ys_m: (ny,): their y.
            low_m: What ends below is stepped over.
            high_m: What begins above is passed under.
        """
        blocked = self.blocked(low_m, high_m)
        _, near_x, near_y = nearest_set(blocked)
        ix, iy, inside = self.cells(*np.meshgrid(xs_m, ys_m, indexing="ij"))
        if not blocked.any():
            return np.where(inside, np.inf, 0.0)
        x = self.origin_m[0] + (near_x[ix, iy] + 0.5) * CELL_M
        y = self.origin_m[1] + (near_y[ix, iy] + 0.5) * CELL_M
        off = np.sqrt((x - xs_m[:, None]) ** 2 + (y - ys_m[None, :]) ** 2)
        return np.where(inside & ~blocked[ix, iy], off, 0.0)


def _slabs(low_m: float, high_m: float) -> np.uint64:
    """Return the slabs that share height with a band."""
    first = max(math.floor(low_m / SLAB_M + 1e-6), 0)
    last = min(math.ceil(high_m / SLAB_M - 1e-6), SLABS)
    return np.uint64(((1 << last) - 1) & ~((1 << first) - 1) if last > first else 0)


def _insides(wall: NDArray[np.bool_], roofed: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return the parts of a plan that walls close in and that are roofed nearly all over."""
    labels, count = patches_of(~wall)
    size = np.bincount(labels.ravel(), minlength=count + 1)
    covered = np.bincount(labels.ravel(), weights=roofed.ravel(), minlength=count + 1)
    inside = covered > 0.9 * size
    inside[0] = False
    return inside[labels]


def build_columns(
    low_m: tuple[float, float],
    high_m: tuple[float, float],
    level: Callable[[], Iterable[Floats]],
    every: Callable[[], Iterable[Floats]],
) -> Columns:
    """Return the plan of a storey whose floor lies at height 0.

    Args:
        low_m: Least x and y.
        high_m: Greatest.
        level: Gives points (n, 3) on surfaces that look up, in portions.
        every: Gives points (n, 3) on all surfaces, in portions.
    """
    # Borders lie a quarter of a centimetre off whole half centimetres: what is drawn in those never falls on one.
    origin = (math.floor(low_m[0] / SLAB_M) * SLAB_M - 0.0475, math.floor(low_m[1] / SLAB_M) * SLAB_M - 0.0475)
    nx, ny = (math.ceil((high - low) / CELL_M) + 2 for low, high in zip(origin, high_m, strict=True))
    ground = find_ground(Plot(origin, (nx, ny)), level, every)
    base = _raised(ground)
    filled = np.zeros(nx * ny, np.uint64)
    plot = Plot(origin, (nx, ny))
    for points in every():
        cell = plot.cells(points)
        slab = np.floor((points[:, 2] - base[cell] + SLACK_M) / SLAB_M).astype(np.int64)
        fits = (slab >= 0) & (slab < SLABS)
        np.bitwise_or.at(filled, cell[fits], np.uint64(1) << slab[fits].astype(np.uint64))
    return Columns(origin, ground.astype(np.float32), filled.reshape(nx, ny))


def _raised(ground: Floats) -> Floats:
    """Return the height that things stand on in each cell, flat (nx ny,): at a step, the upper side of it."""
    known = np.where(np.isnan(ground), 0.0, ground)
    best, padded = known.copy(), np.pad(known, 1, mode="edge")
    nx, ny = ground.shape
    for dx in range(3):
        for dy in range(3):
            beside = padded[dx : dx + nx, dy : dy + ny]
            best = np.where((beside > best) & (beside <= known + STEP_M), beside, best)
    return best.ravel()
