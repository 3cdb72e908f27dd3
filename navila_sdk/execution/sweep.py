"""What a box-shaped body meets when it moves: a scan's points around it, how far it turns before it touches them."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from navila_sdk.observation import RangeScan

Points = NDArray[np.float64]
_STILL = 1e-9
"""Slower along an axis is no motion along it."""


def met_points(scan: RangeScan) -> Points:
    """Return what a scan met, float64 (N, 2), in metres ahead and left of the body's middle."""
    hit = np.isfinite(scan.range_m)
    ranges, bearings = scan.range_m[hit], scan.bearing_rad[hit]
    return np.stack([ranges * np.cos(bearings), ranges * np.sin(bearings)], axis=1)


def inside(points: Points, half_x: float, half_y: float) -> NDArray[np.bool_]:
    """Return which points (..., 2) lie within a box about the middle."""
    return (np.abs(points[..., 0]) < half_x) & (np.abs(points[..., 1]) < half_y)


def around(scan: RangeScan, half_x: float, half_y: float) -> Points:
    """Return what a scan met outside a box about the middle: what lies inside can only be moved away from."""
    points = met_points(scan)
    return points[~inside(points, half_x, half_y)]


def way_to_touch(points: Points, half_x: float, half_y: float, direction: tuple[float, float]) -> NDArray[np.float64]:
    """Return how far a box moves straight on before each point is at its edge, in metres.

    Args:
        points: Float64 (..., 2).
        half_x: Half its length.
        half_y: Half its width.
        direction: Unit vector of the motion, ahead and left.

    Returns:
        Float64 (...); infinite for points that it passes or leaves behind, below zero for points inside.
    """
    entry, leaving = np.full(points.shape[:-1], -math.inf), np.full(points.shape[:-1], math.inf)
    for axis, half in ((0, half_x), (1, half_y)):
        at, pace = points[..., axis], direction[axis]
        if abs(pace) < _STILL:
            beside = np.abs(at) >= half
            entry, leaving = np.where(beside, math.inf, entry), np.where(beside, -math.inf, leaving)
            continue
        ends = (at - half) / pace, (at + half) / pace
        entry, leaving = np.maximum(entry, np.minimum(*ends)), np.minimum(leaving, np.maximum(*ends))
    return np.where((entry < leaving) & (leaving > 0), entry, math.inf)


def turn_to_touch(points: Points, half_x: float, half_y: float, left: bool) -> NDArray[np.float64]:
    """Return how far a box turns about its middle before each point is at its edge, in rad.

    Args:
        points: Float64 (..., 2), outside the box.
        half_x: Half its length.
        half_y: Half its width.
        left: Which way it turns.

    Returns:
        Float64 (...); infinite for points that its corners don't reach.
    """
    x, y = points[..., 0], points[..., 1] if left else -points[..., 1]
    radius, bearing = np.hypot(x, y), np.arctan2(y, x)
    # Seen from the box, points go round the other way. At a radius, the box holds what lies between these two angles,
    # in each quadrant; a point enters at the end it meets first.
    low = np.arccos(half_x / np.maximum(radius, half_x))
    high = np.arcsin(half_y / np.maximum(radius, half_y))
    entries = np.stack([high, -low, math.pi - low, math.pi + high])
    turns = np.mod(bearing - entries, math.tau).min(axis=0)
    return np.where(radius < math.hypot(half_x, half_y), turns, math.inf)
