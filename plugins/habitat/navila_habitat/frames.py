"""Habitat's frame to ours and back: the one place where they meet.

Habitat: y up, a body looks along its own -z, quaternions x y z w, a left turn positive about +y. Ours: x and y on the
floor, z up, a body looks along its +x. A point (x, y, z) of ours is (x, z, -y) there, which is how VLN-CE's episodes
are read as well.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from navila_sdk.geometry import Pose2, Twist, wrap_angle

Triple = tuple[float, float, float]
Quaternion = tuple[float, float, float, float]


def to_world(x_m: float, y_m: float, z_m: float = 0.0) -> Triple:
    """Return a point of ours in Habitat's frame."""
    return x_m, z_m, -y_m + 0.0


def from_world(point: Sequence[float]) -> Triple:
    """Return a point of Habitat's in our frame."""
    x, y, z = (float(part) for part in point)
    return x, -z + 0.0, y


def rotation_of(yaw_rad: float) -> Quaternion:
    """Return the quaternion x y z w of a heading of ours."""
    half = (yaw_rad - math.pi / 2) / 2
    return 0.0, math.sin(half), 0.0, math.cos(half)


def yaw_of(rotation: Sequence[float]) -> float:
    """Return our heading of a quaternion x y z w; a tilt is left out."""
    x, y, z, w = (float(part) for part in rotation)
    # Where the body's own -z comes to point, seen from above.
    forward_x, forward_z = -2 * (x * z + w * y), -(1 - 2 * (x * x + y * y))
    return math.atan2(-forward_z, forward_x)


def pose_of(position: Sequence[float], rotation: Sequence[float]) -> Pose2:
    """Return our pose of a position and a quaternion x y z w."""
    x, y, _ = from_world(position)
    return Pose2(x, y, wrap_angle(yaw_of(rotation)))


def local_velocities(twist: Twist) -> tuple[Triple, Triple]:
    """Return linear (m/s) and angular (rad/s) velocity of a twist in Habitat's body frame: x right, y up, z back."""
    return (-twist.vy_mps, 0.0, -twist.vx_mps), (0.0, twist.wz_radps, 0.0)


def mount_of(forward_m: float, left_m: float, up_m: float) -> Triple:
    """Return a place on the body, given ahead, left and up of its foot, in Habitat's body frame."""
    return -left_m + 0.0, up_m, -forward_m + 0.0
