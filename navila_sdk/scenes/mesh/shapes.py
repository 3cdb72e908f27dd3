"""Solids, floors and ceilings as quadrilaterals and triangles in one colour each, outer sides counter-clockwise."""

from __future__ import annotations

import math
from itertools import pairwise

import attrs
import numpy as np
from numpy.typing import NDArray

from navila_sdk.scenes import light
from navila_sdk.scenes.scene import Scene, Shape, Solid

Rgb = tuple[int, int, int]
Points = NDArray[np.float64]

_ROUND = 32  # corners of a circle
_RINGS = 12  # of a sphere
_BEFORE_WALL_M = 0.08
_OPEN_FLOOR_RGB: Rgb = (176, 174, 170)
# Corners of a box's six sides as signs along x, y, z.
_SIDES = (
    ((1, -1, -1), (1, 1, -1), (1, 1, 1), (1, -1, 1)),
    ((-1, 1, -1), (-1, -1, -1), (-1, -1, 1), (-1, 1, 1)),
    ((1, 1, -1), (-1, 1, -1), (-1, 1, 1), (1, 1, 1)),
    ((-1, -1, -1), (1, -1, -1), (1, -1, 1), (-1, -1, 1)),
    ((-1, -1, 1), (1, -1, 1), (1, 1, 1), (-1, 1, 1)),
    ((-1, 1, -1), (1, 1, -1), (1, -1, -1), (-1, -1, -1)),
)


@attrs.frozen(slots=True, eq=False)
class Facet:
    """A flat convex polygon of one colour: corners (n, 3) in the scene's frame, n at least 3."""

    corners_m: Points
    rgb: Rgb


def scene_facets(scene: Scene, *, ceiling: bool) -> list[Facet]:
    """Return everything there is to see in a scene: floor, walls, furniture, ground, and rooms' ceilings."""
    return [*_floor(scene), *wall_facets(scene), *thing_facets(scene), *(ceiling_facets(scene) if ceiling else ())]


def wall_facets(scene: Scene) -> list[Facet]:
    """Return the walls, whose sides have the colours of the rooms they face."""
    return [facet for wall in scene.walls for facet in _wall(scene, wall)]


def thing_facets(scene: Scene) -> list[Facet]:
    """Return what stands and lies in a scene: furniture and ground."""
    return [facet for solid in scene.solids[len(scene.walls) :] + scene.ground for facet in _solid(solid)]


def ceiling_facets(scene: Scene) -> list[Facet]:
    """Return the ceiling of every room, to be seen from below."""
    return [
        _level(
            room.x_min_m, room.x_max_m, room.y_min_m, room.y_max_m, scene.wall_height_m, light.CEILING_RGB, down=True
        )
        for room in scene.rooms
    ]


def _level(x0: float, x1: float, y0: float, y1: float, z: float, rgb: Rgb, *, down: bool = False) -> Facet:
    corners = np.array(((x0, y0, z), (x1, y0, z), (x1, y1, z), (x0, y1, z)))
    return Facet(corners[::-1] if down else corners, rgb)


def _cuts(low: float, high: float, between: list[float]) -> list[tuple[float, float]]:
    inner = sorted({value for value in between if low < value < high})
    edges = [low, *inner, high]
    return list(pairwise(edges))


def _floor(scene: Scene) -> list[Facet]:
    """Return the whole floor without a seam, cut where rooms begin and end."""
    (x0, y0), (x1, y1) = scene.bounds_m
    along_x = _cuts(x0, x1, [side for room in scene.rooms for side in (room.x_min_m, room.x_max_m)])
    along_y = _cuts(y0, y1, [side for room in scene.rooms for side in (room.y_min_m, room.y_max_m)])
    facets: list[Facet] = []
    for a, b in along_x:
        for c, d in along_y:
            room = scene.room_at((a + b) / 2, (c + d) / 2)
            facets.append(_level(a, b, c, d, 0.0, room.floor_rgb if room else _OPEN_FLOOR_RGB))
    return facets


def _wall(scene: Scene, wall: Solid) -> list[Facet]:
    """Return a wall whose sides have the colours of the rooms they face, as worlds paint them."""
    if wall.shape is not Shape.BOX or wall.yaw_rad or wall.pitch_rad or not scene.rooms:
        return _solid(wall)
    (cx, cy, cz), (sx, sy, sz) = wall.center_m, wall.size_m
    x0, x1, y0, y1, z0, z1 = cx - sx / 2, cx + sx / 2, cy - sy / 2, cy + sy / 2, cz - sz / 2, cz + sz / 2
    facets = _solid(wall)[4:]  # top and bottom
    for side, out in ((x1, 1), (x0, -1)):
        for a, b in _cuts(y0, y1, [edge for room in scene.rooms for edge in (room.y_min_m, room.y_max_m)]):
            room = scene.room_at(side + out * _BEFORE_WALL_M, (a + b) / 2)
            corners = np.array(((side, a, z0), (side, b, z0), (side, b, z1), (side, a, z1)))
            facets.append(Facet(corners[::out], room.wall_rgb if room else wall.rgb))
    for side, out in ((y1, 1), (y0, -1)):
        for a, b in _cuts(x0, x1, [edge for room in scene.rooms for edge in (room.x_min_m, room.x_max_m)]):
            room = scene.room_at((a + b) / 2, side + out * _BEFORE_WALL_M)
            corners = np.array(((b, side, z0), (a, side, z0), (a, side, z1), (b, side, z1)))
            facets.append(Facet(corners[::out], room.wall_rgb if room else wall.rgb))
    return facets


def _solid(solid: Solid) -> list[Facet]:
    local = {Shape.BOX: _box, Shape.CYLINDER: _cylinder, Shape.SPHERE: _sphere}[solid.shape](solid.size_m)
    turn, center = _rotation(solid.yaw_rad, solid.pitch_rad), np.array(solid.center_m)
    return [Facet(corners @ turn.T + center, solid.rgb) for corners in local]


def _rotation(yaw_rad: float, pitch_rad: float) -> Points:
    c, s, u, v = math.cos(yaw_rad), math.sin(yaw_rad), math.cos(pitch_rad), math.sin(pitch_rad)
    return np.array(((c, -s, 0), (s, c, 0), (0, 0, 1))) @ np.array(((u, 0, v), (0, 1, 0), (-v, 0, u)))


def _box(size_m: tuple[float, float, float]) -> list[Points]:
    half = np.array(size_m) / 2
    return [np.array(side, dtype=np.float64) * half for side in _SIDES]


def _circle(count: int) -> tuple[Points, Points]:
    angle = np.arange(count + 1) * (math.tau / count)
    return np.cos(angle), np.sin(angle)


def _cylinder(size_m: tuple[float, float, float]) -> list[Points]:
    radius, half = size_m[0] / 2, size_m[2] / 2
    x, y = (radius * part for part in _circle(_ROUND))
    sides = [
        np.array(((x[i], y[i], -half), (x[i + 1], y[i + 1], -half), (x[i + 1], y[i + 1], half), (x[i], y[i], half)))
        for i in range(_ROUND)
    ]
    lid = np.stack([x[:-1], y[:-1], np.full(_ROUND, half)], axis=1)
    return [*sides, lid, (lid * (1, 1, -1))[::-1]]


def _sphere(size_m: tuple[float, float, float]) -> list[Points]:
    radius = size_m[0] / 2
    x, y = _circle(_ROUND)
    height = [-math.cos(math.pi * ring / _RINGS) * radius for ring in range(_RINGS + 1)]
    wide = [math.sin(math.pi * ring / _RINGS) * radius for ring in range(_RINGS + 1)]
    found: list[Points] = []
    for ring in range(_RINGS):
        (z0, r0), (z1, r1) = (height[ring], wide[ring]), (height[ring + 1], wide[ring + 1])
        for i in range(_ROUND):
            quad = [
                (r0 * x[i], r0 * y[i], z0),
                (r0 * x[i + 1], r0 * y[i + 1], z0),
                (r1 * x[i + 1], r1 * y[i + 1], z1),
                (r1 * x[i], r1 * y[i], z1),
            ]
            at_pole = {0: 1, _RINGS - 1: 3}.get(ring)  # there two corners are one
            if at_pole is not None:
                del quad[at_pole]
            found.append(np.array(quad))
    return found
