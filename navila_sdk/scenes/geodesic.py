"""Geodesic distances and shortest paths on an occupancy grid.

Steps go to 16 neighbours (king's and knight's moves), which is at most 2.7 % longer than the true distance.
Lengths are whole micrometres, so every sum is exact and a field is the same on every machine, whatever order
the steps were summed in.
"""

from __future__ import annotations

import math
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from navila_sdk.scenes.occupancy import OccupancyGrid, occupancy
from navila_sdk.scenes.scene import Scene

SNAP_M = 0.25
_UM = 1_000_000
_STRAIGHT_SLACK = 1.02  # how much dearer than the winding path a straight line may be
_MOVES = ((1, 0), (0, 1), (1, 1), (1, -1), (2, 1), (1, 2), (2, -1), (1, -2))


def _between(dx: int, dy: int) -> tuple[tuple[int, int], ...]:
    """Return the cells that a move passes over, which must be free too."""
    sx, sy = (dx > 0) - (dx < 0), (dy > 0) - (dy < 0)
    if abs(dx) == 2:
        return (sx, 0), (sx, sy)
    if abs(dy) == 2:
        return (0, sy), (sx, sy)
    return ((sx, 0), (0, sy)) if dx and dy else ()


class DistanceField:
    """Distance from every cell to one goal.

    Args:
        grid: Where the body can stand.
        goal_m: The goal; snaps to the nearest free cell within 0.25 m.
        comfort_m: Width of the strip along solids in which a metre costs up to three, to keep paths off walls;
            0 gives plain distances.
    """

    def __init__(self, grid: OccupancyGrid, goal_m: tuple[float, float], comfort_m: float = 0.0) -> None:
        self.grid = grid
        self.goal_m = goal_m
        self._price = self._prices(comfort_m)
        self._goal = self._nearest_free(goal_m)
        self.cost_um: NDArray[np.float64] = (
            np.full(grid.shape, np.inf) if self._goal is None else self._dijkstra(self._goal)
        )

    def distance_m(self, x_m: float, y_m: float) -> float:
        """Return the distance to the goal in metres (of open floor), or inf where the goal can't be reached.

        A point where the body doesn't fit counts from the nearest cell in reach of the goal, within 0.25 m.
        """
        found = self._snapped(x_m, y_m, SNAP_M)
        if found is None:
            return math.inf
        cell, off_m = found
        return float(self.cost_um[cell]) / _UM + off_m

    def path(self, x_m: float, y_m: float, snap_m: float = SNAP_M) -> tuple[tuple[float, float], ...]:
        """Return the corners of the shortest path from a point to the goal, both ends included.

        Empty where the goal can't be reached. Corners that a straight line over free floor does without at no
        higher cost are left out.
        """
        cells = self.cells(x_m, y_m, snap_m)
        if not cells:
            return ()
        points = [self.grid.center_m(*cell) for cell in cells]
        if self.grid.cell(x_m, y_m) == cells[0]:
            points[0] = (x_m, y_m)
        elif points[0] != (x_m, y_m):
            points.insert(0, (x_m, y_m))
        corners = [points[0]]
        index = 0
        while index < len(points) - 1:
            index = self._farthest_straight(points, index)
            corners.append(points[index])
        return tuple(corners)

    def cells(self, x_m: float, y_m: float, snap_m: float = SNAP_M) -> list[tuple[int, int]]:
        """Return the cells of the shortest path from a point to the goal; empty where there is none."""
        found = self._snapped(x_m, y_m, snap_m)
        if found is None:
            return []
        (ix, iy), _ = found
        cells = [(ix, iy)]
        while (ix, iy) != self._goal:
            dx, dy = self._steps[self._next[ix, iy]]
            ix, iy = ix + dx, iy + dy
            cells.append((ix, iy))
        return cells

    @property
    def reachable(self) -> NDArray[np.bool_]:
        """Cells from which the goal can be reached, bool (nx, ny)."""
        return np.isfinite(self.cost_um)

    def straight_cost_m(self, a_m: tuple[float, float], b_m: tuple[float, float]) -> float:
        """Return what the straight line between two points costs, inf where the body doesn't fit."""
        if not self.grid.segment_free(a_m, b_m):
            return math.inf
        points = self.grid.segment(a_m, b_m)
        index = np.floor((points - np.asarray(self.grid.origin_m)) / self.grid.resolution_m).astype(np.int64)
        mean = float(self._price[index[:, 0], index[:, 1]].mean()) / 100
        return mean * math.hypot(b_m[0] - a_m[0], b_m[1] - a_m[1])

    def _farthest_straight(self, points: list[tuple[float, float]], start: int) -> int:
        """Return the last point that a straight line from ``points[start]`` reaches at no higher cost."""
        best, stride = start + 1, 8
        probe = start + stride
        while stride:
            if probe < len(points) and self._straight(points, start, probe):
                best = probe
                probe += stride
            else:
                stride //= 2
                probe = best + stride
        return best

    def _straight(self, points: list[tuple[float, float]], start: int, end: int) -> bool:
        winding_m = self._cost_m(points[start]) - self._cost_m(points[end])
        slack_m = self.grid.resolution_m
        return self.straight_cost_m(points[start], points[end]) <= winding_m * _STRAIGHT_SLACK + slack_m

    def _cost_m(self, point_m: tuple[float, float]) -> float:
        cell = self.grid.cell(*point_m)
        return float(self.cost_um[cell]) / _UM if cell is not None else math.inf

    def _prices(self, comfort_m: float) -> NDArray[np.float64]:
        """Return the price of each cell in percent, whole numbers from 100 to 300."""
        if comfort_m <= 0:
            return np.full(self.grid.shape, 100.0)
        room = np.clip((self.grid.clearance_m - self.grid.radius_m) / comfort_m, 0.0, 1.0)
        return np.rint(100.0 + 200.0 * (1.0 - room) ** 2)

    def _nearest_free(self, point_m: tuple[float, float]) -> tuple[int, int] | None:
        cell = self.grid.cell(*point_m)
        if cell is None or self.grid.free[cell]:
            return cell
        reach = math.ceil(SNAP_M / self.grid.resolution_m)
        x0, y0 = max(cell[0] - reach, 0), max(cell[1] - reach, 0)
        near = np.argwhere(self.grid.free[x0 : cell[0] + reach + 1, y0 : cell[1] + reach + 1])
        if not len(near):
            return None
        near = near + (x0, y0)
        squared = ((near - cell) ** 2).sum(axis=1)
        best = int(squared.argmin())
        if int(squared[best]) > reach * reach:
            return None
        return int(near[best, 0]), int(near[best, 1])

    def _edges(self) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
        free = self.grid.free
        nx, ny = free.shape
        number = np.arange(nx * ny).reshape(nx, ny)
        tails: list[NDArray[np.int64]] = []
        heads: list[NDArray[np.int64]] = []
        lengths: list[NDArray[np.float64]] = []
        for dx, dy in _MOVES:
            y0, y1 = max(-dy, 0), ny - max(dy, 0)
            window = free[: nx - dx, y0:y1] & free[dx:, y0 + dy : y1 + dy]
            for bx, by in _between(dx, dy):
                window = window & free[bx : nx - dx + bx, y0 + by : y1 + by]
            a = number[: nx - dx, y0:y1][window]
            b = number[dx:, y0 + dy : y1 + dy][window]
            tails.append(a)
            heads.append(b)
            lengths.append(self._length_um(dx, dy, self._price.ravel()[a], self._price.ravel()[b]))
        return np.concatenate(tails), np.concatenate(heads), np.concatenate(lengths)

    def _length_um(self, dx: int, dy: int, price_a: Any, price_b: Any) -> NDArray[np.float64]:  # noqa: ANN401
        length_um = round(math.sqrt(dx * dx + dy * dy) * self.grid.resolution_m * _UM)
        return np.floor(length_um * (price_a + price_b) / 200.0)

    def _dijkstra(self, goal: tuple[int, int]) -> NDArray[np.float64]:
        from scipy.sparse import csr_array
        from scipy.sparse.csgraph import dijkstra

        nx, ny = self.grid.shape
        a, b, length = self._edges()
        graph = csr_array(
            (np.concatenate((length, length)), (np.concatenate((a, b)), np.concatenate((b, a)))),
            shape=(nx * ny, nx * ny),
        )
        found: Any = dijkstra(graph, indices=goal[0] * ny + goal[1])
        return np.asarray(found, dtype=np.float64).reshape(nx, ny)

    @cached_property
    def _steps(self) -> tuple[tuple[int, int], ...]:
        return _MOVES + tuple((-dx, -dy) for dx, dy in _MOVES)

    @cached_property
    def _next(self) -> NDArray[np.int64]:
        """Which step each cell takes: the first of the cheapest, in a fixed order."""
        cost, free, price = (np.pad(array, 2, constant_values=fill) for array, fill in (
            (self.cost_um, np.inf), (self.grid.free, False), (self._price, 100.0)
        ))  # fmt: skip
        nx, ny = self.grid.shape

        def shifted(array: NDArray[Any], dx: int, dy: int) -> NDArray[Any]:
            return array[2 + dx : 2 + dx + nx, 2 + dy : 2 + dy + ny]

        best = np.full((nx, ny), np.inf)
        chosen = np.zeros((nx, ny), dtype=np.int64)
        for number, (dx, dy) in enumerate(self._steps):
            through = shifted(cost, dx, dy) + self._length_um(dx, dy, self._price, shifted(price, dx, dy))
            for bx, by in _between(dx, dy):
                through = np.where(shifted(free, bx, by), through, np.inf)
            better = through < best
            best = np.where(better, through, best)
            chosen[better] = number
        return chosen

    @cached_property
    def _nearest(self) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """Distance in cells and index of the nearest cell in reach of the goal, for every cell."""
        from scipy.ndimage import distance_transform_edt

        found: Any = distance_transform_edt(~self.reachable, return_indices=True)
        return found[0], found[1]

    def _snapped(self, x_m: float, y_m: float, snap_m: float) -> tuple[tuple[int, int], float] | None:
        """Return the cell a point counts from, and how far off it is."""
        cell = self.grid.cell(x_m, y_m)
        if cell is None or self._goal is None:
            return None
        if np.isfinite(self.cost_um[cell]):
            return cell, 0.0
        cells, index = self._nearest
        off_m = float(cells[cell]) * self.grid.resolution_m
        if off_m > snap_m:
            return None
        return (int(index[0][cell]), int(index[1][cell])), off_m


def geodesic_distance_m(
    scene: Scene, a_m: tuple[float, float], b_m: tuple[float, float], radius_m: float = 0.3
) -> float:
    """Return the length of the shortest way for a body of ``radius_m``, or inf where there is none."""
    return DistanceField(occupancy(scene, radius_m), b_m).distance_m(*a_m)
