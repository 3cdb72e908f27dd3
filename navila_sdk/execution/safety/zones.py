"""Slow and stop zones: how fast the body may move towards what its range scan sees.

The zone is the corridor the footprint sweeps in the direction of travel. Within it the speed follows the
braking law v = sqrt(2 a d) and is zero at the stop distance. Turning in place is not limited.
"""

from __future__ import annotations

import math

import numpy as np

from navila_sdk.embodiment import Footprint
from navila_sdk.execution.safety.settings import SafetySettings
from navila_sdk.geometry import Twist
from navila_sdk.observation import RangeScan

_MOVING_MPS = 1e-6


class Zones:
    """Limits translation by the free distance ahead of the footprint."""

    def __init__(self, footprint: Footprint, settings: SafetySettings) -> None:
        self._half_length_m = footprint.length_m / 2
        self._half_width_m = footprint.width_m / 2
        self._settings = settings
        self._scan: RangeScan | None = None
        self._points = np.empty((0, 2))
        self._blind = False

    def _look(self, scan: RangeScan) -> None:
        """Turn the scan into points, once per scan."""
        if scan is self._scan:
            return
        self._scan = scan
        self._blind = bool(np.isnan(scan.range_m).any())
        hit = np.isfinite(scan.range_m)
        ranges, bearings = scan.range_m[hit], scan.bearing_rad[hit]
        self._points = np.stack([ranges * np.cos(bearings), ranges * np.sin(bearings)], axis=1)

    def free_m(self, scan: RangeScan, direction_rad: float) -> float:
        """Return how far the footprint can move along a body-frame direction; inf if nothing is in the way.

        Points inside the footprint don't count: a body can always move out of contact.
        """
        self._look(scan)
        ux, uy = math.cos(direction_rad), math.sin(direction_rad)
        front = abs(ux) * self._half_length_m + abs(uy) * self._half_width_m
        side = abs(uy) * self._half_length_m + abs(ux) * self._half_width_m + self._settings.margin_m
        along = self._points @ np.array((ux, uy))
        across = self._points @ np.array((-uy, ux))
        inside = (np.abs(self._points[:, 0]) < self._half_length_m) & (np.abs(self._points[:, 1]) < self._half_width_m)
        ahead = (np.abs(across) < side) & (along > front - self._settings.margin_m) & ~inside
        return float(along[ahead].min() - front) if ahead.any() else math.inf

    def apply(self, twist: Twist, scan: RangeScan | None) -> tuple[Twist, str]:
        """Return the allowed twist and why it was cut ("" where it wasn't)."""
        if scan is None or twist.speed_mps < _MOVING_MPS:
            return twist, ""
        self._look(scan)
        if self._blind:
            return Twist(), "range scan holds NaN: counts as an obstacle"
        free_m = self.free_m(scan, math.atan2(twist.vy_mps, twist.vx_mps))
        room_m = free_m - self._settings.stop_distance_m
        if room_m <= 0:
            return Twist(0.0, 0.0, twist.wz_radps), f"obstacle {max(free_m, 0.0):.2f} m ahead"
        allowed_mps = math.sqrt(2 * self._settings.braking_mps2 * room_m)
        if allowed_mps >= twist.speed_mps:
            return twist, ""
        factor = allowed_mps / twist.speed_mps
        return Twist(twist.vx_mps * factor, twist.vy_mps * factor, twist.wz_radps), ""
