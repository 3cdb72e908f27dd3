"""Isaac's frames and ours, in one place.

Both worlds have z up, metres and radians, and quaternions w x y z; a body looks along its x axis and has y to its left.
So a pose passes unchanged; what differs is said here: cameras, and what is level.
"""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from navila_sdk.geometry import Pose2

Floats = NDArray[np.float64]
Xyz = tuple[float, float, float]
Wxyz = tuple[float, float, float, float]

CAMERA_CONVENTION: Literal["world"] = "world"
"""Isaac's word for a camera frame with x ahead and z up; its own default, ROS's, has z ahead and y down."""

UNTURNED: Wxyz = (1.0, 0.0, 0.0, 0.0)
RAISED: Wxyz = (math.sqrt(0.5), math.sqrt(0.5), 0.0, 0.0)
"""A quarter turn about x: a y-up file's (x, y, z) comes to (x, -z, y), as ``SceneMesh`` says."""


def yaw_pitch(yaw_rad: float, pitch_rad: float = 0.0) -> Wxyz:
    """Return the rotation: pitch about the own y axis (positive tips x down), then yaw about z."""
    c, s = math.cos(yaw_rad / 2), math.sin(yaw_rad / 2)
    u, v = math.cos(pitch_rad / 2), math.sin(pitch_rad / 2)
    return (c * u, -s * v, c * v, s * u)


def yaw_of(wxyz: Floats) -> float:
    """Return the heading of an orientation (4,): where its x axis points, seen from above."""
    w, x, y, z = wxyz.tolist()
    return math.atan2(2 * (w * z + x * y), 1 - 2 * (y * y + z * z))


def pose_of(position_m: Floats, wxyz: Floats) -> Pose2:
    """Return a base's position (3,) and orientation (4,) seen from above."""
    return Pose2(float(position_m[0]), float(position_m[1]), yaw_of(wxyz))


def matrix(wxyz: Floats) -> Floats:
    """Return the rotation matrix (3, 3) of an orientation (4,): columns are the body's axes in the world."""
    w, x, y, z = wxyz.tolist()
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
            [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
            [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
        ]
    )


def turned(wxyz: Floats, yaw_rad: float) -> Floats:
    """Return an orientation (4,) with its heading replaced, its lean kept."""
    c, s = (f((yaw_rad - yaw_of(wxyz)) / 2) for f in (math.cos, math.sin))
    w, x, y, z = wxyz.tolist()
    return np.array([c * w - s * z, c * x - s * y, c * y + s * x, c * z + s * w])


def heading_velocity(linear_mps: Floats, angular_radps: Floats, wxyz: Floats) -> Floats:
    """Return vx, vy and turn rate (3,) in the heading frame, of velocities (3,) in the base frame."""
    axes = matrix(wxyz)
    velocity, turning = axes @ linear_mps, axes @ angular_radps
    yaw = yaw_of(wxyz)
    c, s = math.cos(yaw), math.sin(yaw)
    return np.array([c * velocity[0] + s * velocity[1], -s * velocity[0] + c * velocity[1], turning[2]])
