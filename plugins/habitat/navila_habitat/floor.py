"""The navmesh seen from above, as a grid in our frame: for pictures, for plans, and for scenes that have no other map.

habitat-sim samples the navmesh at points a cell apart, rows along its z, columns along its x.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import attrs
import numpy as np
from numpy.typing import NDArray

from navila_habitat.simulation import Simulation
from navila_sdk.geometry import Pose2
from navila_sdk.scenes.occupancy import CLEARANCE_CAP_M, OccupancyGrid
from navila_sdk.scenes.scene import Scene, Shape, Solid

_EPS_M = 0.5  # how far above or below a floor the navmesh still belongs to it
_WALL_M = 2.5
_BAND = 3  # cells of wall drawn around the floor


@attrs.frozen(slots=True, eq=False)
class Floor:
    """Where the navmesh is; index ``[ix, iy]``, cell (0, 0) at the corner with the least x and y.

    Attributes:
        open: bool (nx, ny): whether the navmesh covers the cell's centre.
        cell_m: Side of a cell.
        corner_m: Of cell (0, 0), in the scene.
        radius_m: Radius of the body the navmesh keeps clear of everything.
    """

    open: NDArray[np.bool_]
    cell_m: float
    corner_m: tuple[float, float]
    radius_m: float

    @property
    def size_m(self) -> tuple[float, float]:
        """Extent along x and y."""
        return self.open.shape[0] * self.cell_m, self.open.shape[1] * self.cell_m


def floor_of(simulation: Simulation, height_m: float, cell_m: float, radius_m: float) -> Floor:
    """Return the floor at a height.

    Args:
        simulation: Whose navmesh.
        height_m: Of the floor, in Habitat.
        cell_m: Side of a cell.
        radius_m: Of the navmesh's body.
    """
    low, _ = simulation.finder.get_bounds()
    view = np.asarray(simulation.finder.get_topdown_view(cell_m, height_m, _EPS_M), np.bool_)
    return floor_from_view(view, (float(low[0]), float(low[2])), cell_m, radius_m)


def floor_from_view(view: NDArray[np.bool_], low_xz: tuple[float, float], cell_m: float, radius_m: float) -> Floor:
    """Return the floor of a top-down view (rows along z, columns along x), whose first sample lies at ``low_xz``."""
    rows = view.shape[0]
    # Our y is Habitat's -z: the last row has the least y. Samples become centres of cells.
    corner = (low_xz[0] - cell_m / 2, -(low_xz[1] + (rows - 1) * cell_m) - cell_m / 2)
    return Floor(np.ascontiguousarray(view[::-1].T), cell_m, corner, radius_m)


def occupancy_of(floor: Floor) -> OccupancyGrid:
    """Return the floor as the SDK's plans know it: free where the navmesh is, clearance counted from its border."""
    from scipy import ndimage

    inside = np.asarray(ndimage.distance_transform_edt(np.pad(floor.open, 1)))[1:-1, 1:-1]
    clearance = np.where(floor.open, floor.radius_m + inside * floor.cell_m, 0.0)
    capped = np.minimum(clearance, floor.radius_m + CLEARANCE_CAP_M)
    return OccupancyGrid(floor.open, capped, floor.radius_m, floor.cell_m, floor.corner_m)


def sketched(name: str, floor: Floor, start: Pose2) -> Scene:
    """Return a scene of walls around a floor, for places of which Habitat alone knows what is in them."""
    from scipy import ndimage

    reach = round(floor.radius_m / floor.cell_m)
    pad = reach + _BAND + 1
    open_ = np.pad(floor.open, pad)
    away = np.asarray(ndimage.distance_transform_edt(~open_))
    solid = (away > reach) & (away <= reach + _BAND)
    corner = (floor.corner_m[0] - pad * floor.cell_m, floor.corner_m[1] - pad * floor.cell_m)
    size = (open_.shape[0] * floor.cell_m, open_.shape[1] * floor.cell_m)
    walls = tuple(_boxes(solid, corner, floor.cell_m))
    return Scene(name, size, start, walls=walls, wall_height_m=_WALL_M, origin_m=corner)


def _boxes(solid: NDArray[np.bool_], corner_m: Sequence[float], cell_m: float) -> Iterator[Solid]:
    """Return boxes that cover the cells: runs along x, joined where runs of neighbouring rows are equal."""
    growing: dict[tuple[int, int], int] = {}
    for iy in range(solid.shape[1] + 1):
        edges = (
            np.flatnonzero(np.diff(np.concatenate([[0], solid[:, iy].astype(np.int8), [0]])))
            if (iy < solid.shape[1])
            else np.empty(0, np.int64)
        )
        runs = {(int(a), int(b)) for a, b in edges.reshape(-1, 2)}
        for run in [run for run in growing if run not in runs]:
            yield _box(run, growing.pop(run), iy, corner_m, cell_m)
        for run in runs:
            growing.setdefault(run, iy)


def _box(run: tuple[int, int], first: int, last: int, corner_m: Sequence[float], cell_m: float) -> Solid:
    x0, x1 = (corner_m[0] + edge * cell_m for edge in run)
    y0, y1 = corner_m[1] + first * cell_m, corner_m[1] + last * cell_m
    return Solid(Shape.BOX, ((x0 + x1) / 2, (y0 + y1) / 2, _WALL_M / 2), (x1 - x0, y1 - y0, _WALL_M))
