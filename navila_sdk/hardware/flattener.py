"""From a cloud to the flat scan that the safety zones live on."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from navila_sdk.embodiment import Embodiment
from navila_sdk.observation import RangeScan

BEARINGS = 120


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
