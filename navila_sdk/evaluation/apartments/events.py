"""What a way through an apartment comes to, told in order: rooms left and entered, doors, turns, things passed.

Sides are the walker's own: where something lies relative to the direction of travel just then.
"""

from __future__ import annotations

import enum
import math
from collections.abc import Sequence

import attrs
import numpy as np
from numpy.typing import NDArray

from navila_sdk.geometry import Pose2, wrap_angle
from navila_sdk.scenes.approach import surface_distance_m
from navila_sdk.scenes.floorplan import CORRIDOR
from navila_sdk.scenes.scene import Doorway, Scene, SceneObject

STEP_M = 0.1
_PASS_M = 1.2
_AHEAD_M = 1.2
_TURN_RAD = math.radians(50)
_AHEAD_RAD = math.radians(40)
_BEHIND_RAD = math.radians(125)
_ALONG_M = 2.5

Points = NDArray[np.float64]


class Side(enum.StrEnum):
    """Where something lies, to one who walks."""

    AHEAD = "ahead"
    LEFT = "left"
    RIGHT = "right"
    BEHIND = "behind"

    @classmethod
    def of(cls, bearing_rad: float) -> Side:
        """Return the side of a bearing, left positive."""
        if abs(bearing_rad) <= _AHEAD_RAD:
            return cls.AHEAD
        if abs(bearing_rad) >= _BEHIND_RAD:
            return cls.BEHIND
        return cls.LEFT if bearing_rad > 0 else cls.RIGHT


@attrs.frozen(slots=True)
class Face:
    """How to turn before the first step."""

    side: Side


@attrs.frozen(slots=True)
class Crossing:
    """A doorway.

    Attributes:
        left: The room one comes from.
        entered: The room one gets into.
        side: Where the doorway lies, seen from where the room was entered (from the start, in the first).
        ordinal: It's the n-th doorway on that side of a corridor; 0 elsewhere.
        after: Which way the path goes on behind it.
    """

    left: str
    entered: str
    side: Side
    ordinal: int
    after: Side


@attrs.frozen(slots=True)
class Along:
    """Some metres along a corridor."""


@attrs.frozen(slots=True)
class Passing:
    """A thing one comes by."""

    thing: SceneObject
    side: Side


Event = Face | Crossing | Along | Passing


def resampled(corners: Sequence[tuple[float, float]], step_m: float = STEP_M) -> Points:
    """Return points (n, 2) along a polyline, ``step_m`` apart, both ends included."""
    ends = np.asarray(corners, np.float64)
    lengths = np.linalg.norm(np.diff(ends, axis=0), axis=1)
    along = np.concatenate([[0.0], np.cumsum(lengths)])
    count = max(2, math.ceil(along[-1] / step_m) + 1)
    at: Points = np.arange(count, dtype=np.float64) * (float(along[-1]) / (count - 1))
    return np.stack([np.interp(at, along, ends[:, 0]), np.interp(at, along, ends[:, 1])], axis=1)


def tell(scene: Scene, start: Pose2, path: Points, target: SceneObject | None) -> list[Event]:
    """Return what happens on a way, in order; see ``placed_events``."""
    return [event for _, event in placed_events(scene, start, path, target)]


def placed_events(scene: Scene, start: Pose2, path: Points, target: SceneObject | None) -> list[tuple[int, Event]]:
    """Return what happens on a way, in order, and at which of its points.

    Args:
        scene: Where.
        start: Where one stands before.
        path: (n, 2) points of the way, evenly spaced.
        target: What it leads to; passing it doesn't count.
    """
    placed: list[tuple[int, Event]] = []
    first = Side.of(_bearing(start, path[min(len(path) - 1, 8)]))
    if first is not Side.AHEAD:
        placed.append((-1, Face(first)))
    crossings = _crossings(scene, start, path)
    placed += crossings
    placed += _alongs(scene, path, crossings)
    placed += _passings(scene, path, target)
    return sorted(placed, key=lambda item: item[0])


def _bearing(pose: Pose2, point: Points | tuple[float, float]) -> float:
    return wrap_angle(math.atan2(point[1] - pose.y_m, point[0] - pose.x_m) - pose.yaw_rad)


def _heading(path: Points, low: int, high: int) -> float:
    low, high = max(0, min(low, len(path) - 2)), min(len(path) - 1, max(high, 1))
    delta = path[max(high, low + 1)] - path[low]
    return math.atan2(delta[1], delta[0])


def rooms_along(scene: Scene, path: Points) -> list[str]:
    """Return the room of each point; between rooms, the one before."""
    names: list[str] = []
    for x, y in path:
        room = scene.room_at(float(x), float(y))
        names.append(room.name if room else names[-1] if names else "")
    return names


def _crossings(scene: Scene, start: Pose2, path: Points) -> list[tuple[int, Crossing]]:
    rooms = rooms_along(scene, path)
    found: list[tuple[int, Crossing]] = []
    came = start
    since = 0
    for i in range(1, len(rooms)):
        if rooms[i] == rooms[i - 1]:
            continue
        doors = [door for door in scene.doorways if set(door.rooms) == {rooms[i - 1], rooms[i]}]
        if not doors:
            continue
        door = min(doors, key=lambda d: math.hypot(d.x_m - path[i][0], d.y_m - path[i][1]))
        side = Side.of(_bearing(came, (door.x_m, door.y_m)))
        ordinal = 0
        if rooms[i - 1] == CORRIDOR and side in (Side.LEFT, Side.RIGHT, Side.AHEAD):
            side, ordinal = _corridor_door(scene, path, since, i, door)
        through = _heading(path, i - 3, i + 3)
        after = Side.of(wrap_angle(_heading(path, i + 5, i + round(_AHEAD_M / STEP_M)) - through))
        if i + 5 >= len(path):
            after = Side.AHEAD
        found.append((i, Crossing(rooms[i - 1], rooms[i], side, ordinal, after)))
        came, since = Pose2(float(path[i][0]), float(path[i][1]), through), i
    return found


def _corridor_door(scene: Scene, path: Points, since: int, at: int, door: Doorway) -> tuple[Side, int]:
    """Return on which side of a corridor's walk a doorway lies, and which one there it is, counted from 1."""
    x0, y0 = path[since]
    walk = np.array([door.x_m - x0, door.y_m - y0])
    corridor = next(room for room in scene.rooms if room.name == CORRIDOR)
    lengthwise = corridor.x_max_m - corridor.x_min_m >= corridor.y_max_m - corridor.y_min_m
    axis = np.array([1.0, 0.0]) if lengthwise else np.array([0.0, 1.0])
    ahead = float(walk @ axis)
    if abs(ahead) < 1.0:
        return Side.AHEAD, 0
    direction = axis * math.copysign(1.0, ahead)
    left = np.array([-direction[1], direction[0]])
    middle = np.array([corridor.x_min_m + corridor.x_max_m, corridor.y_min_m + corridor.y_max_m]) / 2

    def offset(other: Doorway) -> tuple[float, float]:
        place = np.array([other.x_m, other.y_m])
        return float((place - (x0, y0)) @ direction), float((place - middle) @ left)

    reach, across = offset(door)
    if abs(across) < 0.3:
        return Side.AHEAD, 0
    passed = [
        other
        for other in scene.doorways
        if other is not door
        and CORRIDOR in other.rooms
        and 0.5 < offset(other)[0] < reach
        and offset(other)[1] * across > 0
    ]
    return (Side.LEFT if across > 0 else Side.RIGHT), len(passed) + 1


def _alongs(scene: Scene, path: Points, crossings: Sequence[tuple[int, Crossing]]) -> list[tuple[int, Event]]:
    rooms = rooms_along(scene, path)
    found: list[tuple[int, Event]] = []
    for i, crossing in crossings:
        if crossing.entered == CORRIDOR:
            stay = next((j for j in range(i, len(rooms)) if rooms[j] != CORRIDOR), len(rooms)) - i
            if stay * STEP_M >= _ALONG_M:
                found.append((i + 1, Along()))
    return found


def _passings(scene: Scene, path: Points, target: SceneObject | None) -> list[tuple[int, Event]]:
    low, high = round(0.7 / STEP_M), len(path) - round(1.0 / STEP_M)
    if high <= low:
        return []
    rooms = rooms_along(scene, path)
    found: list[tuple[int, Event]] = []
    for thing in scene.objects:
        if thing is target or not thing.color:
            continue
        off = surface_distance_m(thing, path[low:high, 0], path[low:high, 1])
        nearest = int(off.argmin())
        i = low + nearest
        # Passed means beside, not ahead or behind, and in the room one is in.
        if off[nearest] > _PASS_M or rooms[i] != thing.room or not 0 < nearest < len(off) - 1:
            continue
        pose = Pose2(float(path[i][0]), float(path[i][1]), _heading(path, i - 3, i + 3))
        side = Side.of(_bearing(pose, thing.position_m))
        if side in (Side.LEFT, Side.RIGHT):
            found.append((i, Passing(thing, side)))
    return found
