"""How a policy gets over terrain: crossings, falls, collisions and velocity errors, from the body's own sensors.

    python benchmarks/climbing.py --embodiment go2 --locomotion vision blind --terrain stairs:15 boards:10 rough:6

The robot is steered along the terrain's middle at 0.5 m/s with yaw rates of at most 0.5 rad/s; a run ends when it's
across, has fallen, or after 30 s. Every run has a friction, a start and boards of its own, drawn from --seed.
Collisions are touches by anything but soles, one for each quarter of a second they last, per minute of walking.
"""

from __future__ import annotations

import argparse
import math

import attrs
import mujoco
import numpy as np
from navila_mujoco.options import GroundSource
from navila_mujoco.physics.arena import PREFIX, build_arena, load_robot
from navila_mujoco.physics.ground_sense import ground_sense
from navila_mujoco.physics.walker import Walker
from navila_mujoco.sight import Sight

from navila_sdk.geometry import Pose2, Twist, wrap_angle
from navila_sdk.locomotion.choose import locomotion_policy, robot_model
from navila_sdk.plugins import Plugins
from navila_sdk.scenes import load_scene
from navila_sdk.scenes.terrain import MIDDLE_Y_M

RUN_S, SPEED_MPS, MAX_TURN_RADPS, FALLEN_RAD, SETTLE_S = 30.0, 0.5, 0.5, 1.0, 1.0
COLLISION_S = 0.25


@attrs.frozen
class Run:
    """What came of one run."""

    crossed: bool
    fell: bool
    seconds: float
    collisions: int
    linear: float
    angular: float


def soles(model: mujoco.MjModel) -> np.ndarray:
    """Return which geoms are a robot's soles: named foot or sole, else those of the body they end in."""
    names = [model.geom(i).name for i in range(model.ngeom)]
    return np.array([name.startswith(PREFIX) and ("foot" in name or "sole" in name) for name in names])


def run(args: argparse.Namespace, locomotion: str, terrain: str, random: np.random.Generator) -> Run:
    """Walk once."""
    body = Plugins().embodiment(args.embodiment)
    size = terrain if ":" in terrain else f"{terrain}:{args.size:g}" if args.size else terrain
    seeded = f"terrain:{size}:{random.integers(10**6)}" if ":" in size else f"terrain:{size}"
    scene = load_scene(seeded)
    policy = locomotion_policy(body, locomotion)
    spec = policy.card.height_map
    arena = build_arena(scene, load_robot(robot_model(body, args.model)))
    arena.model.geom_friction[:, 0] = random.uniform(0.6, 1.2)
    sense = spec and ground_sense(body, scene, Sight(scene, ceiling=False), spec, GroundSource(args.height_map))
    start = Pose2(scene.start.x_m, MIDDLE_Y_M + random.uniform(-0.3, 0.3), random.uniform(-0.2, 0.2))
    look = (lambda walker: sense.look(walker, walker.pose)) if sense else None
    walker = Walker(arena, policy, start, delay_s=args.delay, look=look)
    foot = soles(arena.model)
    goal_m = scene.errands[0].goal_m[0] - 0.4
    linear, angular, touched_s = [], [], -math.inf
    collisions, ticks = 0, round(RUN_S / walker.control_s)
    twist = Twist()
    for tick in range(ticks):
        pose, now_s = walker.pose, tick * walker.control_s
        off_rad = wrap_angle(math.atan2(MIDDLE_Y_M - pose.y_m, 1.5) - pose.yaw_rad)
        twist = Twist(SPEED_MPS, 0.0, max(-MAX_TURN_RADPS, min(MAX_TURN_RADPS, 1.5 * off_rad)))
        walker.step(twist)
        pairs = walker.data.contact.geom
        if len(pairs) and now_s - touched_s >= COLLISION_S:
            robot = arena.robot[pairs]
            bumps = (robot & ~foot[pairs]).any(axis=1) & ~robot.all(axis=1)
            if bumps.any():
                collisions, touched_s = collisions + 1, now_s
        if walker.tilt_rad > FALLEN_RAD:
            return Run(False, True, now_s, collisions, math.nan, math.nan)
        if now_s >= SETTLE_S:
            vx, vy, wz = walker.heading_velocity()
            linear.append(math.hypot(vx - twist.vx_mps, vy - twist.vy_mps))
            angular.append(abs(wz - twist.wz_radps))
        if walker.pose.x_m >= goal_m:
            return Run(True, False, now_s, collisions, float(np.mean(linear)), float(np.mean(angular)))
    return Run(False, False, RUN_S, collisions, float(np.mean(linear)), float(np.mean(angular)))


def _mean(errors: list[float]) -> float:
    """Return the mean over runs that lasted long enough to have one."""
    had = [error for error in errors if not math.isnan(error)]
    return float(np.mean(had)) if had else math.nan


def main() -> None:
    """Print one row for each terrain and policy."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--embodiment", default="go2")
    parser.add_argument("--locomotion", nargs="+", default=["vision", "blind"])
    parser.add_argument("--terrain", nargs="+", default=["stairs:15", "boards:10", "rough:6", "ramp:15"])
    parser.add_argument("--size", type=float, default=0.0)
    parser.add_argument("--height-map", choices=[str(s) for s in GroundSource], default="sensed")
    parser.add_argument("--model", default=None, help="another MJCF of the same robot")
    parser.add_argument("--delay", type=float, default=0.0, help="actuator delay in seconds")
    parser.add_argument("--episodes", type=int, default=100)
    parser.add_argument("--seed", type=int, default=20261121)
    args = parser.parse_args()
    heads = ("terrain", "policy", "crossed", "fell", "collisions/min", "linear m/s", "angular rad/s")
    print(f"| {' | '.join(heads)} |\n|{'---|' * len(heads)}")
    for terrain in args.terrain:
        for locomotion in args.locomotion:
            random = np.random.default_rng(args.seed)
            runs = [run(args, locomotion, terrain, random) for _ in range(args.episodes)]
            minutes = sum(r.seconds for r in runs) / 60
            linear, angular = (_mean([getattr(r, key) for r in runs]) for key in ("linear", "angular"))
            print(
                f"| {terrain} | {locomotion} | {sum(r.crossed for r in runs)}/{len(runs)} | "
                f"{sum(r.fell for r in runs)}/{len(runs)} | {sum(r.collisions for r in runs) / minutes:.1f} | "
                f"{linear:.3f} | {angular:.3f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
