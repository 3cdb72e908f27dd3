"""A camera as Isaac wants it: an aperture and a focal length, and where it sits on the base link."""

from __future__ import annotations

import math

import attrs

from navila_isaac.frames import Wxyz, Xyz, yaw_pitch
from navila_sdk.embodiment import Camera

FOCAL_LENGTH = 24.0
"""In tenths of the stage's unit, as USD has it. Only its ratio to the aperture matters; 24 is Isaac Lab's own."""
NEAR_M, FAR_M = 0.05, 100.0


@attrs.frozen(slots=True)
class CameraPlan:
    """A camera on the base link.

    Attributes:
        position_m: From the base origin.
        wxyz: Rotation, x ahead and z up.
        focal_length: In the unit of the aperture.
        aperture: Horizontal aperture; pixels are square.
        width_px: Picture width.
        height_px: Picture height.
    """

    position_m: Xyz
    wxyz: Wxyz
    focal_length: float
    aperture: float
    width_px: int
    height_px: int


def camera_plan(camera: Camera, base_height_m: float, picture_px: tuple[int, int] | None = None) -> CameraPlan:
    """Return an embodiment's camera on a body whose base stands that high over the floor.

    Args:
        camera: Mount and optics.
        base_height_m: Height of the base origin over the floor, standing.
        picture_px: Width and height instead of the camera's; the horizontal field of view stays.
    """
    width, height = picture_px or (camera.width_px, camera.height_px)
    return CameraPlan(
        position_m=(camera.x_m, camera.y_m, camera.z_m - base_height_m),
        wxyz=yaw_pitch(0.0, camera.pitch_rad),
        focal_length=FOCAL_LENGTH,
        aperture=2 * FOCAL_LENGTH * math.tan(camera.hfov_rad / 2),
        width_px=width,
        height_px=height,
    )
