"""A depth image as points in the yaw-aligned base frame, for bodies without a LiDAR."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from navila_sdk.embodiment import Camera
from navila_sdk.errors import ObservationError


def depth_points(depth_m: NDArray[np.floating], camera: Camera, base_height_m: float) -> NDArray[np.float32]:
    """Return the points a depth image shows.

    Args:
        depth_m: (H, W): distance along the optical axis; NaN, infinite and non-positive pixels give no point.
        camera: Field of view and mount of the camera; the picture's size is the image's.
        base_height_m: Height of the base origin over the floor, standing.

    Returns:
        float32 (N, 3): x forward, y left, z up from the base origin, the body standing level.

    Raises:
        ObservationError: The image isn't two-dimensional, or empty.
    """
    if depth_m.ndim != 2 or depth_m.size == 0:
        raise ObservationError(f"a depth image is a non-empty array (H, W); got {depth_m.shape}")
    height, width = depth_m.shape
    per_pixel = 2 * math.tan(camera.hfov_rad / 2) / width
    rays = np.ones((height, width, 3))
    rays[:, :, 1] = ((width - 1) / 2 - np.arange(width, dtype=float)) * per_pixel
    rays[:, :, 2] = (((height - 1) / 2 - np.arange(height, dtype=float)) * per_pixel)[:, None]
    seen = np.isfinite(depth_m) & (depth_m > 0)
    points = rays[seen] * depth_m[seen][:, None]
    c, s = math.cos(camera.pitch_rad), math.sin(camera.pitch_rad)
    ahead = c * points[:, 0] + s * points[:, 2] + camera.x_m
    above = -s * points[:, 0] + c * points[:, 2] + camera.z_m - base_height_m
    return np.stack([ahead, points[:, 1] + camera.y_m, above], axis=1).astype(np.float32)
