"""End-pose error of random 20-action plans, anchored and timed, on a body with noise and bias.

python benchmarks/tracking.py [--plans 100] [--noise 0.05] [--bias 0.02] [--embodiment go2]
"""

from __future__ import annotations

import argparse
import math
import random
import statistics

import navila_sdk as navila

TRAINED = (
    *(navila.MoveForward.cm(amount) for amount in (25, 50, 75)),
    *(turn.degrees(amount) for turn in (navila.TurnLeft, navila.TurnRight) for amount in (15, 30, 45)),
)


def end_error(args: argparse.Namespace, mode: navila.ExecutionMode, seed: int) -> tuple[float, float]:
    """Return the distance (m) and heading error (rad) at the end of one plan."""
    rng = random.Random(seed)
    plan = [rng.choice(TRAINED) for _ in range(20)]
    with navila.connect(
        args.embodiment,
        world=args.world,
        scene="empty",
        seed=seed,
        options={"command_noise": args.noise, "velocity_bias": args.bias},
        executor=navila.ExecutorSettings(mode=mode),
    ) as robot:
        robot.run(plan)
        ideal = navila.Pose2()
        for action in plan:
            ideal = ideal.compose(action.displacement())
        off = robot.state().pose.relative(ideal)
    return math.hypot(off.x_m, off.y_m), abs(off.yaw_rad)


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--plans", type=int, default=100)
    parser.add_argument("--noise", type=float, default=0.05)
    parser.add_argument("--bias", type=float, default=0.02)
    parser.add_argument("--embodiment", default="go2")
    parser.add_argument("--world", default="mujoco")
    args = parser.parse_args()
    print(f"{args.plans} plans of 20 actions, {args.embodiment}, noise {args.noise:.0%}, bias {args.bias:.0%}")
    print("mode       position cm: median   p95    max   heading deg: median   p95    max")
    for mode in navila.ExecutionMode:
        errors = [end_error(args, mode, seed) for seed in range(args.plans)]
        columns = []
        for values in ([e[0] * 100 for e in errors], [math.degrees(e[1]) for e in errors]):
            values.sort()
            columns += [statistics.median(values), values[int(0.95 * (len(values) - 1))], values[-1]]
        print(f"{mode:<10}" + "".join(f"{value:>10.2f}" for value in columns))


if __name__ == "__main__":
    main()
