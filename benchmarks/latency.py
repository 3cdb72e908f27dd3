"""Idle share and duration of errands at several planner latencies, sync and pipelined.

    python benchmarks/latency.py [--episodes 20] [--embodiment go2]

The planner is the oracle, charged the declared latency on the simulated clock.
"""

from __future__ import annotations

import argparse
import statistics

import navila_sdk as navila


def errand(args: argparse.Namespace, seed: int, mode: navila.NavigatorMode, latency_s: float) -> navila.Episode:
    """Run the first errand of an apartment."""
    settings = navila.NavigatorSettings(mode=mode, latency=navila.LatencyCharge.DECLARED, declared_latency_s=latency_s)
    with navila.connect(args.embodiment, world=args.world, scene=f"apartment:{seed}") as robot:
        planner = navila.load_planner("oracle", robot=robot, **({"horizon": args.horizon} if args.horizon else {}))
        instruction = robot.scene.errands[0].instruction
        return navila.navigate(planner, robot, instruction, settings=settings, record=False)


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--episodes", type=int, default=20)
    parser.add_argument("--embodiment", default="go2")
    parser.add_argument("--world", default="mujoco")
    parser.add_argument("--horizon", type=int, default=0)
    args = parser.parse_args()
    print("latency s  mode        reached  idle share  duration s  path m  plans   (means)")
    for latency_s in (0.0, 0.3, 0.6, 1.2):
        for mode in navila.NavigatorMode:
            episodes = [errand(args, seed, mode, latency_s) for seed in range(args.episodes)]
            ended = sum(episode.outcome.ok for episode in episodes)
            idle = sum(e.idle_s for e in episodes) / sum(e.duration_s for e in episodes)
            print(
                f"{latency_s:>9.1f}  {mode:<10} {ended:>4}/{len(episodes):<3}   {idle:>9.1%}"
                f"  {statistics.mean(e.duration_s for e in episodes):>10.1f}"
                f"  {statistics.mean(e.path_length_m for e in episodes):>6.1f}"
                f"  {statistics.mean(len(e.plans) for e in episodes):>5.1f}"
            )


if __name__ == "__main__":
    main()
