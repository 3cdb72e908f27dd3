"""Apartments from a seed: rooms along a corridor, furniture, landmarks and errands, the same for a seed everywhere.

What doesn't come out right (a doorway blocked, a room too bare, too few errands) is drawn again with the next
number derived from the seed.
"""

from __future__ import annotations

import math

import attrs

from navila_sdk.errors import SceneError
from navila_sdk.geometry import Pose2
from navila_sdk.scenes.dice import Dice
from navila_sdk.scenes.errands import Way, errand, find_ways
from navila_sdk.scenes.floorplan import FloorPlan, draw_floor_plan
from navila_sdk.scenes.furnishing import Furnished, furnish
from navila_sdk.scenes.geodesic import DistanceField
from navila_sdk.scenes.landmarks import PASSED, REACHED, landmark, looks, stand_in
from navila_sdk.scenes.occupancy import OccupancyGrid, occupancy
from navila_sdk.scenes.palette import ROOM_COLORS
from navila_sdk.scenes.scene import Doorway, Room, Scene, SceneObject
from navila_sdk.scenes.walls import WALL_HEIGHT, wall_solids

BODY_RADIUS_M = 0.40
_TALLEST_M = 1.9
_GRID_M = 0.1
_MOST_DRAWS = 1000


def apartment(seed: int) -> Scene:
    """Return the apartment of a seed.

    Every room and landmark can be reached by a body 0.8 m wide and up to 1.9 m high. Each apartment has a red box
    and a blue cylinder, and its first errand goes past the one and stops at the other.

    Raises:
        SceneError: The seed is negative.
    """
    if seed < 0:
        raise SceneError(f"an apartment's seed is a whole number, 0 or more; got {seed}")
    for draw in range(_MOST_DRAWS):
        scene = _drawn(f"apartment:{seed}", Dice(seed * _MOST_DRAWS + draw))
        if scene is not None:
            return scene
    raise SceneError(f"no apartment comes out of seed {seed}")  # pragma: no cover - nine in ten draws do


def _drawn(name: str, dice: Dice) -> Scene | None:
    """Return an apartment, or None if this draw came to nothing."""
    plan = draw_floor_plan(dice)
    furnished = furnish(plan, dice)
    if furnished is None or len(furnished.landmarks) < 4:
        return None
    things = tuple(stand_in(stand) for stand in furnished.landmarks)
    bare = _scene(name, plan, furnished.objects + things)
    grid = occupancy(bare, BODY_RADIUS_M, high_m=_TALLEST_M, resolution_m=_GRID_M)
    if not _connected(bare, grid):
        return None
    ways = find_ways(bare, grid, things, dice)
    if not ways:
        return None
    marks = _landmarks(furnished, ways[0], dice)
    errands = tuple(errand(way, marks, dice, first=way is ways[0]) for way in ways)
    return attrs.evolve(bare, objects=furnished.objects + marks, errands=errands, start=errands[0].start)


def _landmarks(furnished: Furnished, first: Way, dice: Dice) -> tuple[SceneObject, ...]:
    """Return the landmarks: the first errand's two have the looks every apartment has."""
    others = iter(looks(dice))
    fixed = {first.passed: PASSED, first.target: REACHED}
    return tuple(
        landmark(stand, fixed[i] if i in fixed else next(others)) for i, stand in enumerate(furnished.landmarks)
    )


def _scene(name: str, plan: FloorPlan, objects: tuple[SceneObject, ...]) -> Scene:
    rooms = tuple(
        Room(room, area.x0 / 100, area.y0 / 100, area.x1 / 100, area.y1 / 100, *ROOM_COLORS[room])
        for room, area in plan.rooms.items()
    )
    doorways = tuple(
        Doorway(
            door.rooms,
            (door.gap.x0 + door.gap.x1) / 200,
            (door.gap.y0 + door.gap.y1) / 200,
            door.width / 100,
            math.pi / 2 if door.along_y else 0.0,
        )
        for door in plan.doors
    )
    return Scene(
        name,
        (plan.width / 100, plan.depth / 100),
        Pose2(plan.width / 200, plan.depth / 200),
        rooms,
        wall_solids(plan),
        doorways,
        objects,
        wall_height_m=WALL_HEIGHT / 100,
    )


def _connected(scene: Scene, grid: OccupancyGrid) -> bool:
    """Whether the body gets from every doorway to every other."""
    first = scene.doorways[0]
    field = DistanceField(grid, (first.x_m, first.y_m))
    return all(math.isfinite(field.distance_m(door.x_m, door.y_m)) for door in scene.doorways)
