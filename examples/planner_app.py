"""An app that owns its loop: observe, ask the planner, act, until it says stop.

python examples/planner_app.py "go to the green plant" apartment:3
"""

from __future__ import annotations

import sys

import navila_sdk as navila


def main() -> None:
    """Run one instruction, one action at a time."""
    instruction = sys.argv[1] if len(sys.argv) > 1 else "turn left 90 degrees, walk forward 1 m and stop"
    scene = sys.argv[2] if len(sys.argv) > 2 else "empty"
    with navila.connect("go2", world="mujoco", scene=scene) as robot:
        planner = navila.load_planner("auto", robot=robot)
        planner.reset(instruction)
        while True:
            plan = planner.step(robot.observe())
            if plan.action == navila.Stop():
                break
            outcome = robot.execute(plan.action)
            print(f"{plan.action}: {outcome}")
            if not outcome.ok:
                raise SystemExit(1)
        x_m, y_m, yaw_rad = robot.state().pose.as_tuple()
        print(f"stopped at x {x_m:.2f} m, y {y_m:.2f} m, yaw {yaw_rad:.2f} rad")


if __name__ == "__main__":
    main()
