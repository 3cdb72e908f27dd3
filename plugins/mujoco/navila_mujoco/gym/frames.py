"""Orientations and velocities of many bases at once, from the state of their free joints."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]


def frame(qpos: Floats) -> tuple[Floats, Floats]:
    """Return gravity's direction in the base frame (N, 3), and heading as (cos, sin) (N, 2)."""
    w, x, y, z = qpos[:, 3:7].T
    gravity = np.stack([-2 * (x * z - w * y), -2 * (y * z + w * x), -(1 - 2 * (x * x + y * y))], axis=1)
    heading = np.stack([1 - 2 * (y * y + z * z), 2 * (x * y + w * z)], axis=1)
    heading /= np.maximum(np.linalg.norm(heading, axis=1, keepdims=True), 1e-9)
    return gravity, heading


def pose(qpos: Floats) -> Floats:
    """Return where bases are and where they head (N, 3): x, y, yaw."""
    _, heading = frame(qpos)
    return np.column_stack([qpos[:, :2], np.arctan2(heading[:, 1], heading[:, 0])])


def turned(points: Floats, heading: Floats) -> Floats:
    """Return points of the heading frame (P, 2) as offsets in the world's, for each heading (N, P, 2)."""
    c, s = heading[:, :1], heading[:, 1:]
    x, y = points.T
    return np.stack([c * x - s * y, s * x + c * y], axis=2)


def heading_velocity(qvel: Floats, heading: Floats) -> Floats:
    """Return the base's velocity in its heading frame (N, 3): x ahead, level."""
    c, s = heading.T
    vx, vy, vz = qvel[:, :3].T
    return np.stack([c * vx + s * vy, -s * vx + c * vy, vz], axis=1)


def body_velocity(qpos: Floats, qvel: Floats) -> Floats:
    """Return the base's velocity in its own, tilted frame (N, 3)."""
    w, vector = qpos[:, 3:4], -qpos[:, 4:7]
    velocity = qvel[:, :3]
    twice = 2 * np.cross(vector, velocity)
    return velocity + w * twice + np.cross(vector, twice)
