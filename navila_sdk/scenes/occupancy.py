"""Where a body of a given radius can stand: exact distances to the solids, sampled on a grid.

The grid holds distances rather than a rasterised and then inflated picture, so a doorway is as wide as it is
in the scene, not as wide as the cells happen to fall. Only sums, products and comparisons decide a cell, so
the grid is the same on every machine.
"""

from __future__ import annotations

import math
from typing import Any

import attrs
import numpy as np
from numpy.typing import NDArray

from navila_sdk.errors import SceneError
from navila_sdk.scenes.scene import Scene, Shape, Solid

CLEARANCE_CAP_M = 1.0
MAX_CELLS = 25_000_000


@attrs.frozen(slots=True, eq=False)
class OccupancyGrid:
    """The floor as square cells; index ``[ix, iy]``, cell (0, 0) at the corner ``origin_m``.

    Attributes:
        free: bool (nx, ny): a body of ``radius_m`` fits with its centre on the cell's centre.
        clearance_m: float64 (nx, ny): distance from the cell's centre to the nearest solid, at most
            ``radius_m`` + 1 m; 0 inside solids.
        radius_m: Radius of the body.
        resolution_m: Side of a cell.
        origin_m: Corner of the floor.
    """

    free: NDArray[np.bool_]
    clearance_m: NDArray[np.float64]
    radius_m: float
    resolution_m: float
    origin_m: tuple[float, float] = (0.0, 0.0)

    @property
    def shape(self) -> tuple[int, int]:
        """Cells along x and along y."""
        return self.free.shape[0], self.free.shape[1]

    def cell(self, x_m: float, y_m: float) -> tuple[int, int] | None:
        """Return the cell a point lies in, or None off the floor."""
        if not (math.isfinite(x_m) and math.isfinite(y_m)):
            return None
        ix = math.floor((x_m - self.origin_m[0]) / self.resolution_m)
        iy = math.floor((y_m - self.origin_m[1]) / self.resolution_m)
        return (ix, iy) if 0 <= ix < self.shape[0] and 0 <= iy < self.shape[1] else None

    def center_m(self, ix: int, iy: int) -> tuple[float, float]:
        """Return the centre of a cell."""
        return (
            self.origin_m[0] + (ix + 0.5) * self.resolution_m,
            self.origin_m[1] + (iy + 0.5) * self.resolution_m,
        )

    def is_free(self, x_m: float, y_m: float) -> bool:
        """Whether the body fits at a point; False off the floor."""
        cell = self.cell(x_m, y_m)
        return cell is not None and bool(self.free[cell])

    def cells(self, points_m: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Return the cells of points (..., 2), and which lie on the floor; off it, cell (0, 0) stands in."""
        index = np.floor((points_m - np.asarray(self.origin_m)) / self.resolution_m).astype(np.int64)
        inside: NDArray[np.bool_] = np.all((index >= 0) & (index < np.asarray(self.shape)), axis=-1)
        return index * inside[..., None], inside

    def clearances_m(self, points_m: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the clearance at points (..., 2), shape (...); -1 off the floor."""
        index, inside = self.cells(points_m)
        return np.where(inside, self.clearance_m[index[..., 0], index[..., 1]], -1.0)

    def segment_free(self, a_m: tuple[float, float], b_m: tuple[float, float]) -> bool:
        """Whether the body fits all along the straight line between two points."""
        return bool((self.clearances_m(self.segment(a_m, b_m)) >= self.radius_m).all())

    def segment(self, a_m: tuple[float, float], b_m: tuple[float, float]) -> NDArray[np.float64]:
        """Return points (n, 2) from a to b, half a cell apart at most."""
        length_m = math.hypot(b_m[0] - a_m[0], b_m[1] - a_m[1])
        count = math.ceil(length_m / (self.resolution_m / 2)) + 1
        along = np.linspace(0.0, 1.0, max(count, 2))[:, None]
        return np.asarray(a_m) * (1 - along) + np.asarray(b_m) * along


def occupancy(
    scene: Scene, radius_m: float, low_m: float = 0.05, high_m: float = 1.0, resolution_m: float = 0.05
) -> OccupancyGrid:
    """Return where a body of ``radius_m`` can stand.

    Args:
        scene: The scene.
        radius_m: Radius of the body; 0 gives the solids themselves.
        low_m: What ends at or below this height is stepped over.
        high_m: What begins at or above this height is passed under.
        resolution_m: Side of a cell.

    Raises:
        SceneError: A length isn't finite or positive, the grid would have over 25 million cells, or the scene's mesh
            can't be read.
    """
    lengths = (radius_m, low_m, high_m, resolution_m)
    if not all(math.isfinite(v) for v in lengths) or radius_m < 0 or resolution_m <= 0 or low_m > high_m:
        raise SceneError(
            "occupancy needs finite lengths, radius_m >= 0, resolution_m > 0 and low_m <= high_m; got "
            f"radius_m={radius_m!r}, low_m={low_m!r}, high_m={high_m!r}, resolution_m={resolution_m!r}"
        )
    (x0, y0), (nx, ny) = scene.origin_m, (math.ceil(side / resolution_m - 1e-9) for side in scene.size_m)
    if nx * ny > MAX_CELLS:
        raise SceneError(f"a grid of {nx} x {ny} cells is too fine; use a coarser resolution_m")
    xs = x0 + (np.arange(nx, dtype=np.float64) + 0.5) * resolution_m
    ys = y0 + (np.arange(ny, dtype=np.float64) + 0.5) * resolution_m
    cap_m = radius_m + CLEARANCE_CAP_M
    squared = np.full((nx, ny), cap_m * cap_m)
    if scene.mesh is not None:
        from navila_sdk.scenes.mesh.place import mesh_clearances_m

        np.minimum(squared, mesh_clearances_m(scene.mesh, tuple(xs), tuple(ys), low_m, high_m) ** 2, out=squared)
    for solid in scene.solids:
        if _overlaps(solid, low_m, high_m):
            _lower(squared, xs, ys, solid, cap_m, (low_m, high_m))
    free = (squared > 0) & (squared >= radius_m * radius_m)  # never inside a solid, however small the body
    return OccupancyGrid(free, np.sqrt(squared), radius_m, resolution_m, scene.origin_m)


def _overlaps(solid: Solid, low_m: float, high_m: float) -> bool:
    half_m = solid.size_m[2] / 2
    return solid.center_m[2] - half_m < high_m and solid.center_m[2] + half_m > low_m


def solid_distance_squared(
    solid: Solid,
    x_m: NDArray[np.float64],
    y_m: NDArray[np.float64],
    band_m: tuple[float, float] = (0.05, 1.0),
) -> NDArray[np.float64]:
    """Return squared distances in m² from points to what of a solid lies in a band of heights; 0 inside."""
    dx, dy = x_m - solid.center_m[0], y_m - solid.center_m[1]
    if solid.shape is Shape.BOX:
        if solid.yaw_rad != 0.0:
            c, s = math.cos(solid.yaw_rad), math.sin(solid.yaw_rad)
            dx, dy = c * dx + s * dy, c * dy - s * dx
        ex = np.maximum(np.abs(dx) - solid.size_m[0] / 2, 0.0)
        ey = np.maximum(np.abs(dy) - solid.size_m[1] / 2, 0.0)
        return ex * ex + ey * ey
    out: NDArray[Any] = np.maximum(np.sqrt(dx * dx + dy * dy) - _widest_m(solid, band_m), 0.0)
    return out * out


def _widest_m(solid: Solid, band_m: tuple[float, float]) -> float:
    """Return the radius of a round solid where it's widest within the band."""
    radius_m = solid.size_m[0] / 2
    if solid.shape is Shape.CYLINDER:
        return radius_m
    offset_m = min(max(solid.center_m[2], band_m[0]), band_m[1]) - solid.center_m[2]
    return math.sqrt(max(radius_m * radius_m - offset_m * offset_m, 0.0))


def _lower(
    squared: NDArray[np.float64],
    xs: NDArray[np.float64],
    ys: NDArray[np.float64],
    solid: Solid,
    cap_m: float,
    band_m: tuple[float, float],
) -> None:
    """Lower the squared distances around one solid, as far as the cap reaches."""
    width_m, depth_m = solid.size_m[:2]
    if solid.shape is Shape.BOX and solid.yaw_rad != 0.0:
        width_m = depth_m = math.hypot(width_m, depth_m)
    x0, x1 = np.searchsorted(xs, (solid.center_m[0] - width_m / 2 - cap_m, solid.center_m[0] + width_m / 2 + cap_m))
    y0, y1 = np.searchsorted(ys, (solid.center_m[1] - depth_m / 2 - cap_m, solid.center_m[1] + depth_m / 2 + cap_m))
    window = squared[x0:x1, y0:y1]
    np.minimum(window, solid_distance_squared(solid, xs[x0:x1, None], ys[None, y0:y1], band_m), out=window)
