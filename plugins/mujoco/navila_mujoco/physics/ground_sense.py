"""What a walking body knows of the ground: its scans gathered in odometry, or the truth for comparison."""

from __future__ import annotations

import math
from typing import Protocol

import numpy as np

from navila_mujoco.options import GroundSource
from navila_mujoco.physics.rangefinder import Rangefinder
from navila_mujoco.physics.walker import Walker
from navila_mujoco.sight import Sight
from navila_sdk.embodiment import Embodiment, HeightMapSpec
from navila_sdk.errors import CapabilityError
from navila_sdk.geometry import Pose2
from navila_sdk.perception.beams import ground_beams, level_points, lidar_beams
from navila_sdk.perception.elevation import ElevationMemory
from navila_sdk.perception.height_map import HeightMap
from navila_sdk.perception.navila_map import navila_scan_map
from navila_sdk.scenes.ground import ground_height_m
from navila_sdk.scenes.scene import Scene

_EPSILON_S = 1e-9
_STANDS_ON_M = 1.5
_REACH_M = 3.0
_FAR_M = 30.0


class GroundSense(Protocol):
    """Makes the height map of each control tick."""

    def look(self, walker: Walker, odometry: Pose2) -> HeightMap:
        """Return the map now.

        Args:
            walker: The body.
            odometry: Where odometry believes it to be.
        """
        ...


class SensedGround:
    """Gathers the body's own scans; drifts as odometry drifts."""

    def __init__(self, embodiment: Embodiment, sight: Sight, spec: HeightMapSpec) -> None:
        beams, self._period_s = ground_beams(embodiment)
        self._rays = Rangefinder(beams, sight)
        self._spec = spec
        self._memory = ElevationMemory()
        self._last_s = -math.inf

    def look(self, walker: Walker, odometry: Pose2) -> HeightMap:
        """Return the map now, taking in a scan if one is due."""
        (base_m, wxyz), time_s = walker.base, float(walker.data.time)
        if time_s < self._last_s or self._last_s == -math.inf:
            self._last_s = -math.inf
            self._memory.stand(odometry, walker.lowest_m(), _STANDS_ON_M, time_s)
        if time_s - self._last_s >= self._period_s - _EPSILON_S:
            hits, _ = self._rays.scan(base_m, wxyz, _REACH_M)
            x, y, z = level_points(hits, base_m, walker.pose.yaw_rad).T
            c, s = math.cos(odometry.yaw_rad), math.sin(odometry.yaw_rad)
            points = np.stack([odometry.x_m + c * x - s * y, odometry.y_m + s * x + c * y, z + base_m[2]], axis=1)
            self._memory.add(points, (odometry.x_m, odometry.y_m, float(base_m[2])), time_s)
            self._last_s = time_s
        return self._memory.around(odometry, float(base_m[2]), self._spec)


class ExactGround:
    """Knows the scene's ground; obstacles count as what they are, too high to step on."""

    def __init__(self, scene: Scene, spec: HeightMapSpec) -> None:
        self._scene, self._spec = scene, spec
        nx, ny = spec.shape
        self._x = spec.x_min_m + spec.resolution_m * np.arange(nx)[:, None]
        self._y = spec.y_min_m + spec.resolution_m * np.arange(ny)[None, :]

    def look(self, walker: Walker, odometry: Pose2) -> HeightMap:
        """Return the map now."""
        del odometry
        true = walker.pose
        c, s = math.cos(true.yaw_rad), math.sin(true.yaw_rad)
        x, y = true.x_m + c * self._x - s * self._y, true.y_m + s * self._x + c * self._y
        heights = ground_height_m(self._scene, x, y) - walker.base[0][2]
        return HeightMap(heights.astype(np.float32), self._spec, float(walker.data.time))


class NavilaGround:
    """The map that NaVILA's published quadruped policy was fed: one scan each tick, no memory."""

    def __init__(self, embodiment: Embodiment, sight: Sight, spec: HeightMapSpec) -> None:
        if embodiment.lidar is None:
            raise CapabilityError(f"{embodiment.name} has no LiDAR, which this policy's height map is made from")
        self._rays = Rangefinder(lidar_beams(embodiment.lidar, embodiment.base_height_m), sight)
        self._spec = spec

    def look(self, walker: Walker, odometry: Pose2) -> HeightMap:
        """Return the map of this moment's scan."""
        del odometry
        base_m, wxyz = walker.base
        hits, sensor = self._rays.scan(base_m, wxyz, _FAR_M)
        return navila_scan_map(hits, sensor, wxyz, self._spec, float(walker.data.time))


def ground_sense(
    embodiment: Embodiment,
    scene: Scene,
    sight: Sight,
    spec: HeightMapSpec,
    source: GroundSource,
) -> GroundSense:
    """Return what makes a policy's height maps.

    Args:
        embodiment: The body and its sensors.
        scene: Where it walks.
        sight: What its sensors see.
        spec: The grid the policy wants.
        source: From sensors, or the truth.
    """
    if spec.frame == "navila-lidar":
        return NavilaGround(embodiment, sight, spec)
    if source is GroundSource.EXACT:
        return ExactGround(scene, spec)
    return SensedGround(embodiment, sight, spec)
