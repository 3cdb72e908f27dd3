"""A scene as coloured half-blocks in a terminal, with the driven trail and the robot on top."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from navila_sdk.geometry import Pose2
from navila_sdk.scenes import Scene, Solid

if TYPE_CHECKING:
    from rich.text import Text

    from navila_sdk.scenes.occupancy import OccupancyGrid

Rgb = tuple[int, int, int]
_FLOOR: Rgb = (205, 200, 190)
_WALL: Rgb = (70, 74, 82)
_HEAD_M = 1.5  # what begins higher is a lintel, and a doorway on the map
_TRAIL: Rgb = (255, 140, 40)
_ROBOT: Rgb = (20, 20, 30)
_NOSE: Rgb = (255, 60, 60)
_START: Rgb = (60, 160, 255)


def _standing(scene: Scene) -> OccupancyGrid:
    from navila_sdk.scenes.occupancy import occupancy

    return occupancy(scene, 0.0, high_m=_HEAD_M)


def _covers(solid: Solid, x_m: float, y_m: float) -> bool:
    dx, dy = x_m - solid.center_m[0], y_m - solid.center_m[1]
    c, s = math.cos(solid.yaw_rad), math.sin(solid.yaw_rad)
    across, along = abs(c * dx + s * dy), abs(-s * dx + c * dy)
    if solid.shape == "box":
        return across <= solid.size_m[0] / 2 and along <= solid.size_m[1] / 2
    return math.hypot(dx, dy) <= solid.size_m[0] / 2


class MiniMap:
    """Draws a scene top-down, two pixels per character cell.

    Args:
        scene: What to draw.
        columns: Width in characters.
        rows: Height in characters, at most.
    """

    def __init__(self, scene: Scene, columns: int = 60, rows: int = 22) -> None:
        self._scene = scene
        self._walls = [wall for wall in scene.walls if wall.center_m[2] - wall.size_m[2] / 2 < _HEAD_M]
        width_m, height_m = scene.size_m
        self._left_m, self._top_m = scene.bounds_m[0][0], scene.bounds_m[1][1]
        self._mesh = _standing(scene) if scene.mesh is not None else None
        self._cell_m = max(width_m / columns, height_m / (2 * rows))
        self._columns = max(math.ceil(width_m / self._cell_m), 1)
        self._lines = max(math.ceil(height_m / self._cell_m), 1)
        self._lines += self._lines % 2
        self._base = [[self._color(column, line) for column in range(self._columns)] for line in range(self._lines)]
        self._trail: set[tuple[int, int]] = set()
        self._mark = self._cell(scene.start)

    def _point(self, column: int, line: int) -> tuple[float, float]:
        return self._left_m + (column + 0.5) * self._cell_m, self._top_m - (line + 0.5) * self._cell_m

    def _cell(self, pose: Pose2) -> tuple[int, int]:
        column = int((pose.x_m - self._left_m) / self._cell_m)
        line = int((self._top_m - pose.y_m) / self._cell_m)
        return min(max(column, 0), self._columns - 1), min(max(line, 0), self._lines - 1)

    def _color(self, column: int, line: int) -> Rgb:
        x_m, y_m = self._point(column, line)
        for thing in self._scene.objects:
            for solid in thing.solids:
                if _covers(solid, x_m, y_m):
                    return solid.rgb
        if any(_covers(wall, x_m, y_m) for wall in self._walls):
            return _WALL
        if self._mesh is not None and not self._mesh.is_free(x_m, y_m):
            return _WALL
        room = self._scene.room_at(x_m, y_m)
        return room.floor_rgb if room else _FLOOR

    def visit(self, pose: Pose2) -> None:
        """Add a scene-frame pose to the trail."""
        self._trail.add(self._cell(pose))

    def draw(self, pose: Pose2) -> Text:
        """Return the map with the robot at a scene-frame pose."""
        from rich.text import Text

        marks = dict.fromkeys(self._trail, _TRAIL)
        marks[self._mark] = _START
        reach_m = max(0.35, self._cell_m)
        nose = pose.compose(Pose2(reach_m, 0, 0))
        marks[self._cell(nose)] = _NOSE
        marks[self._cell(pose)] = _ROBOT
        text = Text(no_wrap=True)
        for line in range(0, self._lines, 2):
            run, style = "", ""
            for column in range(self._columns):
                upper = marks.get((column, line), self._base[line][column])
                lower = marks.get((column, line + 1), self._base[line + 1][column])
                now = f"rgb({upper[0]},{upper[1]},{upper[2]}) on rgb({lower[0]},{lower[1]},{lower[2]})"
                if now != style and run:
                    text.append(run, style)
                    run = ""
                style = now
                run += "▀"
            text.append(run + "\n", style)
        return text
