"""One of the SDK's own scenes as what Isaac Lab spawns: boxes, cylinders, spheres and lights. No file is written."""

from __future__ import annotations

import math
from typing import Literal

import attrs

from navila_isaac.frames import Wxyz, Xyz, yaw_pitch
from navila_sdk.scenes.scene import Room, Scene, Shape, Solid

Rgb = tuple[float, float, float]

SLAB_M = 0.5
BEYOND_M = 5.0
"""The floor reaches this far beyond the scene's, so that nothing falls off an edge it can't see."""
_PLATE_M = 0.001
_OPEN_FLOOR: Rgb = (0.44, 0.43, 0.40)
_CEILING: Rgb = (0.86, 0.85, 0.81)
_CEILING_M = 0.05
_LAMP_BELOW_M = 0.1
SKY, ROOM_LAMP, HAND_LAMP = 800.0, 20_000.0, 3_000.0
"""Intensities in Isaac's units. Nobody has looked at the pictures they give."""


@attrs.frozen(slots=True)
class Block:
    """A solid that stands still.

    Attributes:
        shape: Which primitive.
        center_m: Centre.
        size_m: Full extents (box), or diameter, diameter, height.
        wxyz: Rotation.
        rgb: Colour, linear, 0 to 1 each, as USD has it.
        collides: Whether bodies touch it; what doesn't is only seen.
    """

    shape: Shape
    center_m: Xyz
    size_m: Xyz
    wxyz: Wxyz
    rgb: Rgb
    collides: bool = True


@attrs.frozen(slots=True)
class Lamp:
    """A light.

    Attributes:
        kind: ``sky`` from everywhere; ``disk`` shines down from a ceiling; ``hand`` is carried by the robot.
        position_m: Where; from the base origin for one that's carried.
        intensity: In Isaac's units.
    """

    kind: Literal["sky", "disk", "hand"]
    position_m: Xyz
    intensity: float


def blocks_of(scene: Scene, *, ceiling: bool) -> tuple[Block, ...]:
    """Return everything there is in a scene of solids: floor, rooms' floors, walls, furniture, ground, ceilings."""
    (x0, y0), (x1, y1) = scene.bounds_m
    middle = ((x0 + x1) / 2, (y0 + y1) / 2, -SLAB_M / 2)
    slab = (x1 - x0 + 2 * BEYOND_M, y1 - y0 + 2 * BEYOND_M, SLAB_M)
    floor = Block(Shape.BOX, middle, slab, yaw_pitch(0.0), _OPEN_FLOOR)
    plates = tuple(_sheet(room, 0.0, _PLATE_M, _part(room.floor_rgb)) for room in scene.rooms)
    lids = tuple(_sheet(room, scene.wall_height_m, _CEILING_M, _CEILING) for room in scene.rooms) if ceiling else ()
    return (floor, *plates, *solid_blocks(scene), *lids)


def solid_blocks(scene: Scene) -> tuple[Block, ...]:
    """Return a scene's walls, furniture and ground alone."""
    return tuple(_block(solid) for solid in scene.solids + scene.ground)


def lamps_of(scene: Scene, *, ceiling: bool) -> tuple[Lamp, ...]:
    """Return the lights of a scene of solids: the sky where it's open, a lamp in each room under a ceiling."""
    if not (ceiling and scene.rooms):
        return (Lamp("sky", (0.0, 0.0, 0.0), SKY),)
    height_m = scene.wall_height_m - _LAMP_BELOW_M
    return tuple(Lamp("disk", (*_middle(room), height_m), ROOM_LAMP) for room in scene.rooms)


def _middle(room: Room) -> tuple[float, float]:
    return (room.x_min_m + room.x_max_m) / 2, (room.y_min_m + room.y_max_m) / 2


def _sheet(room: Room, bottom_m: float, thick_m: float, rgb: Rgb) -> Block:
    """Return a room's area at a height: seen, and touched by nothing."""
    size = (room.x_max_m - room.x_min_m, room.y_max_m - room.y_min_m, thick_m)
    return Block(Shape.BOX, (*_middle(room), bottom_m + thick_m / 2), size, yaw_pitch(0.0), rgb, collides=False)


def _part(rgb: tuple[int, int, int]) -> Rgb:
    red, green, blue = (math.pow(value / 255, 2.2) for value in rgb)
    return (red, green, blue)


def _block(solid: Solid) -> Block:
    turn = yaw_pitch(solid.yaw_rad, solid.pitch_rad)
    return Block(solid.shape, solid.center_m, solid.size_m, turn, _part(solid.rgb))
