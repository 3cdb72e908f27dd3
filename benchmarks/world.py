"""How many simulated seconds a world gives per wall second, and where the time goes.

One core, one robot: a state with its range scan on every control tick, a camera frame at the camera's rate,
a new command on every tick. Usage: ``python benchmarks/world.py [SCENE] [--embodiment E] [--seconds S]``.
"""

from __future__ import annotations

import argparse
import cProfile
import json
import math
import pstats
import time
from importlib import import_module

import navila_mujoco

from navila_sdk.embodiment import Embodiment
from navila_sdk.geometry import Twist
from navila_sdk.world import SimulatedDriver, WorldRequest


def drive(driver: SimulatedDriver, embodiment: Embodiment, seconds: float) -> int:
    """Drive in wide loops for that long in simulated time; return the frames seen."""
    steps_per_tick = round(1 / (embodiment.control_hz * driver.step_s))
    ticks_per_frame = round(embodiment.control_hz / embodiment.camera.rate_hz)
    frames = 0
    for tick in range(round(seconds * embodiment.control_hz)):
        state = driver.state()
        if tick % ticks_per_frame == 0:
            driver.observe()
            frames += 1
        wz = 0.5 * math.sin(0.4 * state.time_s) + (0.8 if state.contact else 0.0)
        driver.send(Twist(0.4, 0.0, wz))
        for _ in range(steps_per_tick):
            driver.advance()
    return frames


def _connect(embodiment: Embodiment, scene: str) -> SimulatedDriver:
    driver = navila_mujoco.record.make(WorldRequest(embodiment, scene))
    assert isinstance(driver, SimulatedDriver)
    return driver


def _share(stats: pstats.Stats, name: str) -> float:
    entries = stats.stats  # type: ignore[attr-defined]
    spent = sum(row[2] for key, row in entries.items() if name in key[2])
    return spent / stats.total_tt  # type: ignore[attr-defined]


def main() -> None:
    """Measure and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("scene", nargs="?", default="apartment:7")
    parser.add_argument("--embodiment", default="go2")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--repeats", type=int, default=3)
    arguments = parser.parse_args()
    embodiment = import_module(f"navila_{arguments.embodiment}").embodiment
    best_s, frames, made_s = math.inf, 0, math.inf
    for _ in range(arguments.repeats):
        start_s = time.perf_counter()
        driver = _connect(embodiment, arguments.scene)
        made_s = min(made_s, time.perf_counter() - start_s)
        start_s = time.process_time()
        frames = drive(driver, embodiment, arguments.seconds)
        best_s = min(best_s, time.process_time() - start_s)
        driver.close()
    profile = cProfile.Profile()
    driver = _connect(embodiment, arguments.scene)
    profile.runcall(drive, driver, embodiment, arguments.seconds)
    stats = pstats.Stats(profile)
    result = {
        "scene": arguments.scene,
        "embodiment": arguments.embodiment,
        "solids": len(driver.scene.solids),
        "simulated_s": arguments.seconds,
        "frames": frames,
        "picture_px": [embodiment.camera.width_px, embodiment.camera.height_px],
        "control_hz": embodiment.control_hz,
        "make_s": round(made_s, 4),
        "cpu_s": round(best_s, 4),
        "simulated_per_cpu_second": round(arguments.seconds / best_s, 1),
        "share_of_ray_casting": round(_share(stats, "mj_multiRay"), 3),
        "share_of_collision": round(_share(stats, "mj_collision") + _share(stats, "mj_kinematics"), 3),
    }
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
