"""LiDAR clouds off the wire (PointCloud2), checked, and the flat scan that the safety zones live on."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from navila_sdk.embodiment import Embodiment
from navila_sdk.observation import RangeScan

FLOAT32 = 7
"""PointField's code of a float32."""
BEARINGS = 120
MAX_POINTS = 1_000_000


def points_of(message: Any) -> NDArray[np.float32] | None:  # noqa: ANN401 - the SDK publishes no types
    """Return a PointCloud2's points, float32 (N, 3), in its own frame; None where the message isn't sound."""
    offsets = {field.name: field.offset for field in message.fields if field.datatype == FLOAT32}
    step, count = int(message.point_step), int(message.width) * int(message.height)
    data = bytes(message.data)
    if not {"x", "y", "z"} <= offsets.keys() or count > MAX_POINTS or step < 12 or len(data) < step * count:
        return None
    if max(offsets[axis] for axis in "xyz") + 4 > step:
        return None
    kind = np.dtype(
        {
            "names": ["x", "y", "z"],
            "formats": [">f4" if message.is_bigendian else "<f4"] * 3,
            "offsets": [offsets[axis] for axis in "xyz"],
            "itemsize": step,
        }
    )
    rows = np.frombuffer(data, kind, count)
    return np.stack([rows["x"], rows["y"], rows["z"]], axis=1).astype(np.float32)


def packed(points_m: NDArray[np.float32]) -> bytes:
    """Return points, float32 (N, 3), as the data of a PointCloud2 with fields x, y, z and a step of 12."""
    return np.ascontiguousarray(points_m, "<f4").tobytes()


class Flattener:
    """Makes the safety zones' scan of a cloud in the base frame turned level.

    A bearing where nothing was hit is free: a LiDAR's gaps aren't obstacles. A cloud with NaN in it, or an empty
    one, is a blind sensor, and the scan says NaN.

    Args:
        body: The robot; what lies between its clearance and its top is in its way.
    """

    def __init__(self, body: Embodiment) -> None:
        self._low_m = body.footprint.clearance_m - body.base_height_m
        self._high_m = body.footprint.height_m - body.base_height_m
        self._bearing: NDArray[np.float64] = np.array(
            [(i + 0.5) * math.tau / BEARINGS - math.pi for i in range(BEARINGS)]
        )

    def scan(self, points_m: NDArray[np.float32], time_s: float) -> RangeScan:
        """Return the scan of points, float32 (N, 3)."""
        if len(points_m) == 0 or not np.isfinite(points_m).all():
            return RangeScan(self._bearing, np.full(BEARINGS, np.nan), time_s)
        ranges = np.full(BEARINGS, np.inf)
        tall = points_m[(points_m[:, 2] > self._low_m) & (points_m[:, 2] < self._high_m)].astype(np.float64)
        turned = (np.arctan2(tall[:, 1], tall[:, 0]) + math.pi) * (BEARINGS / math.tau)
        np.minimum.at(ranges, turned.astype(np.intp) % BEARINGS, np.hypot(tall[:, 0], tall[:, 1]))
        return RangeScan(self._bearing, ranges, time_s)
