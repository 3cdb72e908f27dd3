"""The top-down map: the scene, the driven path coloured by time, and every anchored goal."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape
from typing import Self

from navila_sdk.events import ActionEnded
from navila_sdk.geometry import Pose2
from navila_sdk.recording.reader import EpisodeLog
from navila_sdk.recording.report.svg import color, element
from navila_sdk.scenes import Scene, Solid

PX_PER_M = 100.0
_MARGIN_M = 0.35
_PATH_PIECES = 64
_WALL = "#3b4250"
_HEAD_M = 1.5  # what begins higher is a lintel, and a doorway on the map


class Projection:
    """From odometry to the map's pixels: x right, y up.

    Args:
        scene: What is drawn; an open floor is as large as the points need.
        points_m: Points of the scene that must be on the map.
    """

    def __init__(self, scene: Scene | None, points_m: Sequence[tuple[float, float]]) -> None:
        self._start = scene.start if scene is not None else Pose2()
        points = points_m or [(self._start.x_m, self._start.y_m)]
        xs, ys = [x for x, _ in points], [y for _, y in points]
        walled = scene is not None and bool(scene.walls)
        if scene is not None and walled:
            xs, ys = ([low, high] for low, high in zip(*scene.bounds_m, strict=True))
        margin_m = _MARGIN_M if walled else 1.2
        self.left_m, self.top_m = min(xs) - margin_m, max(ys) + margin_m
        self.width = (max(xs) + margin_m - self.left_m) * PX_PER_M
        self.height = (self.top_m - min(ys) + margin_m) * PX_PER_M

    @classmethod
    def of_log(cls, log: EpisodeLog) -> Self:
        """Return the projection for a recorded episode."""
        start = log.scene.start if log.scene is not None else Pose2()
        poses = [start.compose(event.state.pose) for event in log.commands]
        return cls(log.scene, [(pose.x_m, pose.y_m) for pose in poses])

    def scene(self, x_m: float, y_m: float) -> tuple[float, float]:
        """Return the pixel of a scene point."""
        return (x_m - self.left_m) * PX_PER_M, (self.top_m - y_m) * PX_PER_M

    def odometry(self, pose: Pose2) -> tuple[float, float, float]:
        """Return pixel and clockwise degrees of an odometry pose."""
        placed = self._start.compose(pose)
        return (*self.scene(placed.x_m, placed.y_m), -math.degrees(placed.yaw_rad))


def draw_map(log: EpisodeLog, projection: Projection) -> str:
    """Return the map as an SVG element with a ``robot`` group for the script to move."""
    parts = draw_scene(log.scene, projection) if log.scene is not None else []
    parts += _path(log, projection)
    parts += _goals([event for event in log.events if isinstance(event, ActionEnded)], projection)
    body = element("circle", r=17, fill="#ff8a00", stroke="#fff", stroke_width=3)
    nose = element("path", d="M 9 -9 L 30 0 L 9 9 Z", fill="#ff8a00", stroke="#fff", stroke_width=3)
    parts.append(element("g", nose + body, class_="robot"))
    view = f"0 0 {projection.width:.0f} {projection.height:.0f}"
    label = f"Top-down map of {log.scene.name if log.scene else 'the run'} with the driven path"
    return element("svg", "".join(parts), class_="map", viewBox=view, role="img", aria_label=label)


def draw_scene(scene: Scene, projection: Projection) -> list[str]:
    """Return rooms, walls and things from above, as SVG elements."""
    parts: list[str] = []
    if not scene.walls:
        parts.append(element("rect", width="100%", height="100%", fill="#e4e0d8"))
    for room in scene.rooms:
        x, y = projection.scene(room.x_min_m, room.y_max_m)
        width, height = (room.x_max_m - room.x_min_m) * PX_PER_M, (room.y_max_m - room.y_min_m) * PX_PER_M
        parts.append(element("rect", x=x, y=y, width=width, height=height, fill=color(room.floor_rgb)))
    parts += [_solid(wall, projection, _WALL, "") for wall in scene.walls if _bottom_m(wall) < _HEAD_M]
    for thing in scene.objects:
        title = f"{thing.name}, {thing.room}" if thing.room else thing.name
        ordered = sorted(thing.solids, key=lambda solid: solid.center_m[2] + solid.size_m[2] / 2)
        shapes = "".join(_solid(solid, projection, color(solid.rgb), color(solid.rgb, 0.7)) for solid in ordered)
        parts.append(element("g", element("title", escape(title)) + shapes))
    for room in scene.rooms:
        x, y = projection.scene((room.x_min_m + room.x_max_m) / 2, (room.y_min_m + room.y_max_m) / 2)
        parts.append(element("text", escape(room.name), x=x, y=y, class_="room"))
    return parts


def _bottom_m(solid: Solid) -> float:
    return solid.center_m[2] - solid.size_m[2] / 2


def _solid(solid: Solid, projection: Projection, fill: str, stroke: str) -> str:
    x, y = projection.scene(solid.center_m[0], solid.center_m[1])
    width, height = solid.size_m[0] * PX_PER_M, solid.size_m[1] * PX_PER_M
    line = stroke or None
    if solid.shape == "box":
        turn = f"rotate({-math.degrees(solid.yaw_rad):.2f} {x:.2f} {y:.2f})" if solid.yaw_rad else None
        left, top = x - width / 2, y - height / 2
        return element(
            "rect", x=left, y=top, width=width, height=height, fill=fill, stroke=line, stroke_width=2, transform=turn
        )
    return element("circle", cx=x, cy=y, r=width / 2, fill=fill, stroke=line, stroke_width=2)


def _path(log: EpisodeLog, projection: Projection) -> list[str]:
    points = [projection.odometry(event.state.pose)[:2] for event in log.commands]
    if not points:
        return []
    stride = max(len(points) // 600, 1)
    points = points[::stride] + points[-1:]
    size = max(len(points) // _PATH_PIECES, 1)
    parts = [
        element(
            "polyline",
            points=" ".join(f"{x:.1f},{y:.1f}" for x, y in points[begin : begin + size + 1]),
            fill="none",
            stroke=f"hsl({215 - 185 * begin / len(points):.0f} 85% 45%)",
            stroke_width=7,
            stroke_linecap="round",
            stroke_linejoin="round",
        )
        for begin in range(0, len(points) - 1, size)
    ]
    x, y = points[0]
    parts.append(element("circle", cx=x, cy=y, r=14, fill="#fff", stroke="#1667c7", stroke_width=6))
    return parts


def _goals(ended: Sequence[ActionEnded], projection: Projection) -> list[str]:
    parts: list[str] = []
    for event in ended:
        execution = event.execution
        x, y, turn = projection.odometry(execution.goal)
        title = element("title", escape(f"{execution.action}: {execution.outcome}"))
        stroke = "#17804a" if execution.outcome.ok else "#c2372c"
        arrow = element(
            "path",
            d="M -2 0 L 16 0 M 10 -6 L 17 0 L 10 6",
            fill="none",
            stroke=stroke,
            stroke_width=4,
            stroke_linecap="round",
        )
        place = f"translate({x:.1f} {y:.1f}) rotate({turn:.1f})"
        parts.append(element("g", title + arrow, transform=place, opacity=0.85))
    return parts
