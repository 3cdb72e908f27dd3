"""The Go2's own front camera: a fisheye in the face, lower than the raised camera NaVILA's model was trained with."""

from __future__ import annotations

import math

from navila_unitree.lens import Lens

from navila_sdk.embodiment import Camera

# One robot's calibration at 1280 x 720, as dimensionalOS/dimos ships it; others differ by a little.
LENS = Lens(
    fx_px=797.48,
    fy_px=796.49,
    cx_px=643.54,
    cy_px=349.28,
    distortion=(-0.0731, -0.0234, -0.0069, 0.0092),
    width_px=1280,
    height_px=720,
)
# unitree_ros go2_description: front_camera 0.327 m ahead of and 0.043 m above the base.
MOUNT = Camera(x_m=0.32715, z_m=0.32 + 0.04297, hfov_rad=math.radians(90), width_px=64, height_px=48, rate_hz=10.0)
