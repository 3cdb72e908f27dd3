"""What of a scene a picture shows: a thing is seen where a pixel's depth ends on it. Gives bearing and distance."""

from __future__ import annotations

import math
from collections.abc import Sequence

import attrs
import numpy as np
from numpy.typing import NDArray

from navila_sdk.embodiment import Camera
from navila_sdk.geometry import Pose2
from navila_sdk.scenes.scene import SceneObject, Solid

_SLACK_M = 0.04
_LEAST_POINTS = 1
_HEIGHTS = (0.25, 0.5, 0.75)


@attrs.frozen(slots=True)
class Seen:
    """A thing in a picture.

    Attributes:
        index: Which of the things.
        bearing_rad: Of its middle, left positive, from the camera.
        distance_m: To its middle, over the floor.
    """

    index: int
    bearing_rad: float
    distance_m: float


class Viewpoint:
    """Says which things a depth picture shows.

    Args:
        camera: The camera.
        things: What may be seen.
    """

    def __init__(self, camera: Camera, things: Sequence[SceneObject]) -> None:
        self._camera = camera
        points: list[tuple[float, float, float]] = []
        solids: list[Solid] = []
        owner: list[int] = []
        for index, thing in enumerate(things):
            for solid in thing.solids:
                x, y, z = solid.center_m
                points += [(x, y, z + (share - 0.5) * solid.size_m[2]) for share in _HEIGHTS]
                solids += [solid] * len(_HEIGHTS)
                owner += [index] * len(_HEIGHTS)
        self._points = np.asarray(points, np.float64).reshape(-1, 3)
        self._centers = np.asarray([solid.center_m for solid in solids], np.float64).reshape(-1, 3)
        self._halves = np.asarray([solid.size_m for solid in solids], np.float64).reshape(-1, 3) / 2 + _SLACK_M
        self._yaws = np.asarray([solid.yaw_rad for solid in solids], np.float64)
        self._owner = np.asarray(owner, np.intp)
        self._middles = np.asarray([thing.position_m for thing in things], np.float64).reshape(-1, 2)

    def of(self, pose: Pose2, depth_m: NDArray[np.floating]) -> list[Seen]:
        """Return what is seen, nearest first.

        Args:
            pose: The base's pose in the scene.
            depth_m: (H, W), along the optical axis.
        """
        camera, (height, width) = self._camera, depth_m.shape
        c, s = math.cos(pose.yaw_rad), math.sin(pose.yaw_rad)
        eye = (pose.x_m + c * camera.x_m - s * camera.y_m, pose.y_m + s * camera.x_m + c * camera.y_m)
        dx, dy = self._points[:, 0] - eye[0], self._points[:, 1] - eye[1]
        ahead, left, up = c * dx + s * dy, -s * dx + c * dy, self._points[:, 2] - camera.z_m
        cp, sp = math.cos(camera.pitch_rad), math.sin(camera.pitch_rad)
        deep, down = cp * ahead - sp * up, -(sp * ahead + cp * up)
        half = math.tan(camera.hfov_rad / 2)
        with np.errstate(divide="ignore", invalid="ignore"):
            u = np.floor(width / 2 * (1 - left / deep / half))
            v = np.floor(height / 2 + width / 2 * (down / deep) / half)
        inside = (deep > 0.15) & (u >= 0) & (u < width) & (v >= 0) & (v < height)
        column, row = np.where(inside, u, 0).astype(int), np.where(inside, v, 0).astype(int)
        shown = np.where(np.isfinite(depth_m[row, column]), depth_m[row, column], 0.0)
        # Where the pixel's own ray ends, which is within half a pixel of the point's.
        right, low = (column + 0.5 - width / 2) / (width / 2) * half, (row + 0.5 - height / 2) / (width / 2) * half
        fore, aside, high = shown * (cp - low * sp), -shown * right, camera.z_m - shown * (sp + low * cp)
        hit = np.stack([eye[0] + c * fore - s * aside, eye[1] + s * fore + c * aside, high], axis=1) - self._centers
        ct, st = np.cos(self._yaws), np.sin(self._yaws)
        local = np.stack([ct * hit[:, 0] + st * hit[:, 1], -st * hit[:, 0] + ct * hit[:, 1], hit[:, 2]], axis=1)
        clear = inside & (np.abs(local) <= self._halves).all(axis=1)
        counts = np.bincount(self._owner[clear], minlength=len(self._middles))
        found: list[Seen] = []
        for index in np.flatnonzero(counts >= _LEAST_POINTS):
            mx, my = self._middles[index] - eye
            bearing = math.remainder(math.atan2(my, mx) - pose.yaw_rad, math.tau)
            found.append(Seen(int(index), bearing, math.hypot(mx, my)))
        return sorted(found, key=lambda seen: seen.distance_m)
