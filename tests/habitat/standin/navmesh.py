"""The stand-in's navmesh: a grid of where a body fits, found from triangles, in Habitat's frame (y up)."""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from navila_sdk.scenes.geodesic import DistanceField
from navila_sdk.scenes.occupancy import OccupancyGrid
from tests.habitat.standin.mesh import Points, sampled

STRIDE_M = 0.005
REACH_M = 2.0
CELL_HEIGHT_M = 0.2
"""How far the real navmesh was found to lie above a level floor: the height of Habitat's cells."""


class NavMeshSettings:
    """Habitat's settings of the ones the plugin sets, with its defaults."""

    def __init__(self) -> None:
        self.set_defaults()

    def set_defaults(self) -> None:
        self.cell_size = 0.05
        self.agent_height, self.agent_radius = 1.5, 0.1
        self.agent_max_climb, self.agent_max_slope = 0.2, 45.0


class ShortestPath:
    def __init__(self) -> None:
        self.requested_start: Any = np.zeros(3)
        self.requested_end: Any = np.zeros(3)
        self.points: list[Points] = []
        self.geodesic_distance = math.inf


class PathFinder:
    """The floor at one height: cells (ix, iz) over x and z."""

    def __init__(self) -> None:
        self.is_loaded = False
        self.nav_mesh_settings: NavMeshSettings | None = None
        self._random = np.random.default_rng(0)

    # -- making, reading and writing ------------------------------------------------------------

    def build(self, settings: NavMeshSettings, triangles: Points) -> bool:
        points, ups = sampled(triangles, settings.cell_size * 0.7)
        flat = points[ups > math.cos(math.radians(settings.agent_max_slope))]
        if not len(flat):
            return False
        heights, counts = np.unique(np.round(flat[:, 1], 2), return_counts=True)
        floor = float(heights[counts >= counts.max() * 0.5].min())
        self.floor = floor + CELL_HEIGHT_M
        low = points.min(axis=0)
        cell = settings.cell_size
        shape = tuple(np.floor((points.max(axis=0) - low)[[0, 2]] / cell).astype(int) + 1)
        index = np.floor((points[:, [0, 2]] - low[[0, 2]]) / cell).astype(int)
        above = points[:, 1] - floor
        ground, full = np.zeros(shape, bool), np.zeros(shape, bool)
        on = np.abs(above) <= 0.05
        ground[tuple(index[on].T)] = True
        # Higher than what is climbed, lower than the body: only what stands in the way.
        way = (above > settings.agent_max_climb) & (above < settings.agent_height)
        full[tuple(index[way].T)] = True
        clear = ndimage.distance_transform_edt(np.pad(ground & ~full, 1))[1:-1, 1:-1] * cell
        # Habitat rounds the radius up to whole cells.
        radius = math.ceil(settings.agent_radius / cell - 1e-6) * cell
        self._set(clear >= radius - 1e-9, low[[0, 2]], settings)
        return self.is_loaded

    def _set(self, free: NDArray[np.bool_], low: Points, settings: NavMeshSettings) -> None:
        self.free, self.low, self.cell = free, low, settings.cell_size
        self.nav_mesh_settings = settings
        self.is_loaded = bool(free.any())
        self._fields: dict[tuple[float, float], DistanceField] = {}

    @property
    def navigable_area(self) -> float:
        return float(self.free.sum()) * self.cell**2 if self.is_loaded else 0.0

    def save_nav_mesh(self, path: str) -> bool:
        with open(path, "wb") as file:
            about = json.dumps(vars(self.nav_mesh_settings))
            np.savez(file, free=self.free, low=self.low, floor=self.floor, about=np.array(about))
        return True

    def load_nav_mesh(self, path: str) -> bool:
        try:
            with np.load(path, allow_pickle=False) as found:
                settings = NavMeshSettings()
                vars(settings).update(json.loads(str(found["about"])))
                self.floor = float(found["floor"])
                self._set(found["free"], found["low"], settings)
        except (OSError, ValueError, KeyError):
            return False
        return True

    # -- questions ------------------------------------------------------------------------------

    def seed(self, seed: int) -> None:
        self._random = np.random.default_rng(seed)

    def _index(self, x: float, z: float) -> tuple[int, int] | None:
        ix, iz = math.floor((x - self.low[0]) / self.cell), math.floor((z - self.low[1]) / self.cell)
        return (ix, iz) if 0 <= ix < self.free.shape[0] and 0 <= iz < self.free.shape[1] else None

    def _open(self, x: float, z: float) -> bool:
        index = self._index(x, z)
        return index is not None and bool(self.free[index])

    def is_navigable(self, pt: Sequence[float], max_y_delta: float = 0.5) -> bool:
        return abs(pt[1] - self.floor) <= max_y_delta and self._open(pt[0], pt[2])

    def snap_point(self, point: Sequence[float]) -> Points:
        x, y, z = (float(part) for part in point)
        nowhere = np.full(3, np.nan)
        if not self.is_loaded or abs(y - self.floor) > 2 * REACH_M:
            return nowhere
        if self._open(x, z):
            return np.array((x, self.floor, z))
        cells = np.argwhere(self.free)
        middles = self.low + (cells + 0.5) * self.cell
        away = np.hypot(middles[:, 0] - x, middles[:, 1] - z)
        best = int(away.argmin())
        return np.array((middles[best, 0], self.floor, middles[best, 1])) if away[best] <= REACH_M else nowhere

    def get_random_navigable_point(self, max_tries: int = 10, island_index: int = -1) -> Points:
        del max_tries, island_index
        cells = np.argwhere(self.free)
        if not len(cells):
            return np.full(3, np.nan)
        x, z = self.low + (cells[self._random.integers(len(cells))] + self._random.uniform(0.1, 0.9, 2)) * self.cell
        return np.array((x, self.floor, z))

    def get_bounds(self) -> tuple[Points, Points]:
        cells = np.argwhere(self.free)
        least, most = self.low + cells.min(axis=0) * self.cell, self.low + (cells.max(axis=0) + 1) * self.cell
        return np.array((least[0], self.floor, least[1])), np.array((most[0], self.floor, most[1]))

    def get_topdown_view(self, meters_per_pixel: float, height: float, eps: float = 0.5) -> NDArray[np.bool_]:
        low, high = self.get_bounds()
        columns, rows = (int((high[i] - low[i]) / meters_per_pixel) for i in (0, 2))
        view = np.zeros((rows, columns), np.bool_)
        for row in range(rows):
            for column in range(columns):
                point = (low[0] + column * meters_per_pixel, height, low[2] + row * meters_per_pixel)
                view[row, column] = self.is_navigable(point, eps)
        return view

    # -- ways -----------------------------------------------------------------------------------

    def _stepped(self, start: Sequence[float], end: Sequence[float], *, slide: bool) -> Points:
        at = self.snap_point(start)
        if np.isnan(at).any():
            return np.asarray(start, np.float64)
        x, z = at[0], at[2]
        dx, dz = end[0] - x, end[2] - z
        count = max(math.ceil(math.hypot(dx, dz) / STRIDE_M), 1)
        dx, dz = dx / count, dz / count
        for _ in range(count):
            if self._open(x + dx, z + dz):
                x, z = x + dx, z + dz
            elif not slide:
                break
            elif self._open(x + dx, z):
                x += dx
            elif self._open(x, z + dz):
                z += dz
        return np.array((x, self.floor, z))

    def try_step(self, start: Sequence[float], end: Sequence[float]) -> Points:
        return self._stepped(start, end, slide=True)

    def try_step_no_sliding(self, start: Sequence[float], end: Sequence[float]) -> Points:
        return self._stepped(start, end, slide=False)

    def _field(self, x: float, z: float) -> DistanceField:
        if (x, z) not in self._fields:
            clear = np.where(self.free, 1.0, 0.0)
            grid = OccupancyGrid(self.free, clear, 0.5, self.cell, (float(self.low[0]), float(self.low[1])))
            self._fields[x, z] = DistanceField(grid, (x, z))
        return self._fields[x, z]

    def find_path(self, path: ShortestPath) -> bool:
        start, end = self.snap_point(path.requested_start), self.snap_point(path.requested_end)
        path.geodesic_distance = math.inf
        if np.isnan(start).any() or np.isnan(end).any():
            return False
        field = self._field(float(end[0]), float(end[2]))
        corners = field.path(float(start[0]), float(start[2]))
        path.geodesic_distance = sum(math.dist(a, b) for a, b in itertools.pairwise(corners))
        path.points = [np.array((x, self.floor, z)) for x, z in corners]
        if not corners:
            path.geodesic_distance = math.inf
        return bool(corners)
