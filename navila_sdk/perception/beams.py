"""Which way a body's range sensors look, as plain rays, and what they met as points: whatever world casts them."""

from __future__ import annotations

import math

import attrs
import numpy as np
from numpy.typing import NDArray

from navila_sdk.embodiment import Camera, Embodiment, Lidar

Floats = NDArray[np.float64]


@attrs.frozen(slots=True, eq=False)
class Beams:
    """A sensor's rays on a body that stands level.

    Attributes:
        directions: (N, 3) unit vectors in the base frame.
        mount_m: Where the sensor sits from the base origin, in the base frame.
    """

    directions: Floats
    mount_m: tuple[float, float, float]


def lidar_directions(lidar: Lidar) -> Floats:
    """Return a LiDAR's rays as unit vectors (N, 3) in the base frame.

    They come channel by channel, the azimuths of each from behind over the right.
    """
    elevation, azimuth = (
        grid.ravel()
        for grid in np.meshgrid(
            np.array(lidar.elevations_rad),
            np.arange(lidar.azimuths) * (math.tau / lidar.azimuths) - math.pi,
            indexing="ij",
        )
    )
    x, y, z = np.cos(elevation) * np.cos(azimuth), np.cos(elevation) * np.sin(azimuth), np.sin(elevation)
    c, s = math.cos(lidar.pitch_rad), math.sin(lidar.pitch_rad)
    return np.stack([c * x + s * z, y, -s * x + c * z], axis=1)


def pixel_directions(
    hfov_rad: float,
    pitch_rad: float,
    width_px: int,
    height_px: int,
    shift_px: tuple[float, float] = (0.0, 0.0),
) -> tuple[Floats, Floats]:
    """Return the pinhole rays of a picture, row by row from the top left.

    Args:
        hfov_rad: Horizontal field of view.
        pitch_rad: Downward tilt.
        width_px: Width.
        height_px: Height.
        shift_px: Where in each pixel the ray goes through, from its centre: right, down.

    Returns:
        Unit vectors (N, 3) in a frame with x ahead and level, y left, z up; and (N,) the part of each ray's
        length that lies along the optical axis.
    """
    half = math.tan(hfov_rad / 2)
    right = (np.arange(width_px) + 0.5 + shift_px[0] - width_px / 2) / (width_px / 2) * half
    down = (np.arange(height_px) + 0.5 + shift_px[1] - height_px / 2) / (width_px / 2) * half
    u, v = (grid.ravel() for grid in np.meshgrid(right, down))
    c, s = math.cos(pitch_rad), math.sin(pitch_rad)
    rays = np.stack([c - v * s, -u, -s - v * c], axis=1)
    length = np.sqrt(1 + u**2 + v**2)
    return np.ascontiguousarray(rays / length[:, None]), 1 / length


def lidar_beams(lidar: Lidar, base_height_m: float) -> Beams:
    """Return a LiDAR's rays on a body of that standing height."""
    return Beams(lidar_directions(lidar), (lidar.x_m, lidar.y_m, lidar.z_m - base_height_m))


def depth_beams(camera: Camera, base_height_m: float) -> Beams:
    """Return a depth camera's rays on a body of that standing height, one a pixel."""
    rays, _ = pixel_directions(camera.hfov_rad, camera.pitch_rad, camera.width_px, camera.height_px)
    return Beams(rays, (camera.x_m, camera.y_m, camera.z_m - base_height_m))


def ground_beams(body: Embodiment) -> tuple[Beams, float]:
    """Return what a body maps the ground with, and the time between two scans in seconds.

    Its depth camera for the ground, else its LiDAR, else its only camera.
    """
    if body.depth_camera is None and body.lidar is not None:
        return lidar_beams(body.lidar, body.base_height_m), 1 / body.lidar.rate_hz
    camera = body.depth_camera or body.camera
    return depth_beams(camera, body.base_height_m), 1 / camera.rate_hz


def level_points(hits_m: Floats, base_m: Floats, yaw_rad: float) -> NDArray[np.float32]:
    """Return the finite ones of world points (N, 3) in the base frame turned level, float32."""
    c, s = math.cos(yaw_rad), math.sin(yaw_rad)
    offset = hits_m[np.isfinite(hits_m).all(axis=1)] - base_m
    x, y, z = offset.T
    return np.stack([c * x + s * y, -s * x + c * y, z], axis=1).astype(np.float32)
