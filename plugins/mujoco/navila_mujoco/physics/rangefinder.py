"""A range sensor fixed to a body that sways and climbs: every ray turns with the base."""

from __future__ import annotations

import math

import mujoco
import numpy as np
from numpy.typing import NDArray

from navila_mujoco.lidar import lidar_directions
from navila_mujoco.sight import Sight
from navila_mujoco.view import pixel_directions
from navila_sdk.embodiment import Camera, Embodiment, Lidar

Floats = NDArray[np.float64]


class Rangefinder:
    """Casts a fixed bundle of rays from a moving base.

    Args:
        directions: (N, 3) unit vectors in the base frame.
        mount_m: Where the sensor sits from the base origin, in the base frame.
        sight: What there is to hit; the floor is a plane at 0.
    """

    def __init__(self, directions: Floats, mount_m: tuple[float, float, float], sight: Sight) -> None:
        self._local, self._mount, self._sight = directions, np.array(mount_m), sight
        count = len(directions)
        self._geom, self._distance = np.zeros(count, np.int32), np.zeros(count)

    def scan(self, base_m: Floats, wxyz: Floats, reach_m: float) -> tuple[Floats, Floats]:
        """Return where the rays end (N, 3), infinite where they hit nothing, and the sensor's place (3,); world frame.

        Args:
            base_m: (3,) the base origin in the world.
            wxyz: (4,) its orientation.
            reach_m: Longest distance.
        """
        flat = np.zeros(9)
        mujoco.mju_quat2Mat(flat, wxyz)
        rotation = flat.reshape(3, 3)
        directions = np.ascontiguousarray(self._local @ rotation.T)
        origin = base_m + rotation @ self._mount
        if self._sight.model.ngeom:
            mujoco.mj_multiRay(
                self._sight.model,
                self._sight.data,
                origin,
                directions.reshape(-1),
                None,
                1,
                -1,
                self._geom,
                self._distance,
                None,
                len(directions),
                reach_m,
            )
            distance = np.where(self._distance < 0, np.inf, self._distance)
        else:
            distance = np.full(len(directions), np.inf)
        if self._sight.surface is not None:
            distance = np.minimum(distance, self._sight.surface.cast(origin, directions).distance_m)
        down = (directions[:, 2] < -1e-9) & self._sight.plane
        plane = np.full(len(directions), np.inf)
        plane[down] = origin[2] / -directions[down, 2]
        ceiling_m = self._sight.ceiling_m
        if ceiling_m is not None and ceiling_m > origin[2]:
            up = directions[:, 2] > 1e-9
            plane[up] = (ceiling_m - origin[2]) / directions[up, 2]
        distance = np.minimum(distance, plane)
        distance[distance > reach_m] = np.inf
        with np.errstate(invalid="ignore"):
            hits = origin + distance[:, None] * directions
        hits[np.isinf(distance)] = np.inf
        return hits, origin


def lidar_finder(lidar: Lidar, base_height_m: float, sight: Sight) -> Rangefinder:
    """Return a LiDAR on a body of that standing height."""
    return Rangefinder(lidar_directions(lidar), (lidar.x_m, lidar.y_m, lidar.z_m - base_height_m), sight)


def depth_finder(camera: Camera, base_height_m: float, sight: Sight) -> Rangefinder:
    """Return a depth camera on a body of that standing height, one ray a pixel."""
    rays, _ = pixel_directions(camera.hfov_rad, camera.pitch_rad, camera.width_px, camera.height_px)
    return Rangefinder(rays, (camera.x_m, camera.y_m, camera.z_m - base_height_m), sight)


def ground_finder(body: Embodiment, sight: Sight) -> tuple[Rangefinder, float]:
    """Return what the body maps the ground with, and the time between two scans.

    Its depth camera for the ground, else its LiDAR, else its only camera.
    """
    if body.depth_camera is None and body.lidar is not None:
        return lidar_finder(body.lidar, body.base_height_m, sight), 1 / body.lidar.rate_hz
    camera = body.depth_camera or body.camera
    return depth_finder(camera, body.base_height_m, sight), 1 / camera.rate_hz


def level(hits: Floats, base_m: Floats, yaw_rad: float) -> NDArray[np.float32]:
    """Return the finite ones of world points (N, 3) in the base frame turned level, float32."""
    c, s = math.cos(yaw_rad), math.sin(yaw_rad)
    offset = hits[np.isfinite(hits).all(axis=1)] - base_m
    x, y, z = offset.T
    return np.stack([c * x + s * y, -s * x + c * y, z], axis=1).astype(np.float32)
