"""The reward terms, each a function of one moment of all environments; a recipe gives the weights.

Sources: shared with legged_gym and mjlab (tracking, penalties); the gait terms follow mujoco_playground's.
"""

from __future__ import annotations

from collections.abc import Callable

import attrs
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]


@attrs.define(slots=True, eq=False)
class Moment:
    """What the terms look at; arrays over environments (N, ...), SI units, body frame unless said.

    Attributes:
        command: (N, 3) vx, vy, wz asked.
        moving: (N,) whether anything is asked.
        velocity: (N, 3) of the base in its heading frame.
        rate: (N, 3) angular velocity.
        gravity: (N, 3) unit vector down.
        joints, joint_rates, previous_rates: (N, J).
        torque: (N, J).
        action, previous: (N, J).
        default: (J,) pose at action zero.
        deviation: (J,) weights of the posture term.
        limits: (J, 2) soft joint limits.
        height_m: (N,) of the base over the ground.
        foot_height_m: (N, F) of the soles over the ground.
        foot_clear_m: (N, F) of the soles over the highest ground around them.
        foot_off: (N, F) share of the ground around a sole that isn't level with its middle's.
        foot_target_m: (N, F) where the gait wants them.
        foot_slack_m: (N, 1) how much higher is as good.
        foot_speed: (N, F) horizontal.
        contact: (N, F) whether the foot touches.
        wanted: (N, F) whether it should.
        free: (N,) who may step out of turn, for it was pushed a moment ago.
        collisions: (N,) contacts of other parts.
        base_height_m: What the height should be.
        foot_width_m2: Tolerance of the gait term.
        step_s: Control period.
    """

    command: Floats
    moving: NDArray[np.bool_]
    velocity: Floats
    rate: Floats
    gravity: Floats
    joints: Floats
    joint_rates: Floats
    previous_rates: Floats
    torque: Floats
    action: Floats
    previous: Floats
    default: Floats
    deviation: Floats
    limits: Floats
    height_m: Floats
    foot_height_m: Floats
    foot_clear_m: Floats
    foot_off: Floats
    foot_target_m: Floats
    foot_slack_m: Floats
    foot_speed: Floats
    contact: NDArray[np.bool_]
    wanted: NDArray[np.bool_]
    free: NDArray[np.bool_]
    collisions: Floats
    base_height_m: float
    foot_width_m2: float
    step_s: float


def _square(values: Floats) -> Floats:
    return np.einsum("ij,ij->i", values, values)


def _linear_error(m: Moment) -> Floats:
    return _square(m.command[:, :2] - m.velocity[:, :2])


def _angular_error(m: Moment) -> Floats:
    return (m.command[:, 2] - m.rate[:, 2]) ** 2


def _foot_height(m: Moment) -> Floats:
    error = np.where(m.wanted, m.foot_height_m, m.foot_clear_m) - m.foot_target_m
    over = np.clip(error - m.foot_slack_m, 0.0, None)
    error = np.where((error > 0) & ~m.wanted, over, error)
    return np.where(m.free, 1.0, np.exp(-_square(error) / m.foot_width_m2))


def _limits(m: Moment) -> Floats:
    over = np.clip(m.joints - m.limits[:, 1], 0, None) + np.clip(m.limits[:, 0] - m.joints, 0, None)
    return over.sum(axis=1)


TERMS: dict[str, Callable[[Moment], Floats]] = {
    "track_linear": lambda m: np.exp(-_linear_error(m) / 0.25),
    "track_linear_fine": lambda m: np.exp(-_linear_error(m) / 0.03),
    "track_angular": lambda m: np.exp(-_angular_error(m) / 0.25),
    "track_angular_fine": lambda m: np.exp(-_angular_error(m) / 0.04),
    "foot_height": _foot_height,
    "contact_match": lambda m: np.where(m.free, 1.0, (m.contact == m.wanted).mean(axis=1)),
    "vertical_velocity": lambda m: m.velocity[:, 2] ** 2,
    "roll_pitch_rate": lambda m: _square(m.rate[:, :2]),
    "orientation": lambda m: _square(m.gravity[:, :2]),
    "torque": lambda m: _square(m.torque),
    "acceleration": lambda m: _square((m.joint_rates - m.previous_rates) / m.step_s),
    "action_rate": lambda m: _square(m.action - m.previous),
    "slip": lambda m: (m.foot_speed**2 * m.contact).sum(axis=1),
    "edge": lambda m: (m.foot_off * m.contact).sum(axis=1),
    "collision": lambda m: m.collisions,
    "posture": lambda m: (m.deviation * (m.joints - m.default) ** 2).sum(axis=1),
    "height": lambda m: (m.height_m - m.base_height_m) ** 2,
    "joint_limits": _limits,
    "stand": lambda m: ~m.moving * np.abs(m.joints - m.default).sum(axis=1),
    "stand_velocity": lambda m: ~m.moving * _square(m.joint_rates),
}
"""Every term but ``fall``, which is paid once, when an episode ends by one."""

UNRAMPED = frozenset({"stand", "stand_velocity", "joint_limits"})
"""Penalties that count in full from the first step; the others grow in."""
