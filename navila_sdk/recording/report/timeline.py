"""The timeline: thinking, actions, safety, and the commanded speeds, over the episode's time."""

from __future__ import annotations

import math
from collections.abc import Callable
from html import escape

from navila_sdk.actions import Action, Stop, TurnLeft, TurnRight, Wait
from navila_sdk.events import ActionEnded, Commanded, Planned, SafetyEvent
from navila_sdk.geometry import Twist
from navila_sdk.recording.reader import EpisodeLog
from navila_sdk.recording.report.svg import element

WIDTH = 1000.0
LEFT = 92.0
_ROW_PLAN, _ROW_ACTION, _ROW_SAFETY, _ROW_V, _ROW_W, _HEIGHT = 8, 34, 70, 96, 176, 262
_MAX_POINTS = 700


def scale_of(start_s: float, end_s: float) -> float:
    """Return pixels per second."""
    return (WIDTH - LEFT - 6) / max(end_s - start_s, 1e-3)


def draw_timeline(log: EpisodeLog, start_s: float, end_s: float) -> str:
    """Return the timeline as an SVG element with a ``cursor`` group for the script to move."""
    scale = scale_of(start_s, end_s)

    def at(time_s: float) -> float:
        return LEFT + (time_s - start_s) * scale

    parts = [_label("thinking", _ROW_PLAN + 14), _label("action", _ROW_ACTION + 19), _label("safety", _ROW_SAFETY + 13)]
    asked_s = {frame.index: frame.asked_s for frame in log.frames}
    for event in log.events:
        match event:
            case Planned():
                begin = at(asked_s.get(event.index, event.time_s))
                words = f"plan {event.index}: {event.plan.raw or event.note}"
                fill = "var(--accent)" if event.used else "var(--bad)"
                parts.append(_bar(begin, max(at(event.time_s) - begin, 2.0), _ROW_PLAN, 16, fill, words))
            case ActionEnded():
                run = event.execution
                begin, width = at(run.start_s), max(at(run.end_s) - at(run.start_s), 2.0)
                words = f"{run.action}: {run.outcome}" + (f" ({run.cause})" if run.cause else "")
                fill = _action_fill(run.action) if run.outcome.ok else "var(--bad)"
                parts.append(_bar(begin, width, _ROW_ACTION, 26, fill, words))
            case SafetyEvent() if event.active:
                words = f"{event.time_s:.2f} s {event.stage}: {event.cause}"
                parts.append(_bar(at(event.time_s) - 1.5, 3.0, _ROW_SAFETY, 16, "var(--warn)", words))
            case _:
                pass
    parts += _curves(log.commands, at)
    parts += _seconds(start_s, end_s, at)
    line = element("line", x1=0, x2=0, y1=0, y2=_HEIGHT - 18, stroke="var(--ink)", stroke_width=1.5)
    parts.append(element("g", line, class_="cursor"))
    label = "Timeline of thinking, actions, safety events and commanded speeds"
    view = f"0 0 {WIDTH:.0f} {_HEIGHT}"
    return element("svg", "".join(parts), class_="timeline", viewBox=view, role="img", aria_label=label)


def _action_fill(action: Action) -> str:
    if isinstance(action, (TurnLeft, TurnRight)):
        return "var(--turn)"
    return "var(--still)" if isinstance(action, (Stop, Wait)) else "var(--move)"


def _label(words: str, y: float) -> str:
    return element("text", escape(words), x=0, y=y, font_size=13)


def _bar(x: float, width: float, y: float, height: float, fill: str, words: str) -> str:
    title = element("title", escape(words))
    return element("rect", title, x=x, y=y, width=width, height=height, rx=2, fill=fill, opacity=0.85)


def _speed(twist: Twist) -> float:
    return math.copysign(twist.speed_mps, twist.vx_mps or 1.0)


def _turn_rate(twist: Twist) -> float:
    return math.degrees(twist.wz_radps)


def _curves(commands: tuple[Commanded, ...], place: Callable[[float], float]) -> list[str]:
    stride = max(len(commands) // _MAX_POINTS, 1)
    shown = commands[::stride] + commands[-1:]
    parts: list[str] = []
    for row, words, pick in ((_ROW_V, "v m/s", _speed), (_ROW_W, "turn °/s", _turn_rate)):
        values = [(event.time_s, pick(event.asked), pick(event.sent)) for event in shown]
        reach = max([abs(value) for _, *pair in values for value in pair] + [1e-3])
        middle, half = row + 34, 30
        parts.append(_label(words, middle + 5))
        parts.append(element("text", f"±{reach:.2g}", x=LEFT - 8, y=row + 10, font_size=11, text_anchor="end"))
        parts.append(element("line", x1=LEFT, x2=WIDTH - 6, y1=middle, y2=middle, stroke="var(--line)"))
        for column, stroke, width in ((1, "var(--asked)", 1.2), (2, "var(--accent)", 1.8)):
            points = " ".join(f"{place(v[0]):.1f},{middle - half * v[column] / reach:.1f}" for v in values)
            dash = "4 3" if column == 1 else None
            parts.append(
                element(
                    "polyline", points=points, fill="none", stroke=stroke, stroke_width=width, stroke_dasharray=dash
                )
            )
    return parts


def _seconds(start_s: float, end_s: float, place: Callable[[float], float]) -> list[str]:
    span = max(end_s - start_s, 1e-3)
    step = next((value for value in (1, 2, 5, 10, 20, 30, 60, 120, 300, 600) if span / value <= 12), 1200)
    parts: list[str] = []
    second = math.ceil(start_s / step) * step
    while second <= end_s:
        x = place(float(second))
        parts.append(element("text", f"{second} s", x=x, y=_HEIGHT - 2, font_size=12, text_anchor="middle"))
        second += step
    return parts
