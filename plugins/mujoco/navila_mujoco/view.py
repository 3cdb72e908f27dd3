"""What doesn't change in a picture as the robot drives: ray directions, and where they meet the floor.

Cameras keep their height and pitch, so each pixel's distance to floor and ceiling is a constant; on raised ground it's
stretched.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from navila_mujoco.floor import Floor
from navila_mujoco.strips import Strips
from navila_sdk.embodiment import Camera
from navila_sdk.perception.beams import pixel_directions
from navila_sdk.scenes import light

HAZE_RGB = np.array(light.HAZE_RGB, np.float32)
_ZENITH_RGB = np.array((138, 178, 222), np.float32)


def haze(distance_m: NDArray[np.float64]) -> NDArray[np.float32]:
    """Return how much of a colour the air takes away over a distance, 0 to 1."""
    return (1.0 - np.exp(-distance_m / light.HAZE_M)).astype(np.float32)


class View:
    """Rays from one height with what they meet where no solid is in the way.

    Args:
        directions: Unit vectors (N, 3) in the yaw-aligned frame; the view sorts them into strips.
        height_m: Height of the origin.
        pixel_rad: Angle between neighbouring rays.
        floor: The floor.
        ceiling_m: Height of the ceiling; None is open sky.
        plane: Whether there is a floor at height 0 wherever nothing else is.

    Attributes:
        strips: The rays; everything else is in their order.
        plane_m: float64 (N,): distance to floor or ceiling, inf for the sky.
        on_floor: Where the floor is what would be met.
    """

    def __init__(
        self,
        directions: NDArray[np.float64],
        height_m: float,
        pixel_rad: float,
        floor: Floor,
        ceiling_m: float | None,
        *,
        plane: bool = True,
    ) -> None:
        self.strips = Strips(directions)
        self._height_m, self._ceiling_m = height_m, ceiling_m
        dz = self.strips.directions[:, 2]
        self.on_floor = (dz < -1e-9) & plane
        self.plane_m = np.full(dz.shape, np.inf)
        self.plane_m[self.on_floor] = height_m / -dz[self.on_floor]
        rising = np.clip(dz, 0, 1).astype(np.float32)[:, None]
        self.backdrop = HAZE_RGB + (_ZENITH_RGB - HAZE_RGB) * np.sqrt(rising)
        if ceiling_m is not None and ceiling_m > height_m:
            over = dz > 1e-9
            self.plane_m[over] = (ceiling_m - height_m) / dz[over]
            bright = (0.84 + 0.16 * dz[over])[:, None]
            self.backdrop[over] = np.array(light.CEILING_RGB) * bright
        down = np.where(self.on_floor, -dz, 1.0)
        near_m = np.where(self.on_floor, self.plane_m, 1.0)
        self.levels = floor.levels(near_m * pixel_rad / np.sqrt(down))
        self.floor_light = (0.86 + 0.18 * down).astype(np.float32)[:, None]
        self.floor_haze = haze(near_m)[:, None]

    def lifted(self, lift_m: float) -> NDArray[np.float64]:
        """Return ``plane_m`` for rays that start higher by ``lift_m``, at least just over the floor."""
        plane_m, height_m = self.plane_m.copy(), self._height_m
        plane_m[self.on_floor] *= max(height_m + lift_m, 1e-3) / height_m
        if self._ceiling_m is not None and self._ceiling_m > height_m:
            plane_m[~self.on_floor] *= max(self._ceiling_m - height_m - lift_m, 1e-3) / (self._ceiling_m - height_m)
        return plane_m


def camera_view(
    camera: Camera, width_px: int, height_px: int, floor: Floor, ceiling_m: float | None, *, plane: bool = True
) -> tuple[View, NDArray[np.float64]]:
    """Return the view through an embodiment's camera and each ray's part along the optical axis."""
    rays, along = pixel_directions(camera.hfov_rad, camera.pitch_rad, width_px, height_px)
    pixel_rad = 2 * math.tan(camera.hfov_rad / 2) / width_px
    return View(rays, camera.z_m, pixel_rad, floor, ceiling_m, plane=plane), along
