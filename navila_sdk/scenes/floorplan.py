"""Where an apartment's rooms, walls and doorways lie: rooms in two rows along a corridor, in centimetres.

Some plans have a room across the corridor's end; the whole plan is then mirrored and turned by the dice.
"""

from __future__ import annotations

from itertools import pairwise

import attrs

from navila_sdk.scenes.dice import Dice
from navila_sdk.scenes.rect import Rect

WALL = 12
HALF = WALL // 2
CORRIDOR = "corridor"
_LEAST_WIDTH = 270
_MOST_WIDTH = 560
_DOOR_MARGIN = 14  # wall left between a doorway and a corner, from the corner's inner face
_NAMES = ("living room", "bathroom", "bedroom", "kitchen")
_MORE_NAMES = ("dining room", "study")


@attrs.frozen(slots=True)
class Door:
    """A doorway: the rooms it joins, the strip of wall it takes out, and whether one walks along y through it."""

    rooms: tuple[str, str]
    gap: Rect
    along_y: bool

    @property
    def width(self) -> int:
        """Width of the opening."""
        return self.gap.width if self.along_y else self.gap.depth

    def keep_out(self, reach: int) -> Rect:
        """Return the floor to keep free on both sides of the doorway."""
        if self.along_y:
            return Rect(self.gap.x0 - 8, self.gap.y0 - reach, self.gap.x1 + 8, self.gap.y1 + reach)
        return Rect(self.gap.x0 - reach, self.gap.y0 - 8, self.gap.x1 + reach, self.gap.y1 + 8)


@attrs.frozen(slots=True)
class FloorPlan:
    """Rooms tile the floor up to the walls' centre lines; ``walls`` are whole, without the doorways' gaps."""

    width: int
    depth: int
    rooms: dict[str, Rect]
    walls: tuple[Rect, ...]
    doors: tuple[Door, ...]

    def inside(self, room: str) -> Rect:
        """Return a room's floor between its walls."""
        area = self.rooms[room]
        return Rect(
            area.x0 + (WALL if area.x0 == 0 else HALF),
            area.y0 + (WALL if area.y0 == 0 else HALF),
            area.x1 - (WALL if area.x1 == self.width else HALF),
            area.y1 - (WALL if area.y1 == self.depth else HALF),
        )


def draw_floor_plan(dice: Dice) -> FloorPlan:
    """Return a plan of four to six rooms and a corridor."""
    width, depth = dice.between(960, 1380, 20), dice.between(820, 1120, 20)
    corridor = dice.between(150, 180, 10)
    south = dice.between(310, depth - corridor - 310, 10)
    end = dice.between(320, 400, 10) if width >= 1100 and dice.chance(50) else 0
    long = width - end
    counts = _row_counts(dice, long, bool(end))
    rows = (Rect(0, 0, long, south), Rect(0, south + corridor, long, depth))
    areas = [cell for row, count in zip(rows, counts, strict=True) for cell in _split(dice, row, count)]
    if end:
        areas.append(Rect(long, 0, width, depth))
    rooms = _named(dice, areas) | {CORRIDOR: Rect(0, south, long, south + corridor)}
    flat = FloorPlan(width, depth, rooms, (), ())
    doors = _doors(dice, flat)
    walls = _walls(flat)
    turn = {"swap": dice.chance(50), "flip_x": dice.chance(50), "flip_y": dice.chance(50)}

    def turned(rect: Rect) -> Rect:
        return rect.turned(width, depth, **turn)

    return FloorPlan(
        depth if turn["swap"] else width,
        width if turn["swap"] else depth,
        {name: turned(area) for name, area in rooms.items()},
        tuple(turned(wall) for wall in walls),
        tuple(Door(door.rooms, turned(door.gap), door.along_y != turn["swap"]) for door in doors),
    )


def _row_counts(dice: Dice, long: int, end: bool) -> tuple[int, int]:
    fitting = [n for n in (1, 2, 3, 4) if _LEAST_WIDTH + 20 <= long // n <= _MOST_WIDTH]
    pairs = [(a, b) for a in fitting for b in fitting if 4 <= a + b + end <= 6]
    return dice.pick(pairs)


def _split(dice: Dice, row: Rect, count: int) -> list[Rect]:
    even = row.width // count
    play = min(70, even - _LEAST_WIDTH)
    cuts = [row.x0 + even * i // 10 * 10 + dice.between(-play // 2, play // 2, 10) for i in range(1, count)]
    edges = [row.x0, *cuts, row.x1]
    return [Rect(a, row.y0, b, row.y1) for a, b in pairwise(edges)]


def _named(dice: Dice, areas: list[Rect]) -> dict[str, Rect]:
    """Return the rooms by name: the largest is the living room, the smallest the bathroom."""
    order = sorted(areas, key=lambda area: (area.area, area.x0, area.y0))
    names = [*_NAMES[2:], *dice.shuffled(_MORE_NAMES)][: len(areas) - 2]
    return dict(zip(["bathroom", *dice.shuffled(names), "living room"], order, strict=True))


def _doors(dice: Dice, plan: FloorPlan) -> list[Door]:
    doors = [_door(dice, plan, CORRIDOR, name) for name in plan.rooms if name != CORRIDOR]
    names = [name for name in plan.rooms if name not in (CORRIDOR, "bathroom")]
    for i, a in enumerate(names):
        for b in names[i + 1 :]:
            if _shared(plan.rooms[a], plan.rooms[b]) >= 200 and dice.chance(35):
                doors.append(_door(dice, plan, a, b))
    return doors


def _shared(a: Rect, b: Rect) -> int:
    """Return the length of the wall between two rooms of one row, or a row and the end room; at most 0 if none."""
    return min(a.y1, b.y1) - max(a.y0, b.y0) if a.x1 == b.x0 or b.x1 == a.x0 else 0


def _door(dice: Dice, plan: FloorPlan, a: str, b: str) -> Door:
    """Return a doorway somewhere in the wall that two rooms share."""
    width = dice.between(90, 110, 10)
    one, two = plan.inside(a), plan.inside(b)
    margin = _DOOR_MARGIN + width // 2
    if one.x1 <= two.x0 or two.x1 <= one.x0:
        line = max(one.x0, two.x0) - HALF
        low, high = max(one.y0, two.y0) + margin, min(one.y1, two.y1) - margin
        at = dice.between(low, high, 5)
        return Door((a, b), Rect(line - HALF, at - width // 2, line + HALF, at + width // 2), along_y=False)
    line = max(one.y0, two.y0) - HALF
    low, high = max(one.x0, two.x0) + margin, min(one.x1, two.x1) - margin
    at = dice.between(low, high, 5)
    return Door((a, b), Rect(at - width // 2, line - HALF, at + width // 2, line + HALF), along_y=True)


def _walls(plan: FloorPlan) -> list[Rect]:
    """Return the walls of an unturned plan: the outer four, the corridor's, and those between rooms."""
    width, depth, hall = plan.width, plan.depth, plan.rooms[CORRIDOR]
    walls = [
        Rect(0, 0, width, WALL),
        Rect(0, depth - WALL, width, depth),
        Rect(0, WALL, WALL, depth - WALL),
        Rect(width - WALL, WALL, width, depth - WALL),
    ]
    hall_end = plan.inside(CORRIDOR).x1
    walls += [Rect(WALL, y - HALF, hall_end, y + HALF) for y in (hall.y0, hall.y1)]
    if hall.x1 < width:
        walls.append(Rect(hall.x1 - HALF, WALL, hall.x1 + HALF, depth - WALL))
    for name in plan.rooms:
        inner = plan.inside(name)
        if name != CORRIDOR and 0 < plan.rooms[name].x0 < hall.x1:
            walls.append(Rect(inner.x0 - WALL, inner.y0, inner.x0, inner.y1))
    return walls
