"""NaVILA's LiDAR height map for its Go-class quadruped policy, number for number as its code makes it.

Source: legged-loco mdp/observations.py, height_map_lidar. The grid lies in a LiDAR frame whose x axis points
backwards and z axis down and a little forward. The paper describes the lowest value of each voxel, then the
maximum over five scans; the code takes one scan and a 3x3 maximum instead. Both are here.
"""

from __future__ import annotations

import collections

import numpy as np
from numpy.typing import NDArray

from navila_sdk.embodiment import HeightMapSpec
from navila_sdk.errors import ObservationError
from navila_sdk.perception.height_map import HeightMap

Floats = NDArray[np.float32]

_CELL_M = 0.06
_X_EDGES = np.arange(-0.8, 0.2, _CELL_M).astype(np.float32)
_Y_EDGES = np.arange(-0.8, 0.8, _CELL_M).astype(np.float32)
_X_MAX_M, _Y_MAX_M, _Z_MAX_M = 0.2 + 1e-9, 0.8 + 1e-9, 5.0 + 1e-9
_NEAREST_M = 0.05
_MOUNT_WXYZ = np.array([-0.131, 0.0, -0.991, 0.0], np.float32)  # not of unit length upstream, either
_PAPER_SCANS = 5
NAVILA_CELLS: tuple[int, int] = (len(_X_EDGES), len(_Y_EDGES))


def _product(a: Floats, b: Floats) -> Floats:
    """Return the Hamilton product of two quaternions, w first."""
    w1, x1, y1, z1 = a
    w2, x2, y2, z2 = b
    return np.array(
        [
            w1 * w2 - x1 * x2 - y1 * y2 - z1 * z2,
            w1 * x2 + x1 * w2 + y1 * z2 - z1 * y2,
            w1 * y2 - x1 * z2 + y1 * w2 + z1 * x2,
            w1 * z2 + x1 * y2 - y1 * x2 + z1 * w2,
        ],
        np.float32,
    )


def _into_frame(quaternion: Floats) -> Floats:
    """Return the matrix (3, 3) that turns world vectors into a frame given by its quaternion, w first."""
    w, x, y, z = quaternion
    axis = quaternion[1:]
    across = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]], np.float32)
    return (2 * w * w - 1) * np.eye(3, dtype=np.float32) - 2 * w * across + 2 * np.outer(axis, axis)


def _bin(edges: Floats, values: Floats) -> NDArray[np.intp]:
    """Return the last bin whose edge lies below each value."""
    return np.asarray(np.searchsorted(edges, values), np.intp) - np.intp(1)


def _lowest(hits_w: Floats, sensor_w: Floats, base_wxyz: Floats) -> Floats:
    """Return the smallest distance below the sensor in each cell; 0 where it's nothing or too near."""
    if hits_w.ndim != 2 or hits_w.shape[1] != 3 or sensor_w.shape != (3,) or base_wxyz.shape != (4,):
        raise ObservationError(
            "the map needs hits (N, 3), a sensor position (3,) and a quaternion (4,); got "
            f"{hits_w.shape}, {sensor_w.shape}, {base_wxyz.shape}"
        )
    rays = hits_w.astype(np.float32) - sensor_w.astype(np.float32)
    finite = np.isfinite(rays)
    if not finite.all():
        rays = np.where(finite, rays, np.float32(0))
    x, y, z = _into_frame(_product(base_wxyz.astype(np.float32), _MOUNT_WXYZ)) @ rays.T
    kept = (x > _X_EDGES[0]) & (x <= _X_MAX_M) & (y > _Y_EDGES[0]) & (y <= _Y_MAX_M) & (z >= 0) & (z <= _Z_MAX_M)
    row, column = _bin(_X_EDGES, x[kept]), _bin(_Y_EDGES, y[kept])
    lowest = np.full(len(_X_EDGES) * len(_Y_EDGES), np.inf, np.float32)
    np.minimum.at(lowest, row * len(_Y_EDGES) + column, z[kept])
    lowest[np.isinf(lowest) | (lowest < _NEAREST_M)] = 0
    return lowest.reshape(NAVILA_CELLS)


def navila_height_map(hits_w: Floats, sensor_w: Floats, base_wxyz: Floats) -> Floats:
    """Return the map as the published policies were fed it.

    Args:
        hits_w: float32 (N, 3): where the rays ended, in the world; inf or NaN where one hit nothing (it then
            counts as a point at the sensor, as upstream).
        sensor_w: float32 (3,): the sensor's position in the world.
        base_wxyz: float32 (4,): orientation of the base in the world.

    Returns:
        float32 (459,): 17 rows from front to rear of 27 columns from right to left.

    Raises:
        ObservationError: An input has another shape.
    """
    lowest = _lowest(hits_w, sensor_w, base_wxyz)
    framed = np.pad(lowest, 1, constant_values=-np.inf)
    across = np.maximum(np.maximum(framed[:, :-2], framed[:, 1:-1]), framed[:, 2:])
    return np.maximum(np.maximum(across[:-2], across[1:-1]), across[2:]).ravel()


def navila_scan_map(
    hits_w: NDArray[np.floating],
    sensor_w: NDArray[np.floating],
    base_wxyz: NDArray[np.floating],
    spec: HeightMapSpec,
    time_s: float,
) -> HeightMap:
    """Return the same map of one scan as a value: heights from the sensor, and NaN for a 0, upstream's unknown.

    Args:
        hits_w: (N, 3): as ``navila_height_map`` takes them, of any precision.
        sensor_w: (3,).
        base_wxyz: (4,).
        spec: The grid, in NaVILA's own frame.
        time_s: When it was sensed.

    Raises:
        ObservationError: An input has another shape, or the grid another size than NaVILA's.
    """
    parts = (part.astype(np.float32) for part in (hits_w, sensor_w, base_wxyz))
    below = navila_height_map(*parts)
    heights = np.where(below > 0, -below, np.nan).reshape(NAVILA_CELLS)
    return HeightMap(heights.astype(np.float32), spec, time_s)


class PaperHeightMap:
    """The map as the paper describes it: each voxel's lowest value, the maximum over the last five scans."""

    def __init__(self) -> None:
        self._scans: collections.deque[Floats] = collections.deque(maxlen=_PAPER_SCANS)

    def reset(self) -> None:
        """Forget earlier scans."""
        self._scans.clear()

    def add(self, hits_w: Floats, sensor_w: Floats, base_wxyz: Floats) -> Floats:
        """Take a scan and return the map, float32 (459,); arguments as ``navila_height_map``."""
        self._scans.append(_lowest(hits_w, sensor_w, base_wxyz))
        return np.max(self._scans, axis=0).ravel()
