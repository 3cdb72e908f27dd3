"""Simulated seconds per CPU second of whole errands, and the share of ray casting.

    python benchmarks/episode.py [--episodes 10] [--embodiment go2] [--recorded] [--fidelity physics] [--locomotion L]

The whole loop runs: navigator, oracle, executor, safety chain with its range scan on every tick, and a camera
frame five times a second. With --recorded the episode log is written, too (no film, no report).
"""

from __future__ import annotations

import argparse
import cProfile
import pstats
import tempfile
import time
from pathlib import Path

import navila_sdk as navila
from navila_sdk.events import Commanded, Event, Listener
from navila_sdk.recording import EpisodeRecorder

FRAME_PERIOD_S = 0.2


def looking(robot: navila.Robot) -> Listener:
    """Return a listener that takes a camera frame five times a second."""
    due_s = 0.0

    def look(event: Event) -> None:
        nonlocal due_s
        if isinstance(event, Commanded) and event.time_s >= due_s:
            due_s = event.time_s + FRAME_PERIOD_S
            robot.observe()

    return look


def errand(args: argparse.Namespace, seed: int) -> tuple[float, float]:
    """Run an errand; return simulated seconds and CPU seconds."""
    with (
        navila.connect(
            args.embodiment,
            world="mujoco",
            scene=f"apartment:{seed}",
            fidelity=args.fidelity,
            locomotion=args.locomotion,
        ) as robot,
        tempfile.TemporaryDirectory() as d,
    ):
        planner = navila.load_planner("oracle", robot=robot)
        listeners = [looking(robot)]
        if args.recorded:
            listeners.append(EpisodeRecorder(Path(d) / "run", scene=robot.scene))
        instruction = robot.scene.errands[0].instruction
        begin_s = time.process_time()
        episode = navila.navigate(planner, robot, instruction, record=False, listeners=listeners)
        return episode.duration_s, time.process_time() - begin_s


def main() -> None:
    """Print one line per measure."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--episodes", type=int, default=10)
    parser.add_argument("--embodiment", default="go2")
    parser.add_argument("--recorded", action="store_true")
    parser.add_argument("--fidelity", default=None)
    parser.add_argument("--locomotion", default=None)
    args = parser.parse_args()
    errand(args, 0)  # imports and first-use costs
    pairs = [errand(args, seed) for seed in range(args.episodes)]
    simulated_s, cpu_s = sum(pair[0] for pair in pairs), sum(pair[1] for pair in pairs)
    print(f"{len(pairs)} errands, {simulated_s:.0f} simulated seconds, {cpu_s:.1f} CPU seconds")
    print(f"simulated seconds per CPU second: {simulated_s / cpu_s:.0f}")
    profile = cProfile.Profile()
    profile.runcall(errand, args, 1)
    stats = pstats.Stats(profile)
    entries = stats.stats  # type: ignore[attr-defined]
    rays_s = sum(row[2] for key, row in entries.items() if "mj_multiRay" in key[2])
    print(f"share of ray casting, under the profiler: {rays_s / stats.total_tt:.0%}")  # type: ignore[attr-defined]


if __name__ == "__main__":
    main()
