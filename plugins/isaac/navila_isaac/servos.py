"""How the joints are driven: a card's gains and the model's torque limits, group by group as Isaac Lab takes them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import attrs
import numpy as np

from navila_isaac.options import PATH, Servo
from navila_isaac.robot_model import RobotModel
from navila_sdk.errors import ConfigError
from navila_sdk.locomotion.card import PolicyCard


@attrs.frozen(slots=True)
class RobotPlan:
    """A walking body.

    Attributes:
        model: Its model file.
        card: The policy's card, with every joint's gains.
        servo: Who solves the PD law.
        effort_limit_nm: The user's own torque limits, by joint.
    """

    model: RobotModel
    card: PolicyCard
    servo: Servo
    effort_limit_nm: Mapping[str, float]


@attrs.frozen(slots=True)
class ServoPlan:
    """All joints' servos; every mapping is by a joint's name, written as the regular expression Isaac Lab reads.

    Attributes:
        joints: The joints.
        stiffness: N m/rad.
        damping: N m s/rad.
        effort_limit_nm: N m, of the joints whose limit is known; the others keep the model's.
        rest_rad: Angles to begin with; Isaac Lab refuses a start beyond a joint's limits.
    """

    joints: tuple[str, ...]
    stiffness: Mapping[str, float]
    damping: Mapping[str, float]
    effort_limit_nm: Mapping[str, float]
    rest_rad: Mapping[str, float]


def servo_plan(robot: RobotPlan, joints: Sequence[str]) -> ServoPlan:
    """Return the servos of a body's joints.

    Joints the card doesn't name are held as stiffly as its own are on average.

    Args:
        robot: The body.
        joints: All its joints, as the simulator found them.

    Raises:
        ConfigError: A torque limit is for a joint the body doesn't have.
    """
    strange = [name for name in robot.effort_limit_nm if name not in joints]
    if strange:
        raise ConfigError(f"{PATH}.effort_limit_nm: no joint {strange[0]!r}; the body has: {', '.join(joints)}")
    named = {**robot.card.joints, **robot.card.held}
    moved = robot.card.joints.values()
    kp, kd = float(np.mean([servo.kp for servo in moved])), float(np.mean([servo.kd for servo in moved]))
    limits = {**robot.model.effort_limit_nm, **robot.effort_limit_nm}
    return ServoPlan(
        joints=tuple(re.escape(name) for name in joints),
        stiffness={re.escape(name): named[name].kp if name in named else kp for name in joints},
        damping={re.escape(name): named[name].kd if name in named else kd for name in joints},
        effort_limit_nm={re.escape(name): limits[name] for name in joints if name in limits},
        rest_rad={re.escape(name): named[name].default_rad if name in named else 0.0 for name in joints},
    )
