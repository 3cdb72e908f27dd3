"""The world ``habitat`` beside bare habitat-sim and beside the world ``mujoco``: frames, ways, oracle episodes.

    python benchmarks/habitat.py [--only frames|ways|episodes] [--apartments N] [--gpu CARD]

Frames: our loop and habitat-sim's own take turns, in one process and with one simulator, over the same moves and with
the same sensors, so that what else the machine does cancels out. Ways: start-goal pairs, on Habitat's navmesh and on
our own map. Episodes: the oracle walks the same synthetic R2R file in both worlds.
"""

from __future__ import annotations

import argparse
import importlib
import itertools
import math
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import navila_habitat
import numpy as np
from navila_habitat.driver import HabitatDriver
from navila_habitat.frames import local_velocities, rotation_of, to_world
from navila_vlnce.benchmark import VlnceBenchmark
from navila_vlnce.write import write_vlnce

from navila_sdk.config import load_config
from navila_sdk.evaluation.apartments.benchmark import train_episodes
from navila_sdk.evaluation.attempt import Attempts
from navila_sdk.evaluation.row import EpisodeRow
from navila_sdk.evaluation.settings import EvalSettings
from navila_sdk.geometry import Pose2, Twist
from navila_sdk.plugins import Plugins
from navila_sdk.scenes import load_scene
from navila_sdk.scenes.geodesic import DistanceField
from navila_sdk.scenes.occupancy import occupancy
from navila_sdk.world import WorldRequest

SIZES = ((64, 48), (224, 224), (640, 480))
ROUNDS = 12
FRAMES = 10
STEP = "move_forward"
PAIRS = 6
CELL_M = 0.05  # Habitat's, to which it rounds the body's radius up
Loop = Callable[[], float]


def opened(scene: str, gpu: int | None, **options: Any) -> HabitatDriver:  # noqa: ANN401 - options are of any type
    """Return a go2 in a scene."""
    card = {} if gpu is None else {"gpu": gpu}
    return navila_habitat.make(
        WorldRequest(Plugins().embodiment("go2"), scene=scene, options={"probe": gpu is None, **card, **options})
    )


# -- frames ---------------------------------------------------------------------------------------


def stepped_loops(driver: HabitatDriver, start: Pose2) -> tuple[Loop, Loop]:
    """Return both loops over VLN-CE's steps: turn left, go, look, as habitat-lab's tasks do with ``Simulator.step``."""
    simulation: Any = driver._simulation
    bare: Any = simulation._sim

    def ours() -> float:
        driver.place(start)
        began = time.perf_counter()
        for index in range(FRAMES):
            driver.send(Twist(0, 0, math.radians(15) / 0.2) if index % 2 else Twist(0.25 / 0.2))
            for _ in range(round(0.2 / driver.step_s)):
                driver.advance()
            driver.send(Twist())
            driver.observe()
        return time.perf_counter() - began

    def theirs() -> float:
        simulation.put(to_world(start.x_m, start.y_m, simulation.position[1]), rotation_of(start.yaw_rad))
        simulation._show(0.0)
        began = time.perf_counter()
        for index in range(FRAMES):
            bare.step("turn_left" if index % 2 else STEP)
        return time.perf_counter() - began

    return ours, theirs


def gliding_loops(driver: HabitatDriver, start: Pose2) -> tuple[Loop, Loop]:
    """Return both loops over velocities: ten moves of 20 ms, then a look, as habitat-sim's tutorial drives a body."""
    simulation: Any = driver._simulation
    bare: Any = simulation._sim
    habitat_sim, magnum, numpy_quaternion = map(importlib.import_module, ("habitat_sim", "magnum", "quaternion"))
    control: Any = habitat_sim.physics.VelocityControl()
    control.controlling_lin_vel = control.controlling_ang_vel = True
    control.lin_vel_is_local = control.ang_vel_is_local = True
    twist = Twist(0.3, 0.0, 0.4)
    moves = round(0.2 / driver.step_s)

    def ours() -> float:
        driver.place(start)
        began = time.perf_counter()
        for _ in range(FRAMES):
            driver.send(twist)
            for _ in range(moves):
                driver.advance()
            driver.observe()
        return time.perf_counter() - began

    def theirs() -> float:
        simulation.put(to_world(start.x_m, start.y_m, simulation.position[1]), rotation_of(start.yaw_rad))
        simulation._show(0.0)
        agent: Any = bare.get_agent(0)
        linear, angular = local_velocities(twist)
        began = time.perf_counter()
        for _ in range(FRAMES):
            for _ in range(moves):
                control.linear_velocity, control.angular_velocity = magnum.Vector3(*linear), magnum.Vector3(*angular)
                state = agent.state
                turned: Any = magnum.Quaternion(
                    magnum.Vector3(state.rotation.x, state.rotation.y, state.rotation.z), state.rotation.w
                )
                after: Any = control.integrate_transform(
                    driver.step_s, habitat_sim.RigidState(turned, magnum.Vector3(*state.position))
                )
                state.position = np.array(bare.step_filter(magnum.Vector3(*state.position), after.translation))
                state.rotation = numpy_quaternion.quaternion(after.rotation.scalar, *after.rotation.vector)
                agent.set_state(state, reset_sensors=False)
            bare.get_sensor_observations(0)
        return time.perf_counter() - began

    return ours, theirs


def frames(gpu: int | None) -> None:
    """Measure pictures a second, ours over theirs, by motion, size and sensors."""
    print("motion      picture   sensors     ours/s  bare/s  ours/bare: median of rounds (quartiles)")
    for motion, depth, size in itertools.product(("discrete", "continuous"), (False, True), SIZES):
        driver = opened("apartment:7", gpu, motion=motion, depth=depth, picture_px=list(size))
        loops = (stepped_loops if motion == "discrete" else gliding_loops)(driver, driver.scene.start)
        for loop in loops:
            loop()
        ratios, spent = list[float](), [0.0, 0.0]
        for index in range(ROUNDS):
            order = (0, 1) if index % 2 else (1, 0)
            taken = {which: loops[which]() for which in order}
            ratios.append(taken[1] / taken[0])
            spent = [spent[0] + taken[0], spent[1] + taken[1]]
        driver.close()
        low, middle, high = statistics.quantiles(ratios, n=4)
        ours, bare = (ROUNDS * FRAMES / seconds for seconds in spent)
        sensors = "rgb, depth" if depth else "rgb"
        print(
            f"{motion:<11} {size[0]:>4}x{size[1]:<4} {sensors:<10} {ours:>7.1f} {bare:>7.1f}  "
            f"{middle:.2f} ({low:.2f} to {high:.2f})",
            flush=True,
        )


# -- ways -----------------------------------------------------------------------------------------


def ways(apartments: int, gpu: int | None) -> None:
    """Compare the lengths of shortest ways on Habitat's navmesh with those on our map of the same apartment."""
    radius_m = Plugins().embodiment("go2").footprint.radius_m
    rounded_m = math.ceil(radius_m / CELL_M) * CELL_M
    found = list[tuple[float, ...]]()
    for number in range(apartments):
        scene = load_scene(f"apartment:{number}")
        driver = opened(f"apartment:{number}", gpu, picture_px=[16, 12])
        grid, rng = occupancy(scene, radius_m), np.random.default_rng(number)
        wide = occupancy(scene, rounded_m)
        inside = np.argwhere(DistanceField(grid, (scene.start.x_m, scene.start.y_m)).reachable)
        for _ in range(PAIRS):
            start, goal = (grid.center_m(*map(int, inside[rng.integers(len(inside))])) for _ in range(2))
            fields = DistanceField(grid, goal), DistanceField(wide, goal)
            pulled = (sum(math.dist(a, b) for a, b in itertools.pairwise(field.path(*start))) for field in fields)
            judged = DistanceField(grid, goal, precise=True)
            found.append((driver.way_m(start, goal), fields[0].distance_m(*start), judged.distance_m(*start), *pulled))
        driver.close()
    table = np.array(found)
    known = np.isfinite(table).all(axis=1)
    print(f"{len(table)} pairs in {apartments} apartments, {int((~known).sum())} without a way on one of them")
    navmesh = table[known, 0]
    names = ("16 neighbours", "32 neighbours, the judge's", "straightened", f"straightened, for {rounded_m:.2f} m")
    print(f"navmesh: {navmesh.min():.2f} to {navmesh.max():.2f} m, mean {navmesh.mean():.2f} m; body {radius_m:.3f} m")
    for name, lengths in zip(names, table[known, 1:].T, strict=True):
        off = np.abs(lengths - navmesh)
        print(
            f"{name}: off by {np.median(off) * 100:.1f} cm in the median, {np.quantile(off, 0.9) * 100:.1f} cm (90 %), "
            f"{off.max() * 100:.1f} cm at most; within 5 cm: {int((off <= 0.05).sum())}; "
            f"sum {lengths.sum() / navmesh.sum():.4f} of the navmesh's"
        )


# -- episodes -------------------------------------------------------------------------------------


def walked(folder: Path, world: str, count: int, sets: list[str]) -> Iterator[EpisodeRow]:
    """Return the oracle's rows of the episodes in a world."""
    config = load_config(flags={"planner": "oracle", "world": world}, sets=sets, cwd=folder, env={}).config
    episodes = VlnceBenchmark("r2r").configured({"data": str(folder)}).episodes("val_unseen")
    attempts = Attempts(EvalSettings(config=config, workers=1), folder)
    for number in range(count):
        row = attempts.run(episodes[number], 1)
        if not isinstance(row, EpisodeRow):
            raise SystemExit(f"episode {number} in {world}: {row}")
        yield row


def episodes(apartments: int, gpu: int | None) -> None:
    """Compare the oracle's metrics of the same episodes in both worlds."""
    drawn = [episode for number in range(apartments) for episode in train_episodes(number)[:2]]
    options = [f"worlds.habitat.gpu={gpu}", "worlds.habitat.probe=false"] if gpu is not None else []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_vlnce(folder, "r2r", "val_unseen", drawn, scenes="glb")
        rows = {
            "mujoco": list(walked(folder, "mujoco", len(drawn), ["worlds.mujoco.picture_px=[16,12]"])),
            "habitat": list(walked(folder, "habitat", len(drawn), ["worlds.habitat.picture_px=[16,12]", *options])),
        }
    for world, found in rows.items():
        metrics = [row.metrics for row in found]
        means = {
            key: statistics.mean(getattr(m, key) for m in metrics) for key in ("sr", "spl", "ne_m", "tl_m", "ndtw")
        }
        print(f"{world}: {len(found)} episodes, " + ", ".join(f"{key} {value:.3f}" for key, value in means.items()))
    pairs = list(zip(rows["mujoco"], rows["habitat"], strict=True))
    for key in ("sr", "spl", "ne_m", "tl_m"):
        off = [abs(getattr(a.metrics, key) - getattr(b.metrics, key)) for a, b in pairs]
        print(f"{key}: differs by {statistics.median(off):.3f} in the median, {max(off):.3f} at most")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", choices=("frames", "ways", "episodes"))
    parser.add_argument("--apartments", type=int, default=10)
    parser.add_argument("--gpu", type=int, help="CUDA's number of the card; -1: whatever EGL finds first")
    given = parser.parse_args()
    if given.only in (None, "frames"):
        frames(given.gpu)
    if given.only in (None, "ways"):
        ways(given.apartments, given.gpu)
    if given.only in (None, "episodes"):
        episodes(given.apartments, given.gpu)


if __name__ == "__main__":
    main()
