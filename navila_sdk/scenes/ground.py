"""How high the ground is: the floor and what is walked on besides it."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from navila_sdk.geometry import Pose2
from navila_sdk.scenes.scene import Scene, Shape, Solid

Floats = NDArray[np.float64]

_UNDERFOOT = 7
"""Points along each side of a footprint at which the ground under it is looked up."""


def ground_height_m(scene: Scene, x_m: Floats, y_m: Floats) -> Floats:
    """Return the height of the topmost ground under points, an array of their shape; the floor is 0.

    A mesh's floor is as it is; where it has none, 0.

    Args:
        scene: The place.
        x_m: Where, in the scene's frame.
        y_m: The same shape.
    """
    height = np.zeros(np.broadcast(x_m, y_m).shape)
    if scene.mesh is not None:
        from navila_sdk.scenes.mesh.place import mesh_survey

        known = mesh_survey(scene.mesh).columns.heights_m(*np.broadcast_arrays(x_m, y_m))
        height = np.where(np.isnan(known), 0.0, known)
    for solid in scene.ground:
        np.maximum(height, _top(solid, np.asarray(x_m, float), np.asarray(y_m, float)), out=height)
    return height


def highest_under_m(scene: Scene, pose: Pose2, length_m: float, width_m: float) -> float:
    """Return the height of the highest ground under a footprint of that length and width, at a pose of the scene."""
    ahead, left = (np.linspace(-side / 2, side / 2, _UNDERFOOT) for side in (length_m, width_m))
    x, y = np.meshgrid(ahead, left)
    c, s = math.cos(pose.yaw_rad), math.sin(pose.yaw_rad)
    return float(ground_height_m(scene, pose.x_m + c * x - s * y, pose.y_m + s * x + c * y).max())


def _top(solid: Solid, x: Floats, y: Floats) -> Floats:
    """Return the height of a solid's upper side over points, minus infinity beside it."""
    cx, cy, cz = solid.center_m
    c, s = math.cos(solid.yaw_rad), math.sin(solid.yaw_rad)
    along, across = c * (x - cx) + s * (y - cy), -s * (x - cx) + c * (y - cy)
    half_x, half_y, half_z = (side / 2 for side in solid.size_m)
    if solid.shape is Shape.BOX:
        sine, cosine = math.sin(solid.pitch_rad), math.cos(solid.pitch_rad)
        u = (along - half_z * sine) / cosine
        return np.where((np.abs(u) <= half_x) & (np.abs(across) <= half_y), cz - u * sine + half_z * cosine, -np.inf)
    squared = along**2 + across**2
    rise = np.sqrt(np.maximum(half_x**2 - squared, 0.0)) if solid.shape is Shape.SPHERE else half_z
    return np.where(squared <= half_x**2, cz + rise, -np.inf)
