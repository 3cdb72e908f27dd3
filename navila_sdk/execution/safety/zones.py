"""Slow and stop zones: how fast the body may move towards what its range scan sees.

Ahead, the zone is what the footprint and a margin sweep in the direction of travel: within it the speed follows the
braking law v = sqrt(2 a d), less what the body covers before it answers, and is zero at the stop distance. Turning,
it is the ring its corners sweep.
"""

from __future__ import annotations

import math

import attrs
import numpy as np

from navila_sdk.embodiment import Embodiment
from navila_sdk.execution.safety.braking import braked
from navila_sdk.execution.safety.settings import SafetySettings
from navila_sdk.execution.sweep import around, inside, turn_to_touch, way_to_touch
from navila_sdk.geometry import Twist
from navila_sdk.observation import RangeScan

_MOVING_MPS = 1e-6
_TOUCHING_RAD = 0.01
"""3 mm at a corner 0.3 m away: a range scan knows no more."""


class Zones:
    """Limits translation by the free distance ahead of the footprint, and turning by the free angle beside it."""

    def __init__(self, body: Embodiment, settings: SafetySettings) -> None:
        self._half_length_m = body.footprint.length_m / 2
        self._half_width_m = body.footprint.width_m / 2
        self._radius_m = body.footprint.radius_m
        self._response_s = body.mapping.response_s
        self._turn_braking_radps2 = body.limits.awz_max_radps2
        self._settings = settings
        self._scan: RangeScan | None = None
        self._points = np.empty((0, 2))
        self._beside = np.empty((0, 2))

    def _look(self, scan: RangeScan) -> None:
        """Turn the scan into points, once per scan: those outside the footprint, and those its corners can reach.

        Points inside the footprint don't count: a body can always move out of contact.
        """
        if scan is self._scan:
            return
        self._scan = scan
        self._points = around(scan, self._half_length_m, self._half_width_m)
        self._beside = self._points[np.hypot(*self._points.T) < self._radius_m]

    def free_m(self, scan: RangeScan, direction_rad: float) -> float:
        """Return how far the footprint can move along a body-frame direction; inf if nothing is in the way."""
        self._look(scan)
        if not len(self._points):
            return math.inf
        half_x, half_y, margin_m = self._half_length_m, self._half_width_m, self._settings.margin_m
        direction = math.cos(direction_rad), math.sin(direction_rad)
        near = inside(self._points, half_x + margin_m, half_y + margin_m)
        far_m = way_to_touch(self._points[~near], half_x + margin_m, half_y + margin_m, direction)
        # What is within the margin already may be passed or left, but not touched, nor met by the leading corner.
        close = self._points[near]
        front = abs(direction[0]) * half_x + abs(direction[1]) * half_y
        beyond_m = close @ np.array(direction) - front
        near_m = np.where(beyond_m > -margin_m, beyond_m, way_to_touch(close, half_x, half_y, direction))
        return float(min(far_m.min(initial=math.inf) + margin_m, near_m.min(initial=math.inf)))

    def free_rad(self, scan: RangeScan, left: bool) -> float:
        """Return how far the footprint can turn before a corner of it meets something; inf if nothing is so near."""
        self._look(scan)
        if not len(self._beside):
            return math.inf
        return float(turn_to_touch(self._beside, self._half_length_m, self._half_width_m, left).min())

    def apply(self, twist: Twist, scan: RangeScan | None, moved_m: float = 0.0) -> tuple[Twist, str]:
        """Return the allowed twist and why it was stopped ("" where it was only slowed, or not at all).

        Args:
            twist: What is asked.
            scan: What is around the body.
            moved_m: How far it may have moved since the scan.
        """
        if scan is None:
            return twist, ""
        straight, ahead = self._ahead(twist, scan, moved_m)
        turning, beside = self._beside_of(straight, scan)
        return turning, ahead or beside

    def _ahead(self, twist: Twist, scan: RangeScan, moved_m: float) -> tuple[Twist, str]:
        if twist.speed_mps < _MOVING_MPS:
            return twist, ""
        free_m = self.free_m(scan, math.atan2(twist.vy_mps, twist.vx_mps)) - moved_m
        room_m = free_m - self._settings.stop_distance_m
        if room_m <= 0:
            return Twist(0.0, 0.0, twist.wz_radps), f"obstacle {max(free_m, 0.0):.2f} m ahead"
        allowed_mps = braked(room_m, self._settings.braking_mps2, self._response_s)
        if allowed_mps >= twist.speed_mps:
            return twist, ""
        factor = allowed_mps / twist.speed_mps
        return Twist(twist.vx_mps * factor, twist.vy_mps * factor, twist.wz_radps), ""

    def _beside_of(self, twist: Twist, scan: RangeScan) -> tuple[Twist, str]:
        if twist.wz_radps == 0:
            return twist, ""
        free_rad = self.free_rad(scan, twist.wz_radps > 0)
        if free_rad <= _TOUCHING_RAD:
            way = "left" if twist.wz_radps > 0 else "right"
            return attrs.evolve(twist, wz_radps=0.0), f"obstacle beside the body: no room to turn {way}"
        allowed_radps = braked(free_rad, self._turn_braking_radps2, self._response_s)
        if allowed_radps >= abs(twist.wz_radps):
            return twist, ""
        return attrs.evolve(twist, wz_radps=math.copysign(allowed_radps, twist.wz_radps)), ""
