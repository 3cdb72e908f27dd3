"""What a policy loses to joints that are held: its turn on the spot with them rigid, and with all of them giving.

    python benchmarks/held_joints.py --embodiment h1 --kind vision --rigid "*shoulder*" "*elbow"
    python benchmarks/held_joints.py --embodiment h1 --kind vision --rigid "*shoulder*" "*elbow" --gains 40,2 20,1

The training environment without noise, pushes or variety, 16 bodies for 10 s at ±30 degrees a second. A recipe may weld
joints it doesn't move, which is fast; on a robot, and in the world, servos hold them. Where the rows differ much, hold
them more stiffly (``held`` in the recipe and the card), or train with ``welded = false``.
"""

from __future__ import annotations

import argparse
import math
from fnmatch import fnmatchcase

import attrs
import numpy as np
from navila_mujoco.gym.env import LeggedGym
from navila_mujoco.gym.frames import frame, heading_velocity

from navila_sdk.locomotion.choose import locomotion_policy, robot_model
from navila_sdk.locomotion.policy import Policy
from navila_sdk.plugins import Plugins
from navila_sdk.training.locomotion.read_recipe import recipe_of
from navila_sdk.training.locomotion.recipe import HeldJoint, Noise, Randomization, Recipe

BODIES, TICKS, SETTLE = 16, 500, 50
ASKED_RADPS = math.pi / 6
SILENT = Noise(angular_radps=0.0, gravity=0.0, joint_rad=0.0, joint_radps=0.0, velocity_mps=0.0)
ALIKE = Randomization(
    friction=(0.8, 0.8),
    mass_kg=(0.0, 0.0),
    gain=(1.0, 1.0),
    push_mps=0.0,
    delay_steps=0,
    map_noise_m=0.0,
    map_offset_m=0.0,
    map_dropout=0.0,
)


def turned(mjcf: str, recipe: Recipe, policy: Policy, kind: str) -> tuple[float, float]:
    """Return the mean errors (m/s, rad/s) of turning on the spot."""
    gym = LeggedGym(mjcf, recipe, vision=kind == "vision", count=BODIES, threads=1, seed=3)
    sides = np.where(np.arange(BODIES) % 2, ASKED_RADPS, -ASKED_RADPS)
    linear: list[float] = []
    angular: list[float] = []
    for tick in range(TICKS):
        gym._command[:] = 0.0
        gym._command[:, 2] = sides
        gym._command_left[:] = TICKS
        gym.step(np.stack([policy.act(seen) for seen in gym.observe()["policy"]]))
        if tick >= SETTLE:
            _, heading = frame(gym._qpos)
            linear.append(float(np.linalg.norm(heading_velocity(gym._qvel, heading)[:, :2], axis=1).mean()))
            angular.append(float(np.abs(gym._qvel[:, 5] - sides).mean()))
    return float(np.mean(linear)), float(np.mean(angular))


def main() -> None:
    """Print a row for each way to hold what the policy doesn't move."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--embodiment", default="h1")
    parser.add_argument("--kind", choices=("blind", "vision"), default="blind")
    parser.add_argument("--locomotion", help="a policy file; default: the one that comes along")
    parser.add_argument("--gains", nargs="*", default=[], metavar="KP,KD", help="of the stiffest, the next...")
    parser.add_argument(
        "--rigid", nargs="*", default=[], metavar="JOINT", help="besides those the recipe welds; * is any"
    )
    given = parser.parse_args()
    body = Plugins().embodiment(given.embodiment)
    recipe = recipe_of(body)
    policy = locomotion_policy(body, given.locomotion or given.kind)
    flat = attrs.evolve(
        recipe,
        noise=SILENT,
        randomization=ALIKE,
        terrain=attrs.evolve(recipe.terrain, stairs=0.0, blocks=0.0),
        gait=attrs.evolve(recipe.gait, frequency_hz=policy.card.gait_hz or recipe.gait.frequency_hz),
    )
    welded = {
        name: joint
        for name, joint in recipe.held.items()
        if joint.welded or any(fnmatchcase(name, pattern) for pattern in given.rigid)
    }
    stiffness = sorted({joint.kp for joint in welded.values()}, reverse=True)
    asked = {kp: tuple(float(v) for v in pair.split(",")) for kp, pair in zip(stiffness, given.gains, strict=False)}

    def giving(joint: HeldJoint) -> HeldJoint:
        kp, kd = asked.get(joint.kp, (joint.kp, joint.kd))
        return attrs.evolve(joint, welded=False, kp=kp, kd=kd)

    rigid = {name: attrs.evolve(joint, welded=True) for name, joint in welded.items()}
    stiff = attrs.evolve(flat, held={**recipe.held, **rigid})
    loose = attrs.evolve(flat, held={**recipe.held, **{name: giving(joint) for name, joint in welded.items()}})
    print("| held joints | linear m/s | angular rad/s |\n|---|---|---|")
    for name, tried in (("rigid", stiff), ("giving", loose)):
        linear, angular = turned(str(robot_model(body)), tried, policy, given.kind)
        print(f"| {name} | {linear:.3f} | {angular:.3f} |", flush=True)


if __name__ == "__main__":
    main()
