"""How the bodies of a training differ from each other: ground, servos, mass and joints."""

from __future__ import annotations

import numpy as np

from navila_mujoco.gym.body import Body
from navila_mujoco.gym.physics import VARIED, Floats
from navila_sdk.training.locomotion.recipe import Randomization


def variety(body: Body, settings: Randomization, count: int, random: np.random.Generator) -> dict[str, Floats]:
    """Return model fields (N, ...) with each environment's own friction, gains, mass, joints and soles."""
    own = {name: np.repeat(getattr(body.model, name)[None], count, axis=0) for name in VARIED}
    friction, gain, bias = own["geom_friction"], own["actuator_gainprm"], own["actuator_biasprm"]
    ground = np.append(body.blocks, body.floor)
    friction[:, ground, 0] = random.uniform(*settings.friction, (count, 1))
    kp = random.uniform(*settings.gain, (count, body.actuators.size))
    kd = random.uniform(*settings.gain, (count, body.actuators.size))
    gain[:, body.actuators, 0] *= kp
    bias[:, body.actuators, 1] *= kp
    bias[:, body.actuators, 2] *= kd
    own["body_mass"][:, body.base] += random.uniform(*settings.mass_kg, count)
    for field, span in (("dof_armature", settings.armature), ("dof_damping", settings.damping)):
        own[field][:, body.joint_dof] += random.uniform(*span, (count, 1))
    if settings.sole_m:
        own["geom_pos"][:, body.soles, 0] += random.uniform(-settings.sole_m, settings.sole_m, (count, 1))
    return own
