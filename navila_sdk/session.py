"""One recorded episode: log, run.json and report, whatever way it ends."""

from __future__ import annotations

import datetime
import logging
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs

from navila_sdk.episode import Episode
from navila_sdk.film import Filmer
from navila_sdk.navigator import Navigator
from navila_sdk.planner import Planner
from navila_sdk.robot import Robot

if TYPE_CHECKING:
    from navila_sdk.config import LoadedConfig

_log = logging.getLogger(__name__)
RUNS_FOLDER = "runs"


def record_episode(
    navigator: Navigator,
    robot: Robot,
    instruction: str,
    out: Path | None = None,
    *,
    planner: Planner | None = None,
    loaded: LoadedConfig | None = None,
    film: bool = True,
) -> Episode:
    """Navigate and write ``episode.mcap``, ``run.json`` and ``report.html``.

    Args:
        navigator: Planner and robot, ready to go.
        robot: The robot it drives.
        instruction: What to do.
        out: Folder to write to; a new one under the runs folder where it isn't given.
        planner: What decides, for the record.
        loaded: The configuration with its origins, for the record.
        film: Whether third-person pictures are taken, in worlds that can draw themselves.

    Raises:
        InstructionError: The instruction can't be followed; nothing was written.
        OutputError: The folder can't be written, or holds a recording already.
    """
    from navila_sdk.recording import EpisodeRecorder, build_report, new_run_folder, write_run_json

    navigator.prepare(instruction)
    folder = out or new_run_folder(Path(loaded.config.out if loaded else RUNS_FOLDER))
    facts = _facts(navigator, robot, planner, loaded)
    started = _now()
    run: dict[str, Any] = {"instruction": instruction, "started": started, **facts}
    result: dict[str, Any] = {"outcome": "cancelled", "cause": "left early"}
    with EpisodeRecorder(folder, scene=robot.scene, meta=facts) as recorder:
        write_run_json(folder, {**run, "status": "running"})
        listeners = [recorder, Filmer(robot, recorder.film)] if film else [recorder]
        for listener in listeners:
            robot.listen(listener)
        try:
            episode = navigator.navigate(instruction)
            result = episode_result(episode)
        finally:
            for listener in reversed(listeners):
                robot.unlisten(listener)
            recorder.close()
            write_run_json(folder, {**run, "status": "ended", "ended": _now(), "result": result})
    build_report([folder], folder / "report.html")
    return attrs.evolve(episode, folder=folder)


def episode_result(episode: Episode) -> dict[str, Any]:
    """Return an episode as plain values: what ``run.json`` and ``--json`` say."""
    return {
        "outcome": str(episode.outcome),
        "cause": episode.cause,
        "instruction": episode.instruction,
        "actions": [str(action) for action in episode.actions],
        "outcomes": [str(execution.outcome) for execution in episode.executions],
        "final_pose": list(episode.final_pose.as_tuple()),
        "path_length_m": episode.path_length_m,
        "duration_s": episode.duration_s,
        "idle_s": episode.idle_s,
        "plans": len(episode.plans),
    }


def _now() -> str:
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")


def _facts(navigator: Navigator, robot: Robot, planner: Planner | None, loaded: LoadedConfig | None) -> dict[str, Any]:
    """Return everything needed to run the episode again, as plain values."""
    from navila_sdk.config import plain

    return {
        "embodiment": robot.embodiment.name,
        "world": robot.made_from.get("world"),
        "robot": dict(robot.made_from),
        "planner": {
            "name": getattr(planner, "name", type(planner).__name__),
            "label": getattr(planner, "label", type(planner).__name__),
            "options": dict(getattr(planner, "options", {})),
            "seed": getattr(planner, "seed", None),
        },
        "executor": _plain(robot.executor_settings),
        "safety": _plain(robot.safety_settings),
        "navigator": _plain(navigator.settings),
        "control_hz": robot.embodiment.control_hz,
        "command_line": sys.argv if loaded else None,
        "config": {
            "path": str(loaded.path) if loaded.path else None,
            "values": plain(loaded.config),
            "origins": dict(loaded.origins),
        }
        if loaded
        else None,
    }


def _plain(settings: Any) -> dict[str, Any]:  # noqa: ANN401 - any of the settings classes
    values: Mapping[str, Any] = attrs.asdict(settings)
    return {name: value if isinstance(value, (int, float, tuple)) else str(value) for name, value in values.items()}
