"""The light that pictures of our scenes are in: from all around, from a fixed sun, and a lamp at the camera.

Worlds that cast rays light every picture anew; a mesh for others carries the light that doesn't hang on where one looks
from, and a fair share of what does.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

SUN = np.array((0.48, 0.31, 0.82)) / math.sqrt(0.48**2 + 0.31**2 + 0.82**2)
AMBIENT, SUNLIGHT, LAMP = 0.66, 0.24, 0.20
DARK_BELOW_M = 0.3
"""Things get darker towards the floor, below this height."""
DARKEST = 0.80
SKIRTING_M = 0.09
SKIRTING_RGB = (244, 243, 240)
STRIPE_M = 0.35
"""Wallpapers have stripes of this width, fainter the farther away."""
STRIPE_DEPTH, STRIPE_FADE_M = 0.035, 5.0
HAZE_RGB = (214, 222, 230)
HAZE_M = 60.0
CEILING_RGB = (238, 237, 233)

_FROM_M = 3.0  # a thing is mostly seen from so far away
_FACING = 0.75  # and is turned to the camera by so much (a cosine): what lies nearest to pictures of 24 places
_FLOOR_LIGHT, _CEILING_LIGHT = 0.93, 0.93  # worlds: 0.86 to 1.04 and 0.84 to 1, by how steeply one looks


def baked(rgb: Floats, normal: Floats, z_m: Floats) -> Floats:
    """Return colours in the light that pictures show them in from a few metres away.

    Args:
        rgb: (N, 3), 0-255.
        normal: (N, 3): unit vectors.
        z_m: (N,): height over the floor.
    """
    light = AMBIENT + SUNLIGHT * np.maximum(normal @ SUN, 0.0) + LAMP * _FACING
    light *= DARKEST + (1.0 - DARKEST) * np.clip(z_m / DARK_BELOW_M, 0.0, 1.0)
    return hazed(rgb * light[:, None])


def baked_floor(rgb: Floats) -> Floats:
    """Return a floor's colours (..., 3) likewise."""
    return hazed(rgb * _FLOOR_LIGHT)


def baked_ceiling(rgb: Floats) -> Floats:
    """Return a ceiling's colours (..., 3) likewise."""
    return rgb * _CEILING_LIGHT


def stripe(across_m: Floats) -> Floats:
    """Return how bright a wallpaper is at distances along a wall, about 1."""
    odd = (np.floor(across_m / STRIPE_M).astype(np.int64) & 1).astype(np.float64)
    return 1.0 + STRIPE_DEPTH * (2.0 * odd - 1.0) / (1.0 + (_FROM_M / STRIPE_FADE_M) ** 2)


def hazed(rgb: Floats) -> Floats:
    """Return colours (..., 3) as the air lets them through."""
    return rgb + (np.array(HAZE_RGB, np.float64) - rgb) * (1.0 - math.exp(-_FROM_M / HAZE_M))
