"""Range sensors: the LiDAR's cloud, and the flat scan that the safety zones live on."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from navila_mujoco.ground import Ground
from navila_mujoco.rays import turn
from navila_mujoco.sight import Sight
from navila_mujoco.strips import Strips
from navila_sdk.embodiment import Embodiment, Lidar
from navila_sdk.geometry import Pose2
from navila_sdk.observation import RangeScan
from navila_sdk.perception.beams import lidar_directions

SCAN_BEARINGS = 120
SCAN_REACH_M = 5.0
_FOV_SHRINK = 1e-6


class RayLidar:
    """A LiDAR on a level body.

    Args:
        lidar: Its mount and pattern.
        sight: What there is to hit, the floor included.
    """

    def __init__(self, lidar: Lidar, sight: Sight) -> None:
        self._strips = Strips(lidar_directions(lidar))
        self._local = self._strips.directions
        down = (self._local[:, 2] < -1e-9) & sight.plane
        self._plane_m = np.full(down.shape, np.inf)
        self._plane_m[down] = lidar.z_m / -self._local[down, 2]
        if sight.ceiling_m is not None and sight.ceiling_m > lidar.z_m:
            up = self._local[:, 2] > 1e-9
            self._plane_m[up] = (sight.ceiling_m - lidar.z_m) / self._local[up, 2]
        self._mount = np.array((lidar.x_m, lidar.y_m, lidar.z_m))
        self._reach_m = lidar.range_m
        self._rays = sight.rays(normals=False)

    def scan(self, pose: Pose2, base_height_m: float, lift_m: float = 0.0) -> NDArray[np.float32]:
        """Return the returns, float32 (N, 3), in the base frame, the base lifted; planes are only right without."""
        c, s = math.cos(pose.yaw_rad), math.sin(pose.yaw_rad)
        x, y, z = self._mount
        origin = (pose.x_m + c * x - s * y, pose.y_m + s * x + c * y, z + lift_m)
        self._rays.cast(origin, pose.yaw_rad, self._strips, self._reach_m)
        solid = np.where(self._rays.distance_m < 0, np.inf, self._rays.distance_m)
        distance = np.minimum(solid, self._plane_m)
        hit = distance <= self._reach_m
        points = self._mount + distance[hit, None] * self._local[hit]
        points[:, 2] -= base_height_m
        return points.astype(np.float32)


class BodyScan:
    """Free distance around the body at every height between its clearance and its top.

    A body without a LiDAR knows only what lies in its camera's horizontal field of view; the rest reads inf.

    Args:
        embodiment: The robot.
        ground: What it could bump into.
    """

    def __init__(self, embodiment: Embodiment, ground: Ground) -> None:
        self._ground = ground
        self._bearing = np.arange(SCAN_BEARINGS, dtype=np.float64) * (math.tau / SCAN_BEARINGS) - math.pi
        self._bearing.flags.writeable = False
        half = math.pi if embodiment.lidar else embodiment.camera.hfov_rad / 2
        seen = np.flatnonzero(np.abs(self._bearing) <= half + _FOV_SHRINK)
        self._seen = None if seen.size == SCAN_BEARINGS else seen
        local = np.zeros((seen.size, 3))
        local[:, 0], local[:, 1] = np.cos(self._bearing[seen]), np.sin(self._bearing[seen])
        self._local = local
        self._directions = np.zeros_like(local)
        self._reach_m = min(SCAN_REACH_M, embodiment.lidar.range_m) if embodiment.lidar else SCAN_REACH_M

    def scan(self, pose: Pose2, time_s: float) -> RangeScan:
        """Return the scan at a base pose, ranges rounded to 1 mm."""
        turn(self._local, pose.yaw_rad, self._directions)
        ranges = np.empty(self._local.shape[0])
        self._ground.fan(pose, self._directions.reshape(-1), self._reach_m, ranges)
        np.round(ranges, 3, out=ranges)
        if self._seen is not None:
            whole = np.full(SCAN_BEARINGS, np.inf)
            whole[self._seen] = ranges
            ranges = whole
        return RangeScan(self._bearing, ranges, time_s)
