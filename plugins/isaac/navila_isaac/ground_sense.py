"""What a walking body knows of the ground: its own scans gathered in odometry, or a ray straight down per cell."""

from __future__ import annotations

import math
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from navila_isaac.frames import matrix, pose_of
from navila_isaac.options import GroundSource
from navila_isaac.rays import GROUND_REACH_M, RayBundle, beam_bundle, lidar_bundle, plumb_rays
from navila_isaac.simulator import Reading, Simulator
from navila_sdk.embodiment import Embodiment, HeightMapSpec
from navila_sdk.errors import CapabilityError
from navila_sdk.geometry import Pose2
from navila_sdk.perception.beams import ground_beams
from navila_sdk.perception.elevation import ElevationMemory
from navila_sdk.perception.height_map import HeightMap
from navila_sdk.perception.navila_map import navila_scan_map

Floats = NDArray[np.float64]

_EPSILON_S = 1e-9
_STANDS_ON_M = 1.5


class GroundSense(Protocol):
    """Makes the height map of each control tick."""

    bundle: RayBundle

    def stand(self, pose: Pose2, floor_m: float, time_s: float) -> None:
        """Forget what was known: the body is put somewhere, on ground of that height in the scene."""
        ...

    def look(self, simulator: Simulator, reading: Reading, time_s: float) -> HeightMap:
        """Return the map now.

        Args:
            simulator: Casts the bundle.
            reading: The body.
            time_s: On the robot's clock.
        """
        ...


class SensedGround:
    """Gathers scans of the depth camera for the ground, else of the LiDAR, else of the only camera.

    Args:
        body: The record.
        spec: The grid the policy wants.
    """

    def __init__(self, body: Embodiment, spec: HeightMapSpec) -> None:
        beams, self._period_s = ground_beams(body)
        self.bundle = beam_bundle("ground", beams, GROUND_REACH_M)
        self._spec = spec
        self._memory = ElevationMemory()
        self._last_s = -math.inf

    def stand(self, pose: Pose2, floor_m: float, time_s: float) -> None:
        """Forget what was known: what is under a body that stands is level until it's seen otherwise."""
        self._memory.stand(pose, floor_m, _STANDS_ON_M, time_s)
        self._last_s = -math.inf

    def look(self, simulator: Simulator, reading: Reading, time_s: float) -> HeightMap:
        """Return the map now, taking in a scan if one is due."""
        pose, height_m = pose_of(reading.position_m, reading.wxyz), float(reading.position_m[2])
        if time_s - self._last_s >= self._period_s - _EPSILON_S:
            points = simulator.cast(self.bundle.name)
            self._memory.add(points, (pose.x_m, pose.y_m, height_m), time_s)
            self._last_s = time_s
        return self._memory.around(pose, height_m, self._spec)


class PlumbedGround:
    """Knows what a ray straight down hits first, over each cell: Isaac Lab's height scanner."""

    def __init__(self, spec: HeightMapSpec) -> None:
        self.bundle, self._spec = plumb_rays(spec), spec

    def stand(self, pose: Pose2, floor_m: float, time_s: float) -> None:
        """Do nothing: every look is new."""

    def look(self, simulator: Simulator, reading: Reading, time_s: float) -> HeightMap:
        """Return the map now; a ray that hits nothing leaves its cell unknown."""
        heights = simulator.cast(self.bundle.name)[:, 2] - reading.position_m[2]
        heights[~np.isfinite(heights)] = np.nan
        return HeightMap(heights.reshape(self._spec.shape).astype(np.float32), self._spec, time_s)


class NavilaGround:
    """The map that NaVILA's published quadruped policy was fed: one LiDAR scan each tick, no memory."""

    def __init__(self, body: Embodiment, spec: HeightMapSpec) -> None:
        if body.lidar is None:
            raise CapabilityError(f"{body.name} has no LiDAR, which this policy's height map is made from")
        self.bundle, self._spec = lidar_bundle(body.lidar, body.base_height_m, "ground"), spec

    def stand(self, pose: Pose2, floor_m: float, time_s: float) -> None:
        """Do nothing: every look is new."""

    def look(self, simulator: Simulator, reading: Reading, time_s: float) -> HeightMap:
        """Return the map of this moment's scan."""
        hits = simulator.cast(self.bundle.name)
        sensor = reading.position_m + _turned(self.bundle.starts_m[0], reading)
        return navila_scan_map(hits, sensor, reading.wxyz, self._spec, time_s)


def _turned(offset_m: Floats, reading: Reading) -> Floats:
    return matrix(reading.wxyz) @ offset_m


def ground_sense(body: Embodiment, spec: HeightMapSpec, source: GroundSource) -> GroundSense:
    """Return what makes a policy's height maps.

    Raises:
        CapabilityError: The policy's map is made from a LiDAR, and the body has none.
    """
    if spec.frame == "navila-lidar":
        return NavilaGround(body, spec)
    return PlumbedGround(spec) if source is GroundSource.EXACT else SensedGround(body, spec)
