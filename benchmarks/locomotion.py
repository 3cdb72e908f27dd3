"""How well a robot's policy walks in physics: velocity errors, falls, drift, pushes, executed actions, cost of a tick.

    python benchmarks/locomotion.py --embodiment go2 --episodes 100

Errors are means over time of the distance between asked and real velocity in the heading frame, sampled at 50 Hz,
the first second after a command left out; NaVILA's Table V reports the same quantities (0.066 m/s, 0.113 rad/s).
Drift is the way from where a body is after that second to where it is ten seconds later. Every episode has a
friction, an initial heading and (for "random") commands of its own, drawn from --seed.
"""

from __future__ import annotations

import argparse
import math
import time
from collections.abc import Callable
from typing import Any

import mujoco
import numpy as np
from navila_mujoco.options import GroundSource
from navila_mujoco.physics.arena import build_arena, load_robot
from navila_mujoco.physics.ground_sense import ground_sense
from navila_mujoco.physics.walker import Walker
from navila_mujoco.sight import Sight

import navila_sdk as navila
from navila_sdk.geometry import ZERO_TWIST, Pose2, Twist
from navila_sdk.locomotion.choose import locomotion_policy, robot_model
from navila_sdk.locomotion.controller import JointTargets
from navila_sdk.locomotion.senses import Senses
from navila_sdk.perception.height_map import HeightMap
from navila_sdk.plugins import Plugins
from navila_sdk.scenes import load_scene

EPISODE_S, SETTLE_S, HOLD_S, DRIFT_S = 20.0, 1.0, 4.0, 10.0
LONG_S = 180.0
FALLEN_RAD = 0.8
Command = Callable[[np.random.Generator], Twist]


def walker_of(name: str, locomotion: str | None, model: str | None, start: Pose2, friction: float) -> Walker:
    """Return a walker on open floor of a friction."""
    body, scene = Plugins().embodiment(name), load_scene("empty")
    arena = build_arena(scene, load_robot(robot_model(body, model)))
    arena.model.geom_friction[:, 0] = friction
    policy = locomotion_policy(body, locomotion)
    spec = policy.card.height_map
    if spec is None:
        return Walker(arena, policy, start)
    sense = ground_sense(body, scene, Sight(scene, ceiling=False), spec, GroundSource.SENSED)
    return Walker(arena, policy, start, look=lambda walker: sense.look(walker, walker.pose))


def commands(name: str) -> dict[str, Command]:
    """Return what is asked, by label."""
    body = Plugins().embodiment(name)
    limits = locomotion_policy(body).card.commands

    def any_of(random: np.random.Generator) -> Twist:
        return Twist(*(float(random.uniform(*r)) for r in (limits.vx_mps, limits.vy_mps, limits.wz_radps)))

    turn = math.pi / 6
    return {
        "random": any_of,
        "(0.5, 0, 0)": lambda _: Twist(0.5, 0, 0),
        "(0, 0, +pi/6)": lambda _: Twist(0, 0, turn),
        "(0, 0, -pi/6)": lambda _: Twist(0, 0, -turn),
        "(0, 0, 0)": lambda _: Twist(),
    }


def walk(
    walker: Walker, command: Command, random: np.random.Generator, push_mps: float = 0.0, in_step: bool = False
) -> dict[str, float]:
    """Return one episode's mean errors, or that it fell.

    A push comes at some moment of each command but the first. In step, it comes with the command: every four seconds,
    so that all of them meet a gait of 2 Hz at the same moment of its cycle.
    """
    linear, angular = [], []
    twist, stood, drift, root = Twist(), walker.pose, 0.0, walker.root_dof
    pushed = -1
    for tick in range(round(EPISODE_S / walker.control_s)):
        since = tick * walker.control_s % HOLD_S
        if since < 1e-9:
            twist = command(random)
            if push_mps and tick:
                pushed = tick if in_step else tick + int(random.integers(round(HOLD_S / walker.control_s)))
        if tick == pushed:
            angle = random.uniform(-math.pi, math.pi)
            walker.data.qvel[root : root + 2] += push_mps * np.array([math.cos(angle), math.sin(angle)])
        walker.step(twist)
        if walker.tilt_rad > FALLEN_RAD:
            return {"fell": 1.0}
        if tick == round(SETTLE_S / walker.control_s):
            stood = walker.pose
        if tick == round((SETTLE_S + DRIFT_S) / walker.control_s):
            drift = stood.distance_m(walker.pose)
        after = (tick - pushed) * walker.control_s
        if since >= SETTLE_S and not 0 <= after < SETTLE_S:
            vx, vy, wz = walker.heading_velocity()
            linear.append(math.hypot(vx - twist.vx_mps, vy - twist.vy_mps))
            angular.append(abs(wz - twist.wz_radps))
    return {"fell": 0.0, "linear": float(np.mean(linear)), "angular": float(np.mean(angular)), "drift": drift}


def table(args: argparse.Namespace) -> None:
    """Print velocity errors, falls and drift."""
    random = np.random.default_rng(args.seed)
    asked = commands(args.embodiment)
    kinds = [(label, asked[label], 0.0) for label in args.command or asked]
    if args.push:
        when = "every 4 s" if args.in_step else "once in 4 s"
        kinds.append((f"random, pushed {args.push:g} m/s {when}", asked["random"], args.push))
    print("| command | linear m/s | angular rad/s | falls | drift in 10 s |\n|---|---|---|---|---|")
    for label, command, push in kinds:
        found = []
        for _ in range(args.episodes):
            start = Pose2(0, 0, float(random.uniform(-math.pi, math.pi)))
            friction = float(random.uniform(0.5, 1.2))
            walker = walker_of(args.embodiment, args.locomotion, args.model, start, friction)
            found.append(walk(walker, command, random, push, args.in_step))
        stood = [episode for episode in found if not episode["fell"]]
        falls = len(found) - len(stood)
        means = {key: np.mean([e[key] for e in stood]) if stood else math.nan for key in ("linear", "angular", "drift")}
        drift = f"{means['drift'] * 100:.1f} cm" if label == "(0, 0, 0)" else ""
        print(
            f"| {label} | {means['linear']:.3f} | {means['angular']:.3f} | {falls}/{len(found)} | {drift} |", flush=True
        )


def standing(args: argparse.Namespace) -> None:
    """Print what becomes of who stands for minutes (a tenth of the episodes): soles creep, some lean till they fall."""
    random = np.random.default_rng(args.seed)
    print(f"| seconds stood | falls in {LONG_S:g} s | farthest | most tilted |\n|---|---|---|---|")
    seconds, farthest, most = [], 0.0, 0.0
    for _ in range(max(1, args.episodes // 10)):
        start = Pose2(0, 0, float(random.uniform(-math.pi, math.pi)))
        walker = walker_of(args.embodiment, args.locomotion, args.model, start, float(random.uniform(0.5, 1.2)))
        tick = 0
        while tick * walker.control_s < LONG_S and walker.tilt_rad <= FALLEN_RAD:
            walker.step(ZERO_TWIST)
            tick += 1
            farthest, most = max(farthest, start.distance_m(walker.pose)), max(most, walker.tilt_rad)
        seconds.append(tick * walker.control_s)
    falls = sum(stood < LONG_S for stood in seconds)
    least, lean_deg = min(seconds), math.degrees(most)
    print(f"| {least:.0f} at least | {falls}/{len(seconds)} | {100 * farthest:.1f} cm | {lean_deg:.1f}° |")


def actions(args: argparse.Namespace) -> None:
    """Execute actions from standing, one after another, through the SDK's whole chain; say how far off each ends."""
    for mode in navila.ExecutionMode:
        errors: dict[str, list[float]] = {"move forward 75 cm": [], "turn left 30 degrees": []}
        with navila.connect(
            args.embodiment,
            world="mujoco",
            scene="empty",
            fidelity="physics",
            locomotion=args.locomotion,
            executor=navila.ExecutorSettings(mode=mode),
        ) as robot:
            for _ in range(args.episodes):
                for sentence, found in errors.items():
                    action = navila.parse_action(sentence)
                    before = robot.state().pose
                    robot.execute(action)
                    robot.stand(1.0)
                    off = before.compose(action.displacement()).relative(robot.state().pose)
                    forward = isinstance(action, navila.MoveForward)
                    found.append(100 * math.hypot(off.x_m, off.y_m) if forward else math.degrees(abs(off.yaw_rad)))
        for sentence, found in errors.items():
            middle, most = np.percentile(found, [50, 95])
            unit = "cm" if "cm" in sentence else "deg"
            print(f"| {mode} | {sentence} | {middle:.1f} {unit} | {most:.1f} {unit} |", flush=True)


def bands(args: argparse.Namespace) -> None:
    """Print what slow commands come to, as a share of what was asked: where the body's dead bands end."""
    steps = {"vx m/s": (0.02, 0.05, 0.1, 0.15, 0.2, 0.3), "vy m/s": (0.02, 0.05, 0.1, 0.15, 0.2)}
    steps["wz rad/s"] = (0.02, 0.05, 0.1, 0.15, 0.2, 0.3, math.pi / 6)
    for axis, (name, values) in enumerate(steps.items()):
        for value in values:
            shares = []
            for sign in (1, -1):
                walker = walker_of(args.embodiment, args.locomotion, args.model, Pose2(), 0.8)
                twist = Twist(*(sign * value if i == axis else 0.0 for i in range(3)))
                found = []
                for tick in range(round(8 / walker.control_s)):
                    walker.step(twist)
                    if tick * walker.control_s > 2:
                        found.append(walker.heading_velocity()[axis] / (sign * value))
                shares.append(float(np.mean(found)))
            print(f"| {name} | {value:.2f} | {shares[0]:.2f} | {shares[1]:.2f} |", flush=True)


def cost(args: argparse.Namespace) -> None:
    """Print what one control tick costs, and which part of it takes how long."""
    walker = walker_of(args.embodiment, args.locomotion, args.model, Pose2(), 0.8)
    spent: dict[str, list[float]] = {"map": [], "controller": [], "tick": [], "bare": []}

    def timed(part: str, does: Callable[..., Any]) -> Callable[..., Any]:
        def does_timed(*given: object) -> object:
            began = time.perf_counter()
            done = does(*given)
            spent[part].append(time.perf_counter() - began)
            return done

        return does_timed

    if walker.look is not None:
        walker.look = timed("map", walker.look)
    tape = taped(walker)
    walker.controller.step = timed("controller", walker.controller.step)
    tick, other = timed("tick", walker.step), mujoco.MjData(walker.model)
    bare = timed("bare", mujoco.mj_step)
    for _ in range(2000):
        # The same steps once more without the controller: same state, same targets.
        other.qpos[:], other.qvel[:] = walker.data.qpos, walker.data.qvel
        other.qacc_warmstart[:] = walker.data.qacc_warmstart
        tick(Twist(0.5, 0, 0))
        other.ctrl[:] = walker.data.ctrl
        bare(walker.model, other, walker.substeps)
    median = {part: float(np.median(found or [0.0])) for part, found in spent.items()}
    whole, physics, ticks = median["tick"], median["bare"], spent["tick"]
    world = np.subtract(ticks, spent["controller"]) - (spent["map"] or 0.0)
    around = float(np.median(world))
    print(
        f"tick {whole * 1e3:.3f} ms median, {np.percentile(ticks, 95) * 1e3:.3f} ms p95, "
        f"{len(ticks) / sum(ticks) / 50:.0f}x real time; physics alone {physics * 1e3:.3f} ms ({physics / whole:.0%}); "
        f"world without controller and map {around * 1e3:.3f} ms (physics {physics / around:.0%} of it), "
        f"controller {median['controller'] * 1e3:.3f} ms, height map {median['map'] * 1e3:.3f} ms"
    )
    step_s, bare_s = replay(args, tape)
    print(
        f"the same walk from its tape of joint targets: world {step_s * 1e3:.3f} ms a tick, mj_step in a bare loop "
        f"{bare_s * 1e3:.3f} ms ({bare_s / step_s:.0%})"
    )


def taped(walker: Walker) -> list[JointTargets]:
    """Return a list that fills with what the controller tells the servos."""
    tape: list[JointTargets] = []
    decide = walker.controller.step

    def decide_on_tape(senses: Senses, command: Twist, ground: HeightMap | None = None) -> JointTargets:
        tape.append(decide(senses, command, ground))
        return tape[-1]

    walker.controller.step = decide_on_tape
    return tape


def replay(args: argparse.Namespace, tape: list[JointTargets]) -> tuple[float, float]:
    """Return the median seconds of a tick on taped targets: the world's, and those of a loop of ``mj_step``."""
    walker = walker_of(args.embodiment, args.locomotion, args.model, Pose2(), 0.8)
    alone, model, steps = mujoco.MjData(walker.model), walker.model, walker.substeps
    mujoco.mj_copyData(alone, model, walker.data)
    told = iter(tape)
    walker.look, walker.controller.step = None, lambda *_: next(told)

    def bare(targets: JointTargets) -> None:
        alone.ctrl[:] = targets.position_rad
        mujoco.mj_step(model, alone, steps)

    medians: list[float] = []
    for tick in (lambda _: walker.step(ZERO_TWIST), bare):
        found: list[float] = []
        for targets in tape:
            began = time.perf_counter()
            tick(targets)
            found.append(time.perf_counter() - began)
        medians.append(float(np.median(found)))
    if not np.array_equal(alone.qpos, walker.data.qpos):
        raise AssertionError("the two loops walked apart")
    return medians[0], medians[1]


def main() -> None:
    """Print the tables asked for."""
    parts = {"table": table, "standing": standing, "actions": actions, "bands": bands, "cost": cost}
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--embodiment", default="go2")
    parser.add_argument("--locomotion", default=None)
    parser.add_argument("--model", default=None, help="another MJCF of the same robot")
    parser.add_argument("--episodes", type=int, default=100)
    parser.add_argument("--command", action="append", help="only this row (and the pushed one); repeatable")
    parser.add_argument("--push", type=float, default=0.5)
    parser.add_argument("--in-step", action="store_true", help="push every 4 s exactly, in one phase of the gait")
    parser.add_argument("--seed", type=int, default=20261121)
    parser.add_argument("--part", choices=(*parts, "all"), default="all")
    args = parser.parse_args()
    for name, part in parts.items():
        if args.part in (name, "all"):
            part(args)


if __name__ == "__main__":
    main()
