"""A height map as a value, and the plain way to make one: the highest point over each cell."""

from __future__ import annotations

import attrs
import numpy as np
from numpy.typing import NDArray

from navila_sdk.embodiment import HeightMapSpec
from navila_sdk.errors import ObservationError


@attrs.frozen(slots=True, eq=False)
class HeightMap:
    """Terrain around the robot.

    Attributes:
        heights_m: float32 (nx, ny), rows along x from rear to front, columns along y from right to left: height
            relative to the base origin, in the yaw-aligned base frame; NaN where nothing was seen.
        spec: The grid.
        time_s: When it was sensed.
    """

    heights_m: NDArray[np.float32]
    spec: HeightMapSpec
    time_s: float = 0.0

    def __attrs_post_init__(self) -> None:
        if self.heights_m.shape != self.spec.shape:
            raise ObservationError(f"a height map of this spec has shape {self.spec.shape}; got {self.heights_m.shape}")

    @property
    def known_share(self) -> float:
        """Share of the cells that were seen."""
        return np.count_nonzero(np.isfinite(self.heights_m)) / self.heights_m.size

    def filled(self, height_m: float) -> NDArray[np.float32]:
        """Return the heights with ``height_m`` where nothing was seen."""
        return np.where(np.isfinite(self.heights_m), self.heights_m, np.float32(height_m)).astype(np.float32)


def height_map_of(points_m: NDArray[np.floating], spec: HeightMapSpec, time_s: float = 0.0) -> HeightMap:
    """Return the highest point over each cell.

    Args:
        points_m: (N, 3) in the yaw-aligned base frame; points with NaN or infinity count as unseen.
        spec: The grid; a cell reaches half a resolution around its point.
        time_s: When the points were sensed.

    Raises:
        ObservationError: The points aren't (N, 3).
    """
    if points_m.ndim != 2 or points_m.shape[1] != 3:
        raise ObservationError(f"points must have shape (N, 3); got {points_m.shape}")
    points = points_m[np.isfinite(points_m).all(axis=1)]
    nx, ny = spec.shape
    column = np.floor((points[:, 0] - spec.x_min_m) / spec.resolution_m + 0.5)
    row = np.floor((points[:, 1] - spec.y_min_m) / spec.resolution_m + 0.5)
    inside = (column >= 0) & (column < nx) & (row >= 0) & (row < ny)
    heights = np.full((nx, ny), -np.inf, np.float32)
    cells = column[inside].astype(np.intp), row[inside].astype(np.intp)
    np.maximum.at(heights, cells, points[inside, 2].astype(np.float32))
    heights[np.isneginf(heights)] = np.nan
    return HeightMap(heights, spec, time_s)
