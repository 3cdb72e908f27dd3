"""The card of a policy that a recipe makes: what the training environment told it, in the order it was told."""

from __future__ import annotations

import attrs

from navila_sdk.locomotion.card import CommandRange, History, Origin, PolicyCard, Servo, Term
from navila_sdk.training.locomotion.recipe import MAP_SCALE, REMEMBERED, VELOCITY_SCALE, Kind, Recipe


def policy_card(recipe: Recipe, embodiment: str, kind: Kind, origin: Origin) -> PolicyCard:
    """Return the card of a policy trained by a recipe: the observation is the training environment's."""
    vision = kind == "vision"
    commands = recipe.commands
    scales = [recipe.action_scale * joint.scale for joint in recipe.joints.values()]
    terms = [
        Term(name="base_angular_velocity", scale=(0.25,)),
        Term(name="projected_gravity"),
        Term(name="command", scale=(2.0, 2.0, 1.0)),
        Term(name="gait_clock"),
        Term(name="joint_position"),
        Term(name="joint_velocity", scale=(0.05,)),
        Term(name="last_action"),
    ]
    if vision:
        terms.append(Term(name="height_map", scale=(MAP_SCALE,)))
    if kind in recipe.feel_velocity:
        terms.append(Term(name="base_linear_velocity", scale=(VELOCITY_SCALE,)))
    moments = recipe.remember.get(kind, 0)
    return PolicyCard(
        embodiment=embodiment,
        kind=kind,
        joints={n: Servo(default_rad=j.default_rad, kp=j.kp, kd=j.kd) for n, j in recipe.joints.items()},
        held={n: Servo(default_rad=j.angle_rad, kp=j.kp, kd=j.kd) for n, j in recipe.held.items()},
        action_scale=tuple(scales) if len(set(scales)) > 1 else tuple(scales[:1]),
        terms=tuple(terms),
        history=History(terms=REMEMBERED, frames=moments, start="repeat") if moments else None,
        gait_hz=recipe.gait.frequency_hz,
        gait_run_on_s=recipe.gait.run_on_s,
        height_map=attrs.evolve(recipe.height_map, offset_m=recipe.base_height_m, fill="nearest") if vision else None,
        commands=CommandRange(vx_mps=commands.vx_mps, vy_mps=commands.vy_mps, wz_radps=commands.wz_radps),
        base_height_m=recipe.base_height_m,
        origin=origin,
    )
