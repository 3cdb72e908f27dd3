"""Puts suites and landmarks into the rooms of a floor plan: along walls, clear of doorways and of each other."""

from __future__ import annotations

import attrs

from navila_sdk.scenes.dice import Dice
from navila_sdk.scenes.floorplan import CORRIDOR, FloorPlan
from navila_sdk.scenes.palette import FURNITURE_COLORS
from navila_sdk.scenes.rect import Rect
from navila_sdk.scenes.scene import SceneObject
from navila_sdk.scenes.suites import ROOM_SUITES, Suite

LANDMARK_SIDE = 46
_DOOR_REACH = 105
_TRIES = 30
_LEAST_SUITES = 2
_WALK = 84  # a body 0.8 m wide and a little
_GAP = 6


@attrs.frozen(slots=True)
class Stand:
    """A rectangle in a room and how its own frame lies in the floor's.

    Attributes:
        room: The room.
        rect: The rectangle on the floor.
        quarter: Which way it faces: 0 north, 1 west, 2 south, 3 east.
    """

    room: str
    rect: Rect
    quarter: int

    def to_floor(self, local: Rect) -> Rect:
        """Return a rectangle of the stand's own frame (u along its back, v forward) on the floor."""
        r = self.rect
        if self.quarter == 0:
            return Rect(r.x0 + local.x0, r.y0 + local.y0, r.x0 + local.x1, r.y0 + local.y1)
        if self.quarter == 1:
            return Rect(r.x1 - local.y1, r.y0 + local.x0, r.x1 - local.y0, r.y0 + local.x1)
        if self.quarter == 2:
            return Rect(r.x1 - local.x1, r.y1 - local.y1, r.x1 - local.x0, r.y1 - local.y0)
        return Rect(r.x0 + local.y0, r.y1 - local.x1, r.x0 + local.y1, r.y1 - local.x0)


@attrs.frozen(slots=True)
class Furnished:
    """What stands in an apartment: the furniture, and the places for landmarks, at most one for each room."""

    objects: tuple[SceneObject, ...]
    landmarks: tuple[Stand, ...]


@attrs.define(slots=True)
class _Room:
    """A room being furnished: its floor, what is taken, and what must stay free."""

    name: str
    floor: Rect
    taken: list[Rect]
    kept_free: list[Rect]

    def fits(self, body: Rect, front: Rect) -> bool:
        return (
            self.floor.holds(body)
            and not any(body.overlaps(other) for other in (*self.taken, *self.kept_free))
            and self.floor.grown(_WALK).holds(front)
            and not any(front.overlaps(other) for other in self.taken)
        )

    def take(self, body: Rect, front: Rect) -> None:
        self.taken.append(body)
        self.kept_free.append(front)


def furnish(plan: FloorPlan, dice: Dice) -> Furnished | None:
    """Return a furnished plan, or None where a room stays too bare or lacks what it's called after: draw again then."""
    objects: list[SceneObject] = []
    landmarks: list[Stand] = []
    for name in plan.rooms:
        doors = [door.keep_out(_DOOR_REACH) for door in plan.doors if name in door.rooms]
        room = _Room(name, plan.inside(name), [], doors)
        colors: dict[str, str] = {}
        count = 0
        for choices in ROOM_SUITES[name]:
            for suite in choices:
                twice = any(placed.piece.noun in colors and placed.v == 0 for placed in suite.pieces)
                stand = None if twice else _placed(dice, room, suite)
                if stand is not None:
                    objects += _objects(dice, stand, suite, colors)
                    count += 1
                    break
            if count == 0 and name != CORRIDOR:
                return None
        if count < _LEAST_SUITES and name != CORRIDOR:
            return None
        spot = _landmark_spot(dice, room)
        if spot is not None:
            landmarks.append(spot)
    return Furnished(tuple(objects), tuple(landmarks))


def _placed(dice: Dice, room: _Room, suite: Suite) -> Stand | None:
    """Return where a suite stands, or None if it doesn't fit."""
    body = Rect(0, 0, suite.width, suite.depth)
    front = Rect(0, suite.depth, suite.width, suite.depth + suite.front)
    for _ in range(_TRIES):
        quarter = dice.below(4)
        if suite.standing_free:
            stand = _free_stand(dice, room, suite, quarter)
            around = stand.rect.grown(_WALK)
            if room.floor.grown(10).holds(around) and room.fits(stand.rect, stand.rect):
                room.take(stand.rect.grown(_GAP), around)
                return stand
            continue
        stand = _wall_stand(dice, room, suite.width, suite.depth, 2, quarter)
        if stand is not None and room.fits(stand.to_floor(body), stand.to_floor(front)):
            room.take(stand.to_floor(body).grown(2), stand.to_floor(front))
            return stand
    return None


def _wall_stand(
    dice: Dice, room: _Room, width: int, depth: int, off: int, quarter: int, *, corners: bool = True
) -> Stand | None:
    """Return a stand with its back ``off`` centimetres from the wall behind it, half the time in a corner."""
    floor = room.floor.grown(-off)
    along = floor.width if quarter % 2 == 0 else floor.depth
    if along < width:
        return None
    play = along - width
    at = dice.pick((0, play)) if corners and dice.chance(55) else dice.between(0, play, 2)
    if quarter == 0:
        rect = Rect(floor.x0 + at, floor.y0, floor.x0 + at + width, floor.y0 + depth)
    elif quarter == 1:
        rect = Rect(floor.x1 - depth, floor.y0 + at, floor.x1, floor.y0 + at + width)
    elif quarter == 2:
        rect = Rect(floor.x0 + at, floor.y1 - depth, floor.x0 + at + width, floor.y1)
    else:
        rect = Rect(floor.x0, floor.y0 + at, floor.x0 + depth, floor.y0 + at + width)
    return Stand(room.name, rect, quarter)


def _free_stand(dice: Dice, room: _Room, suite: Suite, quarter: int) -> Stand:
    """Return a stand about the middle of the room."""
    width, depth = (suite.width, suite.depth) if quarter % 2 == 0 else (suite.depth, suite.width)
    x = (room.floor.x0 + room.floor.x1 - width) // 2 + dice.between(-40, 40, 10)
    y = (room.floor.y0 + room.floor.y1 - depth) // 2 + dice.between(-40, 40, 10)
    return Stand(room.name, Rect(x, y, x + width, y + depth), quarter)


def _landmark_spot(dice: Dice, room: _Room) -> Stand | None:
    """Return a place for a landmark: near a wall, with a walkway left in front."""
    for _ in range(2 * _TRIES):
        stand = _wall_stand(dice, room, LANDMARK_SIDE, LANDMARK_SIDE, 10, dice.below(4), corners=False)
        if stand is None:
            return None
        front = stand.to_floor(Rect(-10, LANDMARK_SIDE, LANDMARK_SIDE + 10, LANDMARK_SIDE + _WALK))
        if room.fits(stand.rect.grown(8), front) and (room.name != CORRIDOR or room.floor.holds(front)):
            room.take(stand.rect, front)
            return stand
    return None


def _objects(dice: Dice, stand: Stand, suite: Suite, colors: dict[str, str]) -> list[SceneObject]:
    """Return a suite's objects; things of one kind in a room are of one colour."""
    objects: list[SceneObject] = []
    for placed in suite.pieces:
        piece, outline = placed.piece, placed.rect
        color = colors.setdefault(piece.noun, dice.pick(piece.colors))
        turned = Stand(stand.room, stand.to_floor(outline), (stand.quarter + 2 * placed.facing_wall) % 4)
        solids = tuple(
            turned.to_floor(part.rect).solid(part.low, part.high, part.rgb or FURNITURE_COLORS[color], part.shape)
            for part in piece.parts
        )
        objects.append(SceneObject(piece.noun, color, stand.room, solids))
    return objects
