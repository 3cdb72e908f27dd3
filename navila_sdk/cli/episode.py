"""What ``run`` and ``demo`` share: configuration in, an episode with its live view and its result out."""

from __future__ import annotations

import contextlib
import signal
import sys
from collections.abc import Generator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from navila_sdk.cli.console import json_text
from navila_sdk.config import LoadedConfig, check_asked, load_config

if TYPE_CHECKING:
    from rich.console import Console

    from navila_sdk.episode import Episode
    from navila_sdk.events import Listener
    from navila_sdk.robot import Robot

LIVE_PACE = 8.0
_FLAGS = ("embodiment", "world", "planner", "fidelity", "locomotion", "scene", "seed")


def run_episode(instruction: str, given: Mapping[str, Any]) -> None:
    """Run one episode as the options say and exit with 1 if it didn't end by Stop.

    Args:
        instruction: What to do.
        given: The options of ``navila_sdk.cli.options``.
    """
    from rich.console import Console

    from navila_sdk.instruction import checked_instruction
    from navila_sdk.session import episode_result

    instruction = checked_instruction(instruction)
    flags = {name: given[name] for name in _FLAGS if given.get(name) is not None}
    check_asked({"out": given.get("out"), "pace": given.get("pace")})
    path = given.get("config_path")
    loaded = load_config(Path(path) if path else None, given.get("sets") or (), flags)
    as_json = bool(given.get("as_json"))
    console = Console(stderr=as_json)
    live = not as_json and console.is_terminal
    pace = given.get("pace")
    if pace is None and live:
        pace = LIVE_PACE
    with terminating():
        episode, names = _drive(instruction, loaded, given, console if live else None, pace)
    if as_json:
        folder = str(episode.folder) if episode.folder else None
        result = {**episode_result(episode), "folder": folder, **names}
        sys.stdout.write(json_text(result) + "\n")
    else:
        _summary(episode, names, console)
    if not episode.outcome.ok:
        if as_json:
            sys.stderr.write(f"{episode.outcome}: {episode.cause}\n")
        raise SystemExit(1)


def _drive(
    instruction: str,
    loaded: LoadedConfig,
    given: Mapping[str, Any],
    console: Console | None,
    pace: float | None,
) -> tuple[Episode, dict[str, Any]]:
    from navila_sdk.api import connect, load_planner
    from navila_sdk.cli.estop import estop_controls
    from navila_sdk.cli.loading import loading_bar
    from navila_sdk.navigator import Navigator
    from navila_sdk.plugins import HookListener, Plugins
    from navila_sdk.session import record_episode

    config = loaded.config
    plugins = Plugins.of(loaded)
    with connect(config=config, plugins=plugins, pace=pace) as robot:
        with loading_bar():
            planner = load_planner(robot=robot, config=config, plugins=plugins)
        navigator = Navigator(planner, robot, config.navigator)
        robot.listen(HookListener(plugins))
        out = given.get("out")
        with (
            estop_controls(robot) as controls,
            _view(robot, console, _title(config.embodiment, config.world, config.planner, controls.hint)) as listeners,
        ):
            for listener in listeners:
                robot.listen(listener)
            episode = record_episode(
                navigator,
                robot,
                instruction,
                Path(out) if out else None,
                planner=planner,
                loaded=loaded,
                film=not given.get("no_film"),
            )
        names = {
            "embodiment": config.embodiment,
            "world": config.world,
            "planner": planner.label,
            "scene": robot.scene.name if robot.scene else None,
            "seed": config.seed,
        }
    return episode, names


def _title(*parts: str) -> str:
    return " · ".join(part for part in parts if part)


@contextlib.contextmanager
def _view(robot: Robot, console: Console | None, title: str) -> Generator[list[Listener]]:
    if console is None:
        yield []
        return
    from navila_sdk.cli.live import LiveView

    with LiveView(robot, console, title) as view:
        yield [view]


@contextlib.contextmanager
def terminating() -> Generator[None]:
    """Make SIGTERM, and a terminal that goes away, end the episode as Ctrl-C does: robot stopped, recording closed."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    before = {signal.SIGTERM: signal.signal(signal.SIGTERM, interrupt)}
    # An SSH session that breaks off hangs up; under nohup the user wants to live on.
    hang_up = getattr(signal, "SIGHUP", None)
    if hang_up is not None and signal.getsignal(hang_up) != signal.SIG_IGN:
        before[hang_up] = signal.signal(hang_up, interrupt)
    try:
        yield
    finally:
        for which, handler in before.items():
            signal.signal(which, handler)


def _summary(episode: Episode, names: Mapping[str, Any], console: Console) -> None:
    from rich.markup import escape

    colour = "green" if episode.outcome.ok else "red"
    console.print(
        f"[bold {colour}]{episode.outcome}[/] after {len(episode.executions)} actions, "
        f"{episode.path_length_m:.2f} m, {episode.duration_s:.1f} s "
        f"({names['embodiment']} in {names['scene'] or names['world']}, planner {names['planner']})",
        soft_wrap=True,
    )
    if episode.cause:
        console.print(escape(episode.cause), soft_wrap=True)
    if episode.folder is not None:
        console.print(f"report     {escape(str(episode.folder / 'report.html'))}", soft_wrap=True)
        console.print(f"recording  {escape(str(episode.folder / 'episode.mcap'))}", soft_wrap=True)
