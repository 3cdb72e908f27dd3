"""How late joint commands may come: policies flown as a driver flies them, through a link with a fixed delay.

In simulated time, so that the figures don't depend on the machine: the robot's own computer, the network and the two
processes share what is left until the body falls.
"""

from __future__ import annotations

import argparse
import collections

import navila_mujoco
import numpy as np
from navila_go2.joints import LOW as GO2_LOW
from navila_go2.record import embodiment as go2
from navila_h1.joints import LOW as H1_LOW
from navila_h1.record import embodiment as h1

from navila_sdk.geometry import Twist
from navila_sdk.hardware.joint_pilot import Pilot
from navila_sdk.locomotion.choose import locomotion_policy
from navila_sdk.locomotion.drive import JointDrive
from navila_sdk.locomotion.senses import Senses
from navila_sdk.world import WorldRequest

BODIES = {"go2": (go2, GO2_LOW), "h1": (h1, H1_LOW)}
ASKED = ((0.5, 0.0, 0.0), (0.0, 0.0, 0.5))
HELD_S, UP_S, WALKS_S = 4.0, 7.0, 5.0


def flown(robot: str, delay_steps: int, asked: tuple[float, float, float]) -> str:
    """Get a robot up and let it walk; return what it made of the velocity, or how long it lasted."""
    body, low = BODIES[robot]
    world = navila_mujoco.make(WorldRequest(body, "empty", "physics"))
    order = low.order
    ours = order.shuffle(world.joints)
    theirs = np.argsort(ours)
    damping = np.full(len(order.joints), low.damping)
    pilot = Pilot(locomotion_policy(body), order.joints, order.ends_rad, damping, low.rise, 0.8)
    limp = JointDrive.damping(0 * damping)
    link = collections.deque([limp] * (delay_steps + 1), maxlen=delay_steps + 1)
    time_s, begun = 0.0, None
    while time_s < UP_S + WALKS_S and not pilot.trouble:
        felt = world.senses()
        senses = Senses(
            time_s,
            felt.position_rad[ours],
            felt.velocity_radps[ours],
            felt.wxyz,
            felt.angular_radps,
            felt.linear_mps,
        )
        walks = time_s >= UP_S
        if walks and begun is None:
            begun = world.true_pose()
        drive = pilot.tick(senses, Twist(*asked) if walks else Twist(), None)
        parts = (drive.position_rad, drive.velocity_radps, drive.torque_nm, drive.kp, drive.kd)
        carried = min(max(HELD_S + 1.0 - time_s, 0.0), 1.0) if robot == "h1" else 0.0
        for _ in range(4):
            link.append(JointDrive(*(part[theirs] for part in parts)))
            world.drive_joints(link[0], carried)
            time_s += world.servo_s
    if pilot.trouble or begun is None:
        return f"fell after {time_s:.1f} s"
    went = begun.relative(world.true_pose())
    did = went.yaw_rad if asked[2] else went.x_m
    return f"{did / WALKS_S / (asked[2] or asked[0]):.0%}"


def main() -> None:
    """Parse the arguments and run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--embodiment", choices=tuple(BODIES), action="append")
    given = parser.parse_args()
    robots = given.embodiment or list(BODIES)
    print("| delay, ms | " + " | ".join(f"{robot} ahead | {robot} turning" for robot in robots) + " |")
    for steps in (0, 1, 2, 3, 4, 6, 8):
        cells = [flown(robot, steps, asked) for robot in robots for asked in ASKED]
        print(f"| {steps * 5} | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
