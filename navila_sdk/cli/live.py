"""The live view: what the robot is told, what it does, and where it is, while it moves."""

from __future__ import annotations

import math
import time
from types import TracebackType
from typing import TYPE_CHECKING, Self

from navila_sdk.cli.minimap import MiniMap
from navila_sdk.events import (
    ActionEnded,
    ActionStarted,
    Commanded,
    EpisodeEnded,
    EpisodeStarted,
    Event,
    Planned,
    SafetyEvent,
)
from navila_sdk.geometry import Pose2

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from navila_sdk.robot import Robot

_REFRESH_S = 0.1
_WORDS_COLUMNS = 46
_LEAST_MAP_COLUMNS, _MOST_MAP_COLUMNS = 20, 60


class LiveView:
    """Listens to an episode and redraws a panel at most ten times a second.

    Args:
        robot: The robot that is watched.
        console: Where to draw.
        title: Names of what runs.
    """

    def __init__(self, robot: Robot, console: Console, title: str) -> None:
        from rich.live import Live

        scene = robot.scene
        self._start = scene.start if scene is not None else Pose2()
        room = console.width - _WORDS_COLUMNS
        if scene is not None and room >= _LEAST_MAP_COLUMNS:
            self._map = MiniMap(scene, min(room, _MOST_MAP_COLUMNS), max(console.height - 4, 6))
        else:
            self._map = None
        self._title = title
        self._instruction = ""
        self._plans = 0
        self._latency_s = 0.0
        self._action = "thinking"
        self._done: list[str] = []
        self._command: Commanded | None = None
        self._safety = "[green]clear[/]"
        self._ended = ""
        self._drawn_s = 0.0
        self._live = Live(console=console, auto_refresh=False, transient=False)

    def __enter__(self) -> Self:
        self._live.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._draw()
        self._live.__exit__(kind, error, trace)

    def __call__(self, event: Event) -> None:
        """Take note of an event."""
        match event:
            case EpisodeStarted():
                self._instruction = event.instruction
            case Planned():
                self._plans += 1
                self._latency_s = event.plan.latency_s
            case ActionStarted():
                self._action = str(event.action)
            case ActionEnded():
                mark = "[green]✓[/]" if event.execution.outcome.ok else f"[red]{event.execution.outcome}[/]"
                self._done.append(f"{event.execution.action} {mark}")
                self._action = "thinking"
            case SafetyEvent():
                self._safety = f"[red]{event.stage}: {event.cause}[/]" if event.active else "[green]clear[/]"
            case EpisodeEnded():
                self._ended = event.outcome + (f": {event.cause}" if event.cause else "")
            case Commanded():
                self._command = event
                if self._map is not None:
                    self._map.visit(self._start.compose(event.state.pose))
            case _:
                return
        if time.monotonic() - self._drawn_s >= _REFRESH_S:
            self._draw()

    def _draw(self) -> None:
        self._drawn_s = time.monotonic()
        self._live.update(self._panel(), refresh=True)

    def _panel(self) -> RenderableType:
        from rich.markup import escape
        from rich.panel import Panel
        from rich.table import Table

        table = Table.grid(padding=(0, 1))
        table.add_column(style="dim", justify="right", no_wrap=True)
        table.add_column(overflow="fold", max_width=_WORDS_COLUMNS)
        table.add_row("instruction", f"[bold]{escape(self._instruction)}[/]")
        table.add_row("plan", f"{self._plans}   latency {self._latency_s * 1000:.0f} ms")
        table.add_row("action", f"[bold cyan]{self._ended or self._action}[/]")
        if self._command is not None:
            state, sent = self._command.state, self._command.sent
            turn = math.degrees(sent.wz_radps)
            table.add_row("time", f"{self._command.time_s:.1f} s")
            table.add_row("command", f"v {sent.vx_mps:+.2f} {sent.vy_mps:+.2f} m/s   ω {turn:+.0f} °/s")
            pose = state.pose
            table.add_row("pose", f"x {pose.x_m:+.2f} y {pose.y_m:+.2f} m   {math.degrees(pose.yaw_rad):+.0f}°")
        table.add_row("safety", self._safety)
        for line in self._done[-6:]:
            table.add_row("", line)
        side_by_side = Table.grid(padding=(0, 2))
        if self._map is not None and self._command is not None:
            side_by_side.add_row(self._map.draw(self._start.compose(self._command.state.pose)), table)
        else:
            side_by_side.add_row(table)
        return Panel(side_by_side, title=self._title, border_style="blue")
