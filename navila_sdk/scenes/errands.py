"""Sample tasks for an apartment, in the manner of R2R: rooms and landmarks along a way that really passes them.

The ways are found on a grid of 10 cm in which every length is a whole number, so that the same errands come
out everywhere.
"""

from __future__ import annotations

import math

import attrs
import numpy as np

from navila_sdk.geometry import Pose2
from navila_sdk.scenes.approach import approach_thing, surface_distance_m
from navila_sdk.scenes.dice import Dice
from navila_sdk.scenes.floorplan import CORRIDOR
from navila_sdk.scenes.geodesic import DistanceField
from navila_sdk.scenes.occupancy import OccupancyGrid
from navila_sdk.scenes.scene import Errand, Room, Scene, SceneObject

MOST_ERRANDS = 5
LEAST_ERRANDS = 3
_SHORTEST_M, _LONGEST_M = 4.0, 11.5
_FIRST_SHORTEST_M = 5.5
_PASS_M = 1.0
_START_CLEARANCE_M = 0.5
_OFF_DOORWAY_M = 0.4
_YAWS_RAD = (0.0, math.pi / 2, math.pi, -math.pi / 2)


@attrs.frozen(slots=True)
class Way:
    """A way from a room to a thing: where it starts and ends, what it goes through and past.

    Attributes:
        start: Where to begin, facing along the way.
        goal_m: Where to stop.
        target: Index of the thing it leads to.
        passed: Index of the landmark it passes, or None.
        rooms: The rooms on the way, in order.
        along_corridor: Whether it follows the corridor rather than crosses it.
        length_m: How long it is.
    """

    start: Pose2
    goal_m: tuple[float, float]
    target: int
    passed: int | None
    rooms: tuple[str, ...]
    along_corridor: bool
    length_m: float

    @property
    def opens(self) -> bool:
        """Whether it may be a scene's first errand: long enough, and past a landmark."""
        return self.passed is not None and self.length_m >= _FIRST_SHORTEST_M


def find_ways(scene: Scene, grid: OccupancyGrid, things: tuple[SceneObject, ...], dice: Dice) -> list[Way]:
    """Return three to five ways to different things, the first past a landmark; empty where there aren't as many."""
    ways: list[Way] = []
    for room in dice.shuffled(scene.rooms):
        start_m = _standing_point(grid, room)
        if start_m is None:
            return []
        field = DistanceField(grid, start_m)
        for target in dice.shuffled(range(len(things))):
            if things[target].room != room.name and (way := _way(scene, field, things, target)):
                ways.append(way)
    opening = next((way for way in ways if way.opens), None)
    if opening is None:
        return []
    chosen = [opening]
    for way in dice.shuffled(ways):
        unlike = all(way.target != other.target for other in chosen)
        if unlike and way.target != opening.passed and len(chosen) < MOST_ERRANDS:
            chosen.append(way)
    return chosen if len(chosen) >= LEAST_ERRANDS else []


def _standing_point(grid: OccupancyGrid, room: Room) -> tuple[float, float] | None:
    """Return the roomy point nearest to a room's centre, 1.5 m from it at most."""
    reach = round(1.5 / grid.resolution_m)
    middle = grid.cell((room.x_min_m + room.x_max_m) / 2, (room.y_min_m + room.y_max_m) / 2)
    assert middle is not None
    roomy = np.argwhere(grid.free & (grid.clearance_m >= _START_CLEARANCE_M))
    squared = ((roomy - middle) ** 2).sum(axis=1)
    if not len(roomy) or int(squared.min()) > reach * reach:
        return None
    best = roomy[int(squared.argmin())]
    point = grid.center_m(int(best[0]), int(best[1]))
    return (round(point[0] * 100) / 100, round(point[1] * 100) / 100) if room.contains(*point) else None


def _way(scene: Scene, field: DistanceField, things: tuple[SceneObject, ...], target: int) -> Way | None:
    found = approach_thing(scene, things[target], field)
    if found is None:
        return None
    goal_m = (round(found[0] * 100) / 100, round(found[1] * 100) / 100)
    length_m = field.distance_m(*goal_m)
    if any(abs(goal_m[0] - door.x_m) + abs(goal_m[1] - door.y_m) < _OFF_DOORWAY_M for door in scene.doorways):
        return None
    if not _SHORTEST_M <= length_m <= _LONGEST_M:
        return None
    cells = field.cells(*goal_m)[::-1]
    points = [field.grid.center_m(*cell) for cell in cells]
    rooms = [room.name if (room := scene.room_at(*point)) else "" for point in points]
    order = tuple(name for i, name in enumerate(rooms) if i == 0 or rooms[i - 1] != name)
    if len(set(order)) < len(order) or order[-1] != things[target].room:
        return None
    ahead = points[min(10, len(points) - 1)]
    return Way(
        Pose2(*field.goal_m, _facing(ahead[0] - field.goal_m[0], ahead[1] - field.goal_m[1])),
        goal_m,
        target,
        _passed(things, target, points, rooms),
        order,
        2 * rooms.count(CORRIDOR) * field.grid.resolution_m > 5.0,
        length_m,
    )


def _facing(dx: float, dy: float) -> float:
    if abs(dx) >= abs(dy):
        return _YAWS_RAD[0] if dx >= 0 else _YAWS_RAD[2]
    return _YAWS_RAD[1] if dy > 0 else _YAWS_RAD[3]


def _passed(
    things: tuple[SceneObject, ...], target: int, points: list[tuple[float, float]], rooms: list[str]
) -> int | None:
    """Return the thing that the middle of a way comes closest to, in the same room, within 1 m."""
    low, high = len(points) // 5, len(points) * 4 // 5
    best: tuple[float, int] | None = None
    for index, thing in enumerate(things):
        near = [point for point, room in zip(points[low:high], rooms[low:high], strict=True) if room == thing.room]
        if index == target or not near:
            continue
        off_m = float(surface_distance_m(thing, [p[0] for p in near], [p[1] for p in near]).min())
        if off_m <= _PASS_M and (best is None or off_m < best[0]):
            best = (off_m, index)
    return None if best is None else best[1]


def errand(way: Way, things: tuple[SceneObject, ...], dice: Dice, *, first: bool) -> Errand:
    """Return the errand that a way stands for, in words."""
    return Errand(_sentence(way, things, dice, first), way.start, way.goal_m)


def _sentence(way: Way, things: tuple[SceneObject, ...], dice: Dice, first: bool) -> str:
    goal = f"the {things[way.target].name}"
    start, end, between = way.rooms[0], way.rooms[-1], way.rooms[1:-1]
    past = None if way.passed is None else f"the {things[way.passed].name}"
    if past and first:
        return f"Go past {past} and stop at {goal}."
    if past and dice.chance(50):
        return f"Walk out of the {start}, go past {past} and stop at {goal} in the {end}."
    if between == (CORRIDOR,):
        verb = "walk along" if way.along_corridor else "cross"
        return f"Leave the {start}, {verb} the corridor and stop at {goal} in the {end}."
    if between:
        through = " and the ".join(between)
        return f"Leave the {start}, walk through the {through} and stop at {goal} in the {end}."
    return f"Go from the {start} into the {end} and stop at {goal}."
