"""The fence: ground the robot may be on, a polygon in odometry. Near its edge it slows, at it it stops.

A robot that stands outside, as odometry drifts, may only go back.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from navila_sdk.execution.safety.braking import braked
from navila_sdk.execution.safety.settings import SafetySettings
from navila_sdk.geometry import Pose2, Twist

_EDGE_M = 0.01


class Fence:
    """Keeps the base origin within a polygon.

    Args:
        settings: Its corners, and how a body brakes.
        response_s: How long the body goes on as before when its command changes.
    """

    def __init__(self, settings: SafetySettings, response_s: float) -> None:
        corners = np.array(settings.fence_m, float).reshape(-1, 2)
        self._from, self._to = corners, np.roll(corners, -1, axis=0)
        self._braking_mps2, self._response_s = settings.braking_mps2, response_s

    def apply(self, twist: Twist, pose: Pose2) -> tuple[Twist, str]:
        """Return the allowed twist and why it was stopped ("" where it was only slowed, or not at all)."""
        if not len(self._from) or (twist.vx_mps == 0 and twist.vy_mps == 0):
            return twist, ""
        way = pose.yaw_rad + math.atan2(twist.vy_mps, twist.vx_mps)
        along = np.array((math.cos(way), math.sin(way)))
        place = np.array((pose.x_m, pose.y_m))
        turn_only = Twist(0.0, 0.0, twist.wz_radps)
        if not self._holds(place):
            if float(along @ (self._nearest(place) - place)) > 0:
                return twist, ""
            return turn_only, f"outside the fence at ({pose.x_m:.2f}, {pose.y_m:.2f}) m, and leading away from it"
        room_m = self._room_m(place, along)
        if room_m <= _EDGE_M:
            return turn_only, "at the fence"
        allowed_mps = braked(room_m - _EDGE_M, self._braking_mps2, self._response_s)
        if allowed_mps >= twist.speed_mps:
            return twist, ""
        factor = allowed_mps / twist.speed_mps
        return Twist(twist.vx_mps * factor, twist.vy_mps * factor, twist.wz_radps), ""

    def _holds(self, place: NDArray[np.float64]) -> bool:
        (x0, y0), (x1, y1), (x, y) = self._from.T, self._to.T, place
        spans = (y0 > y) != (y1 > y)
        rise = np.where(y1 == y0, 1.0, y1 - y0)
        return bool(np.count_nonzero(spans & (x < x0 + (y - y0) / rise * (x1 - x0))) % 2)

    def _room_m(self, place: NDArray[np.float64], along: NDArray[np.float64]) -> float:
        """Return the way from a place inside to the edge."""
        edge, gap = self._to - self._from, self._from - place
        across = along[0] * edge[:, 1] - along[1] * edge[:, 0]
        safe = np.where(np.abs(across) < 1e-12, np.nan, across)
        way_m = (gap[:, 0] * edge[:, 1] - gap[:, 1] * edge[:, 0]) / safe
        part = (gap[:, 0] * along[1] - gap[:, 1] * along[0]) / safe
        met = (way_m >= 0) & (part >= 0) & (part <= 1)
        return float(way_m[met].min()) if met.any() else 0.0

    def _nearest(self, place: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the nearest point of the edge."""
        edge = self._to - self._from
        length = np.maximum((edge**2).sum(axis=1), 1e-12)
        part = np.clip(((place - self._from) * edge).sum(axis=1) / length, 0.0, 1.0)
        points = self._from + part[:, None] * edge
        return points[np.argmin(((points - place) ** 2).sum(axis=1))]
