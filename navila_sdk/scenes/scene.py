"""A scene as a plain described value: rooms, walls, doorways, objects, errands. Worlds build it, JSON carries it.

All lengths are metres, angles radians; the frame is x east, y north, z up, the floor at z = 0.
"""

from __future__ import annotations

import enum
from typing import Literal

import attrs

from navila_sdk.geometry import Pose2

SCENE_FORMAT = 1


class Shape(enum.StrEnum):
    """Primitive solids; ``size_m`` means full extents (box), or diameter, diameter, height (the rest)."""

    BOX = "box"
    CYLINDER = "cylinder"
    SPHERE = "sphere"


@attrs.frozen(slots=True)
class Solid:
    """A primitive solid.

    Attributes:
        shape: Which primitive.
        center_m: Centre in the scene frame.
        size_m: Full extents along the solid's own axes.
        yaw_rad: Rotation about z.
        rgb: Colour, 0-255 each.
        pitch_rad: Rotation about the solid's own y axis before that; positive tips its x axis down. Ramps have one.
    """

    shape: Shape
    center_m: tuple[float, float, float]
    size_m: tuple[float, float, float]
    yaw_rad: float = 0.0
    rgb: tuple[int, int, int] = (160, 160, 160)
    pitch_rad: float = 0.0


@attrs.frozen(slots=True)
class SceneObject:
    """Something that can be named: furniture or a landmark.

    Attributes:
        noun: What it is ("sofa", "box").
        color: Colour word ("red").
        room: Name of the room it stands in; empty where rooms don't apply.
        solids: Its body.
    """

    noun: str
    color: str
    room: str
    solids: tuple[Solid, ...]

    @property
    def name(self) -> str:
        """Colour and noun, as an instruction would say it."""
        return f"{self.color} {self.noun}".strip()

    @property
    def position_m(self) -> tuple[float, float]:
        """Floor position: the centre of the bounding box of its solids' centres."""
        xs = [solid.center_m[0] for solid in self.solids]
        ys = [solid.center_m[1] for solid in self.solids]
        return (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2


@attrs.frozen(slots=True)
class Room:
    """A rectangular room (or corridor) with a name and a floor colour."""

    name: str
    x_min_m: float
    y_min_m: float
    x_max_m: float
    y_max_m: float
    floor_rgb: tuple[int, int, int] = (190, 180, 165)
    wall_rgb: tuple[int, int, int] = (225, 222, 215)

    def contains(self, x_m: float, y_m: float) -> bool:
        """Whether the point lies in the room."""
        return self.x_min_m <= x_m <= self.x_max_m and self.y_min_m <= y_m <= self.y_max_m


@attrs.frozen(slots=True)
class Doorway:
    """An opening between two rooms: its centre, width, and the direction through it."""

    rooms: tuple[str, str]
    x_m: float
    y_m: float
    width_m: float
    yaw_rad: float


@attrs.frozen(slots=True)
class Errand:
    """A sample task: an instruction, where it starts, and where it ends."""

    instruction: str
    start: Pose2
    goal_m: tuple[float, float]


@attrs.frozen(slots=True)
class SceneMesh:
    """A mesh that is there besides the solids: a scan, or a model of a place.

    A point of the file, scaled and with its up axis made z, lies in the scene ``floor_m`` lower: x and y stay.

    Attributes:
        path: The file: GLB, OBJ or PLY. In a scene file, relative to that file's folder.
        up: Its up axis. Of a y-up file, (x, y, z) is (x, -z, y) in the scene.
        floor_m: Height over the file's origin of the floor that is walked on, the scene's z = 0.
        scale: Metres to the file's unit.
    """

    path: str
    up: Literal["y", "z"] = "y"
    floor_m: float = 0.0
    scale: float = 1.0


@attrs.frozen(slots=True)
class Scene:
    """A place for robots.

    Attributes:
        name: As a user can ask for it again ("apartment:7"), or the file's stem.
        size_m: Extent of the floor, from ``origin_m``.
        start: Where a robot begins unless told otherwise.
        rooms: Named areas; may be empty.
        walls: Solids nobody names.
        doorways: Openings between rooms.
        objects: Furniture and landmarks.
        errands: Sample tasks, the first one the demo's.
        wall_height_m: Height of the walls.
        format: Version of this description.
        ground: What is walked on besides the floor: steps, ramps, boards. No obstacle to legs, none to plans.
        origin_m: Corner of the floor with the least x and y.
        mesh: What else stands here; its own floor is the scene's.
    """

    name: str
    size_m: tuple[float, float]
    start: Pose2
    rooms: tuple[Room, ...] = ()
    walls: tuple[Solid, ...] = ()
    doorways: tuple[Doorway, ...] = ()
    objects: tuple[SceneObject, ...] = ()
    errands: tuple[Errand, ...] = ()
    wall_height_m: float = 2.5
    format: int = SCENE_FORMAT
    ground: tuple[Solid, ...] = ()
    origin_m: tuple[float, float] = (0.0, 0.0)
    mesh: SceneMesh | None = None

    @property
    def bounds_m(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """The corners of the floor with the least and the greatest x and y."""
        x, y = self.origin_m
        return self.origin_m, (x + self.size_m[0], y + self.size_m[1])

    @property
    def solids(self) -> tuple[Solid, ...]:
        """Every obstacle: walls first, then the objects' solids in order."""
        return self.walls + tuple(solid for thing in self.objects for solid in thing.solids)

    def room_at(self, x_m: float, y_m: float) -> Room | None:
        """Return the room at a point, or None."""
        return next((room for room in self.rooms if room.contains(x_m, y_m)), None)
