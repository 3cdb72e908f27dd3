"""Policies exported as ONNX with metadata as mjlab and its kin write them: a card from their keys.

Keys (mjlab ``tasks/.../rl/exporter.py``, whole_body_tracking's ``attach_onnx_metadata``): joint_names,
joint_stiffness, joint_damping, default_joint_pos, action_scale, observation_names, command_names, run_path; lists are
comma-separated text.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path

from navila_sdk.embodiment import Embodiment
from navila_sdk.errors import PolicyError
from navila_sdk.locomotion.card import CommandRange, Origin, PolicyCard, Servo, Term
from navila_sdk.locomotion.network_file import require_onnx, save_model
from navila_sdk.locomotion.policy import open_session

NEEDED = (
    "joint_names",
    "joint_stiffness",
    "joint_damping",
    "default_joint_pos",
    "action_scale",
    "observation_names",
)
QUANTITIES = {
    "base_lin_vel": "base_linear_velocity",
    "base_ang_vel": "base_angular_velocity",
    "projected_gravity": "projected_gravity",
    "velocity_commands": "command",
    "command": "command",
    "twist": "command",
    "joint_pos": "joint_position",
    "joint_pos_rel": "joint_position",
    "joint_vel": "joint_velocity",
    "joint_vel_rel": "joint_velocity",
    "actions": "last_action",
    "last_action": "last_action",
    "height_scan": "height_map",
}
"""Their names of observations (as in mjlab's velocity tasks), and ours; all in SI units, unscaled."""


def import_onnx(path: Path, body: Embodiment, out: Path) -> PolicyCard:
    """Write an exported policy as a policy file of ours, its graph as it is, and return the card.

    The metadata doesn't say what velocities it was trained for, how high the body walks or what its height scan
    looks like; those are the embodiment's: limits, standing height, height map.

    Args:
        path: The ONNX file.
        body: The robot it's for.
        out: File to write.

    Raises:
        PolicyError: The metadata lacks a key, names a quantity we don't know, or doesn't fit the network.
        MissingDependencyError: The package onnx isn't installed.
    """
    metadata: dict[str, str] = open_session(path).get_modelmeta().custom_metadata_map
    card = card_from_metadata(metadata, body, str(path))
    onnx = require_onnx()
    model = onnx.load_model_from_string(path.read_bytes())
    action = next((o for o in model.graph.output if o.name in ("actions", "action")), model.graph.output[0])
    others = [o for o in model.graph.output if o is not action]
    for other in others:
        model.graph.output.remove(other)
    save_model(out, model, card)
    return card


def card_from_metadata(metadata: Mapping[str, str], body: Embodiment, source: str) -> PolicyCard:
    """Return the card that exported metadata describes; errors as ``import_onnx``."""
    missing = [key for key in NEEDED if not metadata.get(key, "").strip()]
    if missing:
        raise PolicyError(
            f"{source}: this ONNX file lacks the metadata {', '.join(missing)}, so nobody knows what its numbers mean; "
            f"it has: {', '.join(sorted(metadata)) or 'none'}. Describe it in a card and name that: --card CARD.toml"
        )
    joints = _words(metadata["joint_names"])
    names = _words(metadata["observation_names"])
    strange = [name for name in names if name not in QUANTITIES]
    if strange:
        raise PolicyError(
            f"{source}: the network reads {', '.join(strange)}, which a navigating body doesn't have; "
            f"known: {', '.join(sorted(QUANTITIES))}"
        )
    columns = {key: _numbers(metadata, key, len(joints), source) for key in NEEDED[1:5]}
    scales = columns["action_scale"]
    limits = body.limits
    seeing = "height_scan" in names
    if seeing and body.height_map is None:
        raise PolicyError(f"{source}: the network reads a height scan, and {body.name} makes no height map")
    card = PolicyCard(
        embodiment=body.name,
        kind="vision" if seeing else "blind",
        joints={
            joint: Servo(default_rad=angle, kp=kp, kd=kd)
            for joint, angle, kp, kd in zip(
                joints, columns["default_joint_pos"], columns["joint_stiffness"], columns["joint_damping"], strict=True
            )
        },
        action_scale=scales[:1] if len(set(scales)) == 1 else scales,
        terms=tuple(Term(name=QUANTITIES[name]) for name in names),
        height_map=body.height_map if seeing else None,
        commands=CommandRange(
            vx_mps=(limits.vx_min_mps, limits.vx_max_mps),
            vy_mps=(-limits.vy_max_mps, limits.vy_max_mps),
            wz_radps=(-limits.wz_max_radps, limits.wz_max_radps),
        ),
        base_height_m=body.base_height_m,
        origin=Origin(summary=f"imported from {Path(source).name}", trained_by=metadata.get("run_path", "")),
    )
    problems = card.problems()
    if problems:
        raise PolicyError(f"{source}: its metadata can't be right:\n" + "\n".join(f"  {line}" for line in problems))
    return card


def _words(text: str) -> list[str]:
    return [word.strip().strip("'\"") for word in text.strip("[]() ").split(",") if word.strip()]


def _numbers(metadata: Mapping[str, str], key: str, count: int, source: str) -> tuple[float, ...]:
    try:
        values = tuple(float(word) for word in _words(metadata[key]))
    except ValueError:
        raise PolicyError(f"{source}: {key} isn't a list of numbers: {metadata[key][:80]!r}") from None
    if len(values) == 1:
        values *= count
    if len(values) != count or not all(math.isfinite(value) for value in values):
        raise PolicyError(f"{source}: {key} holds {len(values)} numbers for {count} joints")
    return values
