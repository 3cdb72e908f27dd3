"""From a scene's solids to MuJoCo geoms."""

from __future__ import annotations

import math
from typing import Any

import mujoco

from navila_sdk.scenes.scene import Shape, Solid

_TYPES = {
    Shape.BOX: mujoco.mjtGeom.mjGEOM_BOX,
    Shape.CYLINDER: mujoco.mjtGeom.mjGEOM_CYLINDER,
    Shape.SPHERE: mujoco.mjtGeom.mjGEOM_SPHERE,
}

EVERYTHING = 2**31 - 1
"""Every bit of MuJoCo's contact filter: a robot's geoms touch the scene whichever bits their model gave them."""


def yaw_quaternion(yaw_rad: float) -> list[float]:
    """Return the rotation about z as w, x, y, z."""
    return [math.cos(yaw_rad / 2), 0.0, 0.0, math.sin(yaw_rad / 2)]


def quaternion(solid: Solid) -> list[float]:
    """Return a solid's rotation as w, x, y, z: pitch about its own y axis, then yaw."""
    yaw, pitch = solid.yaw_rad / 2, solid.pitch_rad / 2
    c, s, u, v = math.cos(yaw), math.sin(yaw), math.cos(pitch), math.sin(pitch)
    return [c * u, -s * v, c * v, s * u]


def half_sizes(solid: Solid) -> list[float]:
    """Return the solid's size as MuJoCo wants it: half extents, or radius and half height."""
    sx, sy, sz = solid.size_m
    if solid.shape is Shape.BOX:
        return [sx / 2, sy / 2, sz / 2]
    if solid.shape is Shape.CYLINDER:
        return [sx / 2, sz / 2, 0.0]
    return [sx / 2, 0.0, 0.0]


def vertical_span(solid: Solid) -> tuple[float, float]:
    """Return the heights of the solid's bottom and top."""
    return solid.center_m[2] - solid.size_m[2] / 2, solid.center_m[2] + solid.size_m[2] / 2


def add_solid(body: Any, solid: Solid, *, collides: bool = False) -> None:  # noqa: ANN401 - MjSpec bodies have no type
    """Add a solid to a body as a geom that is seen and, if asked, that robots collide with."""
    body.add_geom(
        type=_TYPES[solid.shape],
        size=half_sizes(solid),
        pos=list(solid.center_m),
        quat=quaternion(solid),
        rgba=[*(part / 255 for part in solid.rgb), 1.0],
        contype=EVERYTHING if collides else 0,
        conaffinity=EVERYTHING if collides else 0,
    )
