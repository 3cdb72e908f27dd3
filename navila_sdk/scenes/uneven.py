"""An apartment whose floor isn't flat: a sill in every doorway, loose boards in the rooms. The same for a seed.

What is walked on changes nothing for plans and for gliding bodies; legs have to see it.
"""

from __future__ import annotations

import attrs

from navila_sdk.scenes.dice import Dice
from navila_sdk.scenes.scene import Doorway, Room, Scene, Shape, Solid

RISE_CM, MOST_CM = 10.0, 20.0
"""Height of the sills unless told otherwise, and the greatest."""
_SILL_M, _SUNK_M = 0.30, 0.2
_AREA_PER_BOARD_M2 = 2.5
_OAK, _ASH = (176, 158, 132), (150, 138, 124)


def uneven(scene: Scene, rise_cm: float, dice: Dice) -> Scene:
    """Return a scene with sills and boards on its floor.

    Args:
        scene: One with rooms and doorways.
        rise_cm: Height of the sills; boards are from 3 cm up to as high.
        dice: Places the boards.
    """
    ground = [_sill(door, rise_cm / 100) for door in scene.doorways]
    for room in scene.rooms:
        area = (room.x_max_m - room.x_min_m) * (room.y_max_m - room.y_min_m)
        ground += [_board(room, rise_cm, dice) for _ in range(round(area / _AREA_PER_BOARD_M2))]
    return attrs.evolve(scene, ground=scene.ground + tuple(ground))


def _sill(door: Doorway, rise_m: float) -> Solid:
    # As wide as the gap and deeper than the wall, so that it can't be stepped past.
    center = (door.x_m, door.y_m, (rise_m - _SUNK_M) / 2)
    return Solid(Shape.BOX, center, (_SILL_M, door.width_m, rise_m + _SUNK_M), door.yaw_rad, _OAK)


def _board(room: Room, rise_cm: float, dice: Dice) -> Solid:
    length, width = dice.between(40, 120) / 100, dice.between(25, 60) / 100
    if dice.chance(50):
        length, width = width, length
    x = dice.between(round(100 * room.x_min_m) + 20, round(100 * room.x_max_m) - 20) / 100
    y = dice.between(round(100 * room.y_min_m) + 20, round(100 * room.y_max_m) - 20) / 100
    half_x = min(length / 2, x - room.x_min_m, room.x_max_m - x)
    half_y = min(width / 2, y - room.y_min_m, room.y_max_m - y)
    rise = max(min(3.0, rise_cm), rise_cm * dice.between(30, 100) / 100) / 100
    # Those that overlap are of unequal height, or a sensor's ray would meet two surfaces at once.
    rise += dice.between(0, 9) / 10000
    return Solid(Shape.BOX, (x, y, (rise - _SUNK_M) / 2), (2 * half_x, 2 * half_y, rise + _SUNK_M), rgb=_ASH)
