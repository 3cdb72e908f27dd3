"""Habitat's frame and Isaac's to ours, once, where files are read; and back, where they are written.

Habitat: y up, forward along -z, quaternions x y z w, a left turn positive about +y. Isaac and we: z up, forward along
+x; Isaac's quaternions are w x y z. A point (x, y, z) of Habitat's is (x, -z, y) here.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from navila_sdk.geometry import wrap_angle

Xyz = tuple[float, float, float]
Quaternion = tuple[float, float, float, float]


def from_habitat(point: Sequence[float]) -> Xyz:
    """Return a point of Habitat's in our frame."""
    x, y, z = point
    return x, -z + 0.0, y


def to_habitat(point: Sequence[float]) -> Xyz:
    """Return a point of ours in Habitat's frame."""
    x, y, z = point
    return x, z, -y + 0.0


def yaw_from_habitat(rotation: Sequence[float]) -> float:
    """Return our heading in radians of a quaternion x y z w of Habitat's; a tilt is left out."""
    x, y, z, w = rotation
    # Where the body's forward axis (0, 0, -1) comes to point, seen from above.
    forward_x, forward_z = -2 * (x * z + w * y), -(1 - 2 * (x * x + y * y))
    return math.atan2(-forward_z, forward_x)


def yaw_to_habitat(yaw_rad: float) -> Quaternion:
    """Return the quaternion x y z w of Habitat's for a heading of ours."""
    half = (yaw_rad - math.pi / 2) / 2
    return 0.0, math.sin(half), 0.0, math.cos(half)


def yaw_from_isaac(rotation: Sequence[float]) -> float:
    """Return our heading in radians of a quaternion w x y z of Isaac's; a tilt is left out."""
    w, x, y, z = rotation
    return math.atan2(2 * (w * z + x * y), 1 - 2 * (y * y + z * z))


def yaw_to_isaac(yaw_rad: float) -> Quaternion:
    """Return the quaternion w x y z of Isaac's for a heading of ours."""
    half = wrap_angle(yaw_rad) / 2
    return math.cos(half), 0.0, 0.0, math.sin(half)
