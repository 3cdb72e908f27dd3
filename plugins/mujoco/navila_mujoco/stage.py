"""Third-person pictures: the scene like a doll's house with its walls cut low, the robot in the middle.

The camera follows behind and above; cut walls can't hide the robot, and there is no ceiling.
"""

from __future__ import annotations

import math

import attrs
import mujoco
import numpy as np
from numpy.typing import NDArray

from navila_mujoco.figure import Figure
from navila_mujoco.floor import Floor
from navila_mujoco.paint import Painter, to_bytes
from navila_mujoco.rays import RayCaster, turned
from navila_mujoco.solids import add_solid, vertical_span, yaw_quaternion
from navila_mujoco.view import View, pixel_directions
from navila_sdk.embodiment import Embodiment
from navila_sdk.geometry import Pose2
from navila_sdk.scenes.scene import Scene, Solid

_CUT_M = 0.6
_HFOV_RAD = math.radians(58)
_PITCH_RAD = math.radians(52)
_CORNERS_PX = ((-0.25, -0.25), (0.25, -0.25), (-0.25, 0.25), (0.25, 0.25))


def _cut(wall: Solid) -> Solid | None:
    bottom_m, top_m = vertical_span(wall)
    if bottom_m >= _CUT_M:
        return None
    top_m = min(top_m, _CUT_M)
    x, y, _ = wall.center_m
    return attrs.evolve(
        wall,
        center_m=(x, y, (bottom_m + top_m) / 2),
        size_m=(wall.size_m[0], wall.size_m[1], top_m - bottom_m),
    )


class Stage:
    """A scene with the robot in it, for people.

    Args:
        scene: The place.
        embodiment: The robot.
        floor: The scene's floor.
    """

    def __init__(self, scene: Scene, embodiment: Embodiment, floor: Floor) -> None:
        walls = [cut for wall in scene.walls if (cut := _cut(wall)) is not None]
        solids = walls + [solid for thing in scene.objects for solid in thing.solids]
        spec = mujoco.MjSpec()
        for solid in solids:
            add_solid(spec.worldbody, solid)
        figure = Figure(spec.worldbody.add_body(name="figure", mocap=True), embodiment)
        self._model = spec.compile()
        self._data = mujoco.MjData(self._model)
        self._rays = RayCaster(self._model, self._data)
        self._floor = floor
        self._painter = Painter(
            floor,
            np.array([*(solid.rgb for solid in solids), *figure.colors], np.float64),
            np.arange(len(solids) + len(figure.colors)) < len(walls),
        )
        size_m = max(embodiment.footprint.length_m, 1.6 * embodiment.base_height_m)
        self._back_m = 1.2 + 1.3 * size_m
        self._height_m = self._back_m * math.tan(_PITCH_RAD) + 0.5 * embodiment.base_height_m
        self._shadow_m = (0.55 * embodiment.footprint.length_m, 0.50 * embodiment.footprint.width_m)
        self._views: dict[tuple[int, int], View] = {}

    def picture(self, pose: Pose2, heading_rad: float, width_px: int, height_px: int) -> NDArray[np.uint8]:
        """Return a picture, uint8 (H, W, 3), of the robot at a pose, looking along ``heading_rad``."""
        self._data.mocap_pos[0] = (pose.x_m, pose.y_m, 0.0)
        self._data.mocap_quat[0] = yaw_quaternion(pose.yaw_rad)
        mujoco.mj_kinematics(self._model, self._data)
        back_m = self._back_m
        eye = (
            pose.x_m - math.cos(heading_rad) * back_m,
            pose.y_m - math.sin(heading_rad) * back_m,
            self._height_m,
        )
        pixel_rad = 2 * math.tan(_HFOV_RAD / 2) / width_px
        view = self._views.get((width_px, height_px))
        if view is None:
            rays, _ = pixel_directions(_HFOV_RAD, _PITCH_RAD, width_px, height_px)
            view = self._views[width_px, height_px] = View(rays, self._height_m, pixel_rad, self._floor, None)
        colors = self._painted(view, eye, pose, heading_rad)
        edge = np.flatnonzero(self._edges(width_px, height_px))
        total = colors[edge]
        for corner in _CORNERS_PX:
            rays, _ = pixel_directions(_HFOV_RAD, _PITCH_RAD, width_px, height_px, corner)
            part = View(rays[edge], self._height_m, pixel_rad, self._floor, None)
            total = total + self._painted(part, eye, pose, heading_rad)
        colors[edge] = total / (1 + len(_CORNERS_PX))
        return to_bytes(colors).reshape(height_px, width_px, 3)

    def _painted(
        self, view: View, eye: tuple[float, float, float], pose: Pose2, heading_rad: float
    ) -> NDArray[np.float32]:
        directions = np.empty_like(view.directions)
        turned(view.directions, math.cos(heading_rad), math.sin(heading_rad), directions)
        colors = np.empty(directions.shape, np.float32)
        self._rays.cast(eye, directions)
        distance = self._painter.paint(view, directions, eye, self._rays, colors)
        bare = np.flatnonzero(view.on_floor & (self._rays.geom < 0))
        x = eye[0] + distance[bare] * directions[bare, 0] - pose.x_m
        y = eye[1] + distance[bare] * directions[bare, 1] - pose.y_m
        colors[bare] *= self._light_under(x, y, pose.yaw_rad)
        return colors

    def _light_under(
        self, x: NDArray[np.float64], y: NDArray[np.float64], yaw_rad: float
    ) -> NDArray[np.float32]:
        """Return the robot's soft shadow at floor points relative to it, as a factor (N, 1)."""
        c, s = math.cos(yaw_rad), math.sin(yaw_rad)
        along, across = (c * x + s * y) / self._shadow_m[0], (-s * x + c * y) / self._shadow_m[1]
        return (1.0 - 0.55 * np.exp(-((along**2 + across**2) ** 2))).astype(np.float32)[:, None]

    def _edges(self, width_px: int, height_px: int) -> NDArray[np.bool_]:
        """Return the pixels whose neighbour shows another thing: the ones worth more rays."""
        shown = self._rays.geom.reshape(height_px, width_px)
        edge = np.zeros(shown.shape, np.bool_)
        across, down = shown[:, 1:] != shown[:, :-1], shown[1:] != shown[:-1]
        edge[:, 1:] |= across
        edge[:, :-1] |= across
        edge[1:] |= down
        edge[:-1] |= down
        return edge.ravel()
