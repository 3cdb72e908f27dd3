"""The robot's camera by ray casting: one ray per pixel gives colour and depth together."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from navila_mujoco.paint import to_bytes
from navila_mujoco.sight import Sight
from navila_mujoco.view import camera_view
from navila_sdk.embodiment import Camera
from navila_sdk.geometry import Pose2
from navila_sdk.world import BEYOND, FLOOR


class RayCamera:
    """An embodiment's camera.

    Args:
        camera: Its mount and optics.
        sight: What there is to see.
        size_px: Width and height of the picture.
    """

    def __init__(self, camera: Camera, sight: Sight, size_px: tuple[int, int]) -> None:
        self._mount = (camera.x_m, camera.y_m, camera.z_m)
        self._width, self._height = size_px
        self._view, self._along = camera_view(camera, *size_px, sight.floor, sight.ceiling_m, plane=sight.plane)
        self._painter = sight.painter
        self._rays = sight.rays(normals=True)
        self._along = self._along[self._view.strips.order]
        self._colors = np.empty((len(self._along), 3), np.float32)
        self._owners = sight.owners
        self._distance = np.zeros(len(self._along))

    def capture(self, pose: Pose2, lift_m: float = 0.0) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
        """Return picture, uint8 (H, W, 3), and depth in metres, float32 (H, W), from a base pose, lifted."""
        c, s = math.cos(pose.yaw_rad), math.sin(pose.yaw_rad)
        x, y, z = self._mount
        origin = (pose.x_m + c * x - s * y, pose.y_m + s * x + c * y, z + lift_m)
        strips = self._view.strips
        self._rays.cast(origin, pose.yaw_rad, strips)
        distance = self._distance = self._painter.paint(self._view, origin, self._rays, self._colors, lift_m)
        shape = (self._height, self._width)
        rgb = strips.restored(to_bytes(self._colors)).reshape(*shape, 3)
        return rgb, strips.restored((distance * self._along).astype(np.float32)).reshape(shape)

    def segments(self) -> NDArray[np.int32]:
        """Return what each pixel of the last picture shows, int32 (H, W); see ``navila_sdk.world.Segmenting``."""
        view, rays = self._view, self._rays
        shown = np.where(view.on_floor, FLOOR, BEYOND).astype(np.int32)
        hit = (rays.geom >= 0) & (rays.distance_m <= self._distance)
        shown[hit] = self._owners[rays.geom[hit]]
        return view.strips.restored(shown).reshape(self._height, self._width)

    def close(self) -> None:
        """Do nothing: rays hold no resources."""
