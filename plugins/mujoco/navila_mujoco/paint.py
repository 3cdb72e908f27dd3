"""From what rays hit to colours: plain shading that keeps red things red.

Light is ambient, a fixed sun and a lamp at the camera; walls take the colour of the room they face, with a
skirting board and faint stripes; things get darker towards the floor; distance fades a little into haze.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from navila_mujoco.floor import Floor
from navila_mujoco.rays import RayCaster
from navila_mujoco.view import HAZE_RGB, View, haze
from navila_sdk.scenes import light

_SKIRTING_RGB = np.array(light.SKIRTING_RGB, np.float32)
_BEFORE_WALL_M = 0.08
_NONE = np.zeros(0, np.intp)


class Painter:
    """Colours the hits of a ray caster.

    Args:
        floor: The floor.
        colors: (G, 3), 0-255: colour of each geom.
        walls: (G,): which geoms are walls.
    """

    def __init__(self, floor: Floor, colors: NDArray[np.float64], walls: NDArray[np.bool_]) -> None:
        self._floor = floor
        self._colors = np.asarray(colors, np.float32).reshape(-1, 3)
        self._walls = np.asarray(walls, np.bool_)
        self._any_wall = bool(self._walls.any())
        self._wall_rgb = np.array([room.wall_rgb for room in floor.rooms], np.float32).reshape(-1, 3)

    def paint(
        self,
        view: View,
        origin: tuple[float, float, float],
        rays: RayCaster,
        out: NDArray[np.float32],
        lift_m: float = 0.0,
    ) -> NDArray[np.float64]:
        """Write float32 (N, 3), 0-255, to ``out`` and return the distance along each ray.

        Args:
            view: The rays; results are in the order of its strips.
            origin: Where they start.
            rays: What they hit.
            out: Gets the colours.
            lift_m: How much higher than the view's they start.
        """
        distance = view.plane_m.copy() if lift_m == 0.0 else view.lifted(lift_m)
        solid = np.flatnonzero((rays.geom >= 0) & (rays.distance_m < distance))
        distance[solid] = rays.distance_m[solid]
        out[:] = view.backdrop
        bare = view.on_floor.copy()
        bare[solid] = False
        floor = np.flatnonzero(bare)
        if floor.size:
            out[floor] = self._floor_colors(view, floor, rays.directions, distance, origin)
        if solid.size:
            out[solid] = self._solid_colors(solid, distance, origin, rays)
        return distance

    def _floor_colors(
        self,
        view: View,
        floor: NDArray[np.intp],
        directions: NDArray[np.float64],
        distance: NDArray[np.float64],
        origin: tuple[float, float, float],
    ) -> NDArray[np.float32]:
        along = distance[floor]
        x = origin[0] + along * directions[floor, 0]
        y = origin[1] + along * directions[floor, 1]
        color = self._floor.colors(x, y, view.levels.only(floor))
        color *= view.floor_light[floor]
        color += (HAZE_RGB - color) * view.floor_haze[floor]
        return color

    def _solid_colors(
        self,
        solid: NDArray[np.intp],
        distance: NDArray[np.float64],
        origin: tuple[float, float, float],
        rays: RayCaster,
    ) -> NDArray[np.float32]:
        geom, normal, ahead = rays.geom[solid], rays.normal[solid], rays.directions[solid]
        along = distance[solid]
        mesh = np.flatnonzero(geom == len(self._colors)) if rays.on_mesh is not None else _NONE
        if mesh.size:
            geom[mesh] = -1
        color = self._colors[geom] if len(self._colors) else np.empty((len(geom), 3), np.float32)
        z = origin[2] + along * ahead[:, 2]
        wall = (
            np.flatnonzero(self._walls[geom] & (geom >= 0) & (np.abs(normal[:, 2]) < 0.5)) if self._any_wall else _NONE
        )
        if wall.size:
            x = origin[0] + along[wall] * ahead[wall, 0]
            y = origin[1] + along[wall] * ahead[wall, 1]
            color[wall] = self._wall_colors(x, y, z[wall], along[wall], normal[wall], color[wall])
        bright = light.AMBIENT + light.SUNLIGHT * np.maximum(normal @ light.SUN, 0.0)
        bright += light.LAMP * np.abs(np.einsum("ij,ij->i", normal, ahead))
        bright *= light.DARKEST + (1.0 - light.DARKEST) * np.minimum(np.maximum(z, 0.0) / light.DARK_BELOW_M, 1.0)
        air = haze(along)
        if mesh.size and rays.on_mesh is not None:
            color[mesh], plain = rays.on_mesh.surface.looks(rays.on_mesh, solid[mesh])
            # A photograph has its light in it.
            bright[mesh[~plain]], air[mesh[~plain]] = 1.0, 0.0
        color *= bright.astype(np.float32)[:, None]
        color += (HAZE_RGB - color) * air[:, None]
        return color

    def _wall_colors(
        self,
        x: NDArray[np.float64],
        y: NDArray[np.float64],
        z: NDArray[np.float64],
        along: NDArray[np.float64],
        normal: NDArray[np.float64],
        color: NDArray[np.float32],
    ) -> NDArray[np.float32]:
        if len(self._wall_rgb):
            before_x, before_y = x + _BEFORE_WALL_M * normal[:, 0], y + _BEFORE_WALL_M * normal[:, 1]
            room = self._floor.room_indices(before_x, before_y)
            inside = room < len(self._wall_rgb)
            color[inside] = self._wall_rgb[room[inside]]
        across = y * normal[:, 0] - x * normal[:, 1]
        stripe = 2 * (np.floor(across / light.STRIPE_M).astype(np.int64) & 1) - 1
        color *= (1.0 + light.STRIPE_DEPTH * stripe / (1.0 + (along / light.STRIPE_FADE_M) ** 2)).astype(np.float32)[
            :, None
        ]
        color[z < light.SKIRTING_M] = _SKIRTING_RGB
        return color


def to_bytes(colors: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Return colours as uint8."""
    return np.clip(colors, 0, 255).astype(np.uint8)
