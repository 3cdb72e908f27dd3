"""Time to make an apartment, carry it through JSON, rasterise it, measure distances in it and plan in it.

python benchmarks/scenes.py [--seeds 30] [--embodiment go2]
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from typing import TypeVar

import numpy as np

import navila_sdk as navila
from navila_sdk.planner import PlannerRequest
from navila_sdk.planners.oracle import record
from navila_sdk.plugins import Plugins
from navila_sdk.scenes import load_scene, scene_from_json, scene_to_json
from navila_sdk.scenes.geodesic import DistanceField
from navila_sdk.scenes.occupancy import occupancy

T = TypeVar("T")


class Watch:
    """Collects times in milliseconds by name."""

    def __init__(self) -> None:
        self.times_ms: dict[str, list[float]] = {}

    def time(self, name: str, work: Callable[[], T]) -> T:
        """Do the work and note how long it took."""
        began = time.perf_counter()
        result = work()
        self.times_ms.setdefault(name, []).append((time.perf_counter() - began) * 1e3)
        return result


def walk(watch: Watch, scene: navila.Scene, embodiment: navila.Embodiment) -> int:
    """Carry out the first errand ideally and return the number of actions."""
    planner = record.make(PlannerRequest(scene=scene, embodiment=embodiment))
    watch.time("oracle reset", lambda: planner.reset(scene.errands[0].instruction))
    pose, frame = navila.Pose2(), np.zeros((4, 4, 3), np.uint8)
    for count in range(1, 200):
        seen = navila.Observation(frame, pose)
        action = watch.time("oracle step", lambda seen=seen: planner.step(seen)).action
        if action == navila.Stop():
            return count
        pose = pose.compose(action.displacement())
    raise SystemExit(f"{scene.name}: no stop within 200 actions")


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=30)
    parser.add_argument("--embodiment", default="go2")
    args = parser.parse_args()
    embodiment = Plugins().embodiment(args.embodiment)
    load_scene("apartment:0")  # imports and caches
    watch, actions = Watch(), []
    for seed in range(args.seeds):
        scene = watch.time("apartment", lambda seed=seed: load_scene(f"apartment:{seed}"))
        text = watch.time("to JSON", lambda scene=scene: scene_to_json(scene))
        watch.time("from JSON", lambda text=text: scene_from_json(text))
        grid = watch.time("occupancy 5 cm", lambda scene=scene: occupancy(scene, 0.4))
        goal = scene.errands[0].goal_m
        watch.time("distance field 5 cm", lambda grid=grid, goal=goal: DistanceField(grid, goal))
        actions.append(walk(watch, scene, embodiment))
    print(f"{args.seeds} apartments, {args.embodiment}, {statistics.mean(actions):.1f} actions an errand")
    print("ms                     median     p95     max")
    for name, times in watch.times_ms.items():
        times.sort()
        columns = (statistics.median(times), times[int(0.95 * (len(times) - 1))], times[-1])
        print(f"{name:<20}" + "".join(f"{value:>8.2f}" for value in columns))


if __name__ == "__main__":
    main()
