"""A robot plugin in one file, with nothing to package.

NAVILA_PLUGINS="cart=my_robot:embodiment" PYTHONPATH=examples \
        navila run "walk forward 2 m, turn right 90 degrees and stop" --embodiment cart
"""

from __future__ import annotations

import math

import navila_sdk as navila

embodiment = navila.Embodiment(
    name="cart",
    title="A small differential-drive cart",
    navila_api="1",
    limits=navila.MotionLimits(
        vx_max_mps=0.8,
        vx_min_mps=-0.3,
        vy_max_mps=0.0,
        wz_max_radps=1.5,
        ax_max_mps2=1.0,
        ay_max_mps2=0.0,
        awz_max_radps2=3.0,
    ),
    footprint=navila.Footprint(length_m=0.45, width_m=0.38, height_m=0.35, clearance_m=0.04),
    base_height_m=0.10,
    camera=navila.Camera(x_m=0.2, z_m=0.6, hfov_rad=math.radians(90), width_px=64, height_px=48, rate_hz=5.0),
    control_hz=30.0,
    sources={"": "chosen: an example body"},
)
