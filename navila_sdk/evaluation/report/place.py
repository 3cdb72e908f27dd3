"""The map of one episode: the scene from above, the way described, the way driven, and where success begins."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape

from navila_sdk.errors import NavilaError
from navila_sdk.evaluation.episodes import EvalEpisode, Point
from navila_sdk.evaluation.metrics import SUCCESS_M
from navila_sdk.evaluation.row import EpisodeRow
from navila_sdk.recording.report.map import PX_PER_M, Projection, draw_scene
from navila_sdk.recording.report.svg import element

_DESCRIBED, _DRIVEN, _GOAL = "#7a5af8", "#1667c7", "#17804a"
_DECIMALS = re.compile(r"(\d+\.\d)\d+")


def draw_episode(episode: EvalEpisode, row: EpisodeRow) -> str:
    """Return the map as an SVG element, or a line that says why there is none."""
    try:
        scene = episode.place()
    except NavilaError as error:
        return f'<p class="cause">no map: {escape(str(error))}</p>'
    projection = Projection(scene, [*episode.reference_path_m, *row.path_m, episode.goal_m])
    x, y = projection.scene(*episode.goal_m)
    parts = draw_scene(scene, projection)
    circle = element("title", f"less than {SUCCESS_M:g} m from the goal, as the crow flies")
    parts.append(
        element(
            "circle",
            circle,
            cx=x,
            cy=y,
            r=SUCCESS_M * PX_PER_M,
            fill=_GOAL,
            fill_opacity=0.08,
            stroke=_GOAL,
            stroke_width=4,
            stroke_dasharray="18 12",
            class_="within",
        )
    )
    parts.append(_line(episode.reference_path_m, projection, _DESCRIBED, "described"))
    parts.append(_line(row.path_m, projection, _DRIVEN, "driven"))
    parts.append(element("path", d=f"M {x - 16:.1f} {y:.1f} h 32 m -16 -16 v 32", stroke=_GOAL, stroke_width=8))
    start_x, start_y = projection.scene(episode.start.x_m, episode.start.y_m)
    parts.append(element("circle", cx=start_x, cy=start_y, r=13, fill="#fff", stroke=_DRIVEN, stroke_width=6))
    if row.path_m:
        end_x, end_y = projection.scene(*row.path_m[-1])
        parts.append(element("circle", cx=end_x, cy=end_y, r=15, fill="#ff8a00", stroke="#fff", stroke_width=3))
    view = f"0 0 {projection.width:.0f} {projection.height:.0f}"
    label = f"Map of {scene.name}: the way described, the way driven, 3 m around the goal"
    drawn = element("svg", "".join(parts), class_="map", viewBox=view, role="img", aria_label=label)
    return _DECIMALS.sub(r"\1", drawn)


def _line(points_m: Sequence[Point], projection: Projection, color: str, name: str) -> str:
    pixels = [projection.scene(*point) for point in points_m]
    return element(
        "polyline",
        points=" ".join(f"{x:.0f},{y:.0f}" for x, y in pixels),
        fill="none",
        stroke=color,
        stroke_width=7,
        stroke_linecap="round",
        stroke_linejoin="round",
        stroke_dasharray="2 14" if name == "described" else None,
        class_=name,
    )
