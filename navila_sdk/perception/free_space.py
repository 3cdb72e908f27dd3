"""Free distance around a body, for the safety zones: from a cloud, a depth image or a height map.

A bearing where nothing was hit is free: a sensor's gaps aren't obstacles. A sensor that gives NaN, or nothing at all,
is blind, and the scan says NaN: the safety chain then stops the robot.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from navila_sdk.embodiment import Camera, Embodiment
from navila_sdk.observation import RangeScan
from navila_sdk.perception.depth import depth_points
from navila_sdk.perception.height_map import HeightMap

BEARINGS = 120
_BEARING_RAD: NDArray[np.float64] = np.array([(i + 0.5) * math.tau / BEARINGS - math.pi for i in range(BEARINGS)])
_BEARING_RAD.flags.writeable = False


def scan_of_cloud(points_m: NDArray[np.floating], body: Embodiment, time_s: float) -> RangeScan:
    """Return the scan of a cloud: what lies between the body's clearance and its top is in its way.

    Args:
        points_m: (N, 3), in the base frame turned level. Empty, or with NaN in it, is blind.
        body: The robot.
        time_s: When it was taken, on the robot's clock.
    """
    if len(points_m) == 0 or not np.isfinite(points_m).all():
        return _blind(time_s)
    return _nearest(_in_the_way(points_m, body), time_s)


def scan_of_depth(depth_m: NDArray[np.floating], camera: Camera, body: Embodiment, time_s: float) -> RangeScan:
    """Return the scan of a depth image; beyond its field of view everything reads free.

    Args:
        depth_m: (H, W): distance along the optical axis; inf where nothing is hit. NaN is blind.
        camera: What took it.
        body: The robot, standing level.
        time_s: When it was taken, on the robot's clock.

    Raises:
        ObservationError: The image isn't two-dimensional, or empty.
    """
    if np.isnan(depth_m).any():
        return _blind(time_s)
    return _nearest(_in_the_way(depth_points(depth_m, camera, body.base_height_m), body), time_s)


def scan_of_heights(heights: HeightMap, body: Embodiment, time_s: float) -> RangeScan:
    """Return the scan of a height map: cells over the body's clearance are in its way, and so are drops as deep.

    Args:
        heights: Ground over the base, in a frame aligned with the heading; NaN where nothing is known. Where nothing at
            all is known it's blind.
        body: The robot.
        time_s: When it was made, on the robot's clock.
    """
    known = np.isfinite(heights.heights_m)
    if not known.any():
        return _blind(time_s)
    step_m = np.abs(heights.heights_m + body.base_height_m)
    blocked = known & (step_m > body.footprint.clearance_m)
    rows, columns = np.nonzero(blocked)
    spec = heights.spec
    x, y = spec.x_min_m + rows * spec.resolution_m, spec.y_min_m + columns * spec.resolution_m
    scan = _nearest(np.stack([x, y], axis=1).astype(np.float64), time_s)
    # What fills a cell may stand at its near edge.
    return RangeScan(scan.bearing_rad, np.maximum(scan.range_m - spec.resolution_m, 0.0), time_s)


def _in_the_way(points_m: NDArray[np.floating], body: Embodiment) -> NDArray[np.float64]:
    low_m = body.footprint.clearance_m - body.base_height_m
    high_m = body.footprint.height_m - body.base_height_m
    kept = (points_m[:, 2] > low_m) & (points_m[:, 2] < high_m)
    return points_m[kept, :2].astype(np.float64)


def _nearest(points_m: NDArray[np.float64], time_s: float) -> RangeScan:
    """Return the nearest of points (N, 2) on each bearing."""
    ranges = np.full(BEARINGS, np.inf)
    turned = (np.arctan2(points_m[:, 1], points_m[:, 0]) + math.pi) * (BEARINGS / math.tau)
    np.minimum.at(ranges, turned.astype(np.intp) % BEARINGS, np.hypot(points_m[:, 0], points_m[:, 1]))
    return RangeScan(_BEARING_RAD, ranges, time_s)


def _blind(time_s: float) -> RangeScan:
    return RangeScan(_BEARING_RAD, np.full(BEARINGS, np.nan), time_s)
