"""Third-person pictures: the scene like a doll's house with its walls cut low, the robot in the middle.

The camera follows behind and above; cut walls can't hide the robot, and there is no ceiling.
"""

from __future__ import annotations

import math

import attrs
import mujoco
import numpy as np
from numpy.typing import NDArray

from navila_mujoco.figure import Actor, StandIn
from navila_mujoco.floor import Floor
from navila_mujoco.paint import Painter, to_bytes
from navila_mujoco.rays import RayCaster
from navila_mujoco.solids import add_solid, vertical_span
from navila_mujoco.strips import outlines
from navila_mujoco.surface import surface_of
from navila_mujoco.view import View
from navila_sdk.embodiment import Embodiment
from navila_sdk.geometry import Pose2
from navila_sdk.perception.beams import pixel_directions
from navila_sdk.scenes.mesh.place import mesh_survey
from navila_sdk.scenes.scene import Scene, Solid

_CUT_M = 0.6
_CUT_MESH_M = 0.9  # whatever a mesh's wall is is cut, and so are cupboards; tables aren't
_HFOV_RAD = math.radians(58)
_PITCH_RAD = math.radians(52)
_FIGURE_MARGIN_M = 0.3
_SQUARE = np.array(((1.0, 1.0), (1.0, -1.0), (-1.0, -1.0), (-1.0, 1.0)))
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


def _edges(shown: NDArray[np.generic]) -> NDArray[np.bool_]:
    """Return the pixels (flat) whose neighbour shows another thing: the ones worth more rays."""
    edge = np.zeros(shown.shape, np.bool_)
    across, down = shown[:, 1:] != shown[:, :-1], shown[1:] != shown[:-1]
    edge[:, 1:] |= across
    edge[:, :-1] |= across
    edge[1:] |= down
    edge[:-1] |= down
    return edge.ravel()


class Stage:
    """A scene with the robot in it, for people.

    Args:
        scene: The place.
        embodiment: The robot.
        floor: The scene's floor.
        actor: The robot's looks; None is a simple figure of its size.
    """

    def __init__(self, scene: Scene, embodiment: Embodiment, floor: Floor, actor: Actor | None = None) -> None:
        walls = [cut for wall in scene.walls if (cut := _cut(wall)) is not None]
        solids = walls + [solid for thing in scene.objects for solid in thing.solids] + list(scene.ground)
        spec = mujoco.MjSpec()
        for solid in solids:
            add_solid(spec.worldbody, solid)
        self._actor = actor or StandIn(embodiment)
        self._actor.add(spec)
        self._model = spec.compile()
        self._data = mujoco.MjData(self._model)
        colors = self._actor.colors(self._model, len(solids))
        self._corners = np.concatenate([outlines(solids), np.zeros((len(colors), 4, 2))])
        self._figure = self._corners[len(solids) :]
        self._around = (embodiment.footprint.radius_m + _FIGURE_MARGIN_M) * _SQUARE
        # Of a mesh, what is higher than cut walls is left out, so that one looks into the rooms.
        surface = None if scene.mesh is None else surface_of(mesh_survey(scene.mesh))
        self._plane = surface is None
        self._rays = RayCaster(self._model, self._data, self._corners, surface=surface, below_m=_CUT_MESH_M)
        self._floor = floor
        self._painter = Painter(
            floor,
            np.array([*(solid.rgb for solid in solids), *colors], np.float64),
            np.arange(len(solids) + len(colors)) < len(walls),
        )
        size_m = max(embodiment.footprint.length_m, 1.6 * embodiment.base_height_m)
        self._back_m = 1.6 + 1.2 * size_m
        self._height_m = self._back_m * math.tan(_PITCH_RAD) + 0.5 * embodiment.base_height_m
        self._shadow_m = (0.55 * embodiment.footprint.length_m, 0.50 * embodiment.footprint.width_m)
        self._views: dict[tuple[int, int], tuple[View, NDArray[np.float64]]] = {}

    def picture(self, pose: Pose2, heading_rad: float, width_px: int, height_px: int) -> NDArray[np.uint8]:
        """Return a picture, uint8 (H, W, 3), of the robot at a pose, looking along ``heading_rad``."""
        self._actor.place(self._data, pose)
        self._figure[:] = np.add(self._around, (pose.x_m, pose.y_m))
        mujoco.mj_kinematics(self._model, self._data)
        back_m = self._back_m
        eye = (
            pose.x_m - math.cos(heading_rad) * back_m,
            pose.y_m - math.sin(heading_rad) * back_m,
            self._height_m,
        )
        view, finer = self._view(width_px, height_px)
        colors = self._painted(view, eye, pose, heading_rad)
        edge = np.flatnonzero(_edges(view.strips.restored(self._rays.geom).reshape(height_px, width_px)))
        if edge.size:
            rays = finer[:, edge].reshape(-1, 3)
            part = View(
                rays, self._height_m, 2 * math.tan(_HFOV_RAD / 2) / width_px, self._floor, None, plane=self._plane
            )
            more = self._painted(part, eye, pose, heading_rad).reshape(len(_CORNERS_PX), -1, 3)
            colors[edge] = (colors[edge] + more.sum(axis=0)) / (1 + len(_CORNERS_PX))
        return to_bytes(colors).reshape(height_px, width_px, 3)

    def _view(self, width_px: int, height_px: int) -> tuple[View, NDArray[np.float64]]:
        """Return the view of a picture size and the rays (4, N, 3) around each pixel's centre."""
        size = (width_px, height_px)
        if size not in self._views:
            rays, _ = pixel_directions(_HFOV_RAD, _PITCH_RAD, *size)
            pixel_rad = 2 * math.tan(_HFOV_RAD / 2) / width_px
            finer = [pixel_directions(_HFOV_RAD, _PITCH_RAD, *size, corner)[0] for corner in _CORNERS_PX]
            self._views[size] = (
                View(rays, self._height_m, pixel_rad, self._floor, None, plane=self._plane),
                np.stack(finer),
            )
        return self._views[size]

    def _painted(
        self, view: View, eye: tuple[float, float, float], pose: Pose2, heading_rad: float
    ) -> NDArray[np.float32]:
        colors = np.empty(view.strips.directions.shape, np.float32)
        self._rays.cast(eye, heading_rad, view.strips)
        directions = self._rays.directions
        distance = self._painter.paint(view, eye, self._rays, colors)
        bare = np.flatnonzero(view.on_floor & (self._rays.geom < 0))
        x = eye[0] + distance[bare] * directions[bare, 0] - pose.x_m
        y = eye[1] + distance[bare] * directions[bare, 1] - pose.y_m
        colors[bare] *= self._light_under(x, y, pose.yaw_rad)
        return view.strips.restored(colors)

    def _light_under(self, x: NDArray[np.float64], y: NDArray[np.float64], yaw_rad: float) -> NDArray[np.float32]:
        """Return the robot's soft shadow at floor points relative to it, as a factor (N, 1)."""
        c, s = math.cos(yaw_rad), math.sin(yaw_rad)
        along, across = (c * x + s * y) / self._shadow_m[0], (-s * x + c * y) / self._shadow_m[1]
        return (1.0 - 0.55 * np.exp(-((along**2 + across**2) ** 2))).astype(np.float32)[:, None]
