"""A simple figure of the robot for third-person pictures, sized by its record; no vendor model is needed."""

from __future__ import annotations

from typing import Any, Protocol

import mujoco

from navila_mujoco.solids import yaw_quaternion
from navila_sdk.embodiment import Embodiment
from navila_sdk.geometry import Pose2

_SILVER = (208, 211, 217)
_DARK = (58, 62, 70)
_ACCENT = (242, 132, 38)
_LOW_BASE_M = 0.5

Color = tuple[int, int, int]
Point = tuple[float, float, float]


class Actor(Protocol):
    """A robot's looks on a stage."""

    def add(self, spec: mujoco.MjSpec) -> None:
        """Add its geoms, after everything else."""
        ...

    def colors(self, model: mujoco.MjModel, first: int) -> list[Color]:
        """Return the colour of each of its geoms, which begin at ``first``."""
        ...

    def place(self, data: mujoco.MjData, pose: Pose2) -> None:
        """Take up the pose of this moment."""
        ...


class StandIn:
    """A simple figure that glides."""

    def __init__(self, embodiment: Embodiment) -> None:
        self._embodiment = embodiment
        self._colors: list[Color] = []

    def add(self, spec: mujoco.MjSpec) -> None:
        """Add its geoms on a body of their own."""
        self._colors = Figure(spec.worldbody.add_body(name="figure", mocap=True), self._embodiment).colors

    def colors(self, model: mujoco.MjModel, first: int) -> list[Color]:
        """Return the colour of each geom."""
        del model, first
        return self._colors

    def place(self, data: mujoco.MjData, pose: Pose2) -> None:
        """Stand at a pose."""
        data.mocap_pos[0] = (pose.x_m, pose.y_m, 0.0)
        data.mocap_quat[0] = yaw_quaternion(pose.yaw_rad)


class Figure:
    """Geoms on a body whose frame is the base's projection on the floor.

    Attributes:
        colors: Colour of each geom added, in order.
    """

    def __init__(self, body: Any, embodiment: Embodiment) -> None:  # noqa: ANN401 - MjSpec bodies have no type
        self._body = body
        self.colors: list[Color] = []
        if embodiment.base_height_m < _LOW_BASE_M:
            self._quadruped(embodiment)
        else:
            self._biped(embodiment)

    def _box(self, center: Point, size: Point, color: Color) -> None:
        half = [side / 2 for side in size]
        self._body.add_geom(type=mujoco.mjtGeom.mjGEOM_BOX, pos=list(center), size=half, **_SEEN)
        self.colors.append(color)

    def _limb(self, start: Point, end: Point, radius_m: float, color: Color) -> None:
        self._body.add_geom(type=mujoco.mjtGeom.mjGEOM_CAPSULE, fromto=[*start, *end], size=[radius_m, 0, 0], **_SEEN)
        self.colors.append(color)

    def _ball(self, center: Point, radius_m: float, color: Color) -> None:
        self._body.add_geom(type=mujoco.mjtGeom.mjGEOM_SPHERE, pos=list(center), size=[radius_m, 0, 0], **_SEEN)
        self.colors.append(color)

    def _quadruped(self, embodiment: Embodiment) -> None:
        long, wide, z = embodiment.footprint.length_m, embodiment.footprint.width_m, embodiment.base_height_m
        camera = embodiment.camera
        self._box((0, 0, z + 0.01), (0.62 * long, 0.50 * wide, 0.13), _SILVER)
        self._box((0, 0, z + 0.08), (0.36 * long, 0.30 * wide, 0.03), _DARK)
        self._box((0.41 * long, 0, z + 0.03), (0.16 * long, 0.38 * wide, 0.10), _DARK)
        self._ball((0.48 * long, 0, z - 0.02), 0.04, _ACCENT)
        for ahead in (1, -1):
            for left in (1, -1):
                x, y = ahead * 0.27 * long, left * 0.36 * wide
                self._limb((x, y, z), (x - 0.10, y, 0.55 * z), 0.030, _SILVER)
                self._limb((x - 0.10, y, 0.55 * z), (x, y, 0.025), 0.020, _DARK)
        if camera.z_m > z + 0.15:
            self._limb((camera.x_m - 0.03, 0, z), (camera.x_m - 0.03, 0, camera.z_m), 0.012, _DARK)
        self._box((camera.x_m, camera.y_m, camera.z_m), (0.05, 0.12, 0.05), _ACCENT)

    def _biped(self, embodiment: Embodiment) -> None:
        wide, z, top = embodiment.footprint.width_m, embodiment.base_height_m, embodiment.footprint.height_m
        trunk = 0.62 * (top - z)
        thick = 0.04 + 0.02 * top
        hip, shoulder = 0.20 * wide, 0.38 * wide
        self._box((0, 0, z), (0.16, 0.40 * wide, 0.18 * z), _DARK)
        self._box((0, 0, z + 0.09 * z + trunk / 2), (0.20, 0.56 * wide, trunk), _SILVER)
        self._box((0.10, 0, z + 0.7 * trunk), (0.02, 0.26 * wide, 0.25 * trunk), _ACCENT)
        head_z = max(z + trunk + 0.12, top - 0.11)
        self._ball((0.02, 0, head_z), 0.10, _SILVER)
        self._box((0.09, 0, head_z), (0.06, 0.13, 0.06), _DARK)
        for left in (1, -1):
            y = left * hip
            self._limb((0, y, z), (0.05, y, 0.52 * z), thick, _SILVER)
            self._limb((0.05, y, 0.52 * z), (-0.02, y, 0.08), 0.8 * thick, _DARK)
            self._box((0.04, y, 0.03), (0.24, 0.10, 0.06), _DARK)
            arm = (0, left * shoulder, z + 0.9 * trunk)
            elbow = (-0.03, left * (shoulder + 0.03), z + 0.4 * trunk)
            self._limb(arm, elbow, 0.7 * thick, _SILVER)
            self._limb(elbow, (0.12, left * (shoulder + 0.02), z + 0.12 * trunk), 0.55 * thick, _DARK)


_SEEN: dict[str, Any] = {"contype": 0, "conaffinity": 0, "mass": 0.0}
