"""A benchmark of walks on an open floor, and a planner that does as told, whatever it is told."""

import json
import os
import subprocess
import sys
from pathlib import Path

import attrs

from navila_sdk.evaluation.episodes import EvalEpisode
from navila_sdk.evaluation.file import EpisodeFile, write_benchmark
from navila_sdk.geometry import Pose2

NAVILA = [sys.executable, "-m", "navila_sdk.cli.main"]
PLUGINS = "odd=odd_planner:odd"
PLANNER = """
import os
import signal
import time
from pathlib import Path

import navila_sdk as navila
from navila_sdk.planners.human import HumanPlanner


class Odd(HumanPlanner):
    def reset(self, instruction):
        order, _, rest = instruction.rpartition(": ")
        here = Path(os.environ["ODD_FOLDER"])
        if order == "DIE" and not (here / "live").exists():
            if not (here / "quiet").exists():
                print("goodbye, world", flush=True)
            os.kill(os.getpid(), signal.SIGKILL)
        if order == "DIE-ONCE" and not (here / "died").exists():
            (here / "died").touch()
            os.kill(os.getpid(), signal.SIGKILL)
        if order == "RAISE":
            raise RuntimeError("nobody expects this")
        if order == "WAIT" and not (here / "go").exists():
            (here / f"waiting-{os.getpid()}").touch()
            while not (here / "go").exists():
                time.sleep(0.01)
        super().reset(rest)


odd = navila.PlannerRecord("odd", lambda request: Odd(), navila_api="1")
"""


def walk(number, order="", length_m=1.0, **changes):
    """An episode one to three metres straight ahead; ``order`` tells the odd planner what to do first."""
    metres = length_m + number % 3 * 0.5
    start = Pose2(8.0, 10.0, 0.0)
    goal = (8.0 + metres, 10.0)
    command = f"walk forward {metres:g} m and stop"
    episode = EvalEpisode(
        episode_id=f"walk-{number}",
        split="val",
        scene="empty",
        instruction=f"{order}: {command}" if order else command,
        start=start,
        goal_m=goal,
        reference_path_m=((8.0, 10.0), goal),
        geodesic_m=metres,
        tier=("easy", "medium", "long")[number % 3],
    )
    return attrs.evolve(episode, **changes)


def benchmark(*episodes):
    return EpisodeFile(name="walks", version="1", episodes=episodes)


def written(folder, *episodes):
    """Write a benchmark and the odd planner into a folder; return the benchmark's path."""
    (folder / "odd_planner.py").write_text(PLANNER)
    return write_benchmark(folder / "walks.json", benchmark(*episodes))


def environment(folder):
    return {
        **os.environ,
        "NAVILA_PLUGINS": PLUGINS,
        "PYTHONPATH": str(folder),
        "ODD_FOLDER": str(folder),
        "NAVILA_CONFIG_DIR": str(folder / "nobody"),
    }


def command(folder, *words):
    return [*NAVILA, "eval", str(folder / "walks.json"), "--planner", "odd", "--out", str(folder / "out"), *words]


def navila_eval(folder, *words):
    return subprocess.run(
        command(folder, *words), cwd=folder, env=environment(folder), capture_output=True, text=True, timeout=300
    )


def rows_in(folder: Path):
    """The rows of ``folder/out`` without what differs between equal runs, by episode; none may be there twice."""
    lines = (folder / "out" / "rows.jsonl").read_text().splitlines()
    rows = [json.loads(line) for line in lines]
    for row in rows:
        row.pop("timings")
    found = {row["episode_id"]: row for row in rows}
    assert len(found) == len(rows), "an episode was run twice"
    return found
