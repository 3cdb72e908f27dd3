"""From a floor plan's walls and doorways to solids: walls with gaps, and a lintel over each gap."""

from __future__ import annotations

from collections.abc import Iterator

from navila_sdk.scenes.floorplan import FloorPlan
from navila_sdk.scenes.palette import WALL_RGB
from navila_sdk.scenes.rect import Rect
from navila_sdk.scenes.scene import Solid

WALL_HEIGHT = 250
DOOR_HEIGHT = 210


def wall_solids(plan: FloorPlan) -> tuple[Solid, ...]:
    """Return the plan's walls, cut at the doorways."""
    solids: list[Solid] = []
    for wall in plan.walls:
        gaps = [door.gap for door in plan.doors if wall.holds(door.gap)]
        solids += (piece.solid(0, WALL_HEIGHT, WALL_RGB) for piece in _pieces(wall, gaps))
        solids += (gap.solid(DOOR_HEIGHT, WALL_HEIGHT, WALL_RGB) for gap in gaps)
    return tuple(solids)


def _pieces(wall: Rect, gaps: list[Rect]) -> Iterator[Rect]:
    """Yield what is left of a wall between its gaps."""
    if wall.width >= wall.depth:
        edges = [wall.x0, *(x for gap in sorted(gaps, key=lambda g: g.x0) for x in (gap.x0, gap.x1)), wall.x1]
        for a, b in zip(edges[::2], edges[1::2], strict=True):
            if a < b:
                yield Rect(a, wall.y0, b, wall.y1)
        return
    edges = [wall.y0, *(y for gap in sorted(gaps, key=lambda g: g.y0) for y in (gap.y0, gap.y1)), wall.y1]
    for a, b in zip(edges[::2], edges[1::2], strict=True):
        if a < b:
            yield Rect(wall.x0, a, wall.x1, b)
