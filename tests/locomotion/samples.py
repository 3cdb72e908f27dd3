"""Cards, senses and small networks for the tests."""

from __future__ import annotations

import itertools

import attrs
import numpy as np

from navila_sdk.embodiment import HeightMapSpec
from navila_sdk.locomotion.card import CommandRange, PolicyCard, Servo, Term
from navila_sdk.locomotion.network_file import write_network
from navila_sdk.locomotion.policy import load_policy
from navila_sdk.locomotion.senses import Senses

JOINTS = ("left", "right", "tail")
GRID = HeightMapSpec(x_min_m=-0.2, x_max_m=0.2, y_min_m=-0.1, y_max_m=0.1, resolution_m=0.1, offset_m=0.3)


def card(**changes):
    made = PolicyCard(
        embodiment="sample",
        kind="blind",
        joints={"right": Servo(default_rad=0.2, kp=20.0, kd=0.5), "left": Servo(default_rad=-0.1, kp=10.0, kd=0.4)},
        held={"tail": Servo(default_rad=1.0, kp=5.0, kd=0.1)},
        action_scale=(0.5,),
        terms=(
            Term(name="base_angular_velocity", scale=(0.25,)),
            Term(name="projected_gravity"),
            Term(name="command", scale=(2.0, 2.0, 1.0)),
            Term(name="joint_position"),
            Term(name="joint_velocity", scale=(0.05,), clip=(-10.0, 10.0)),
            Term(name="last_action"),
        ),
        commands=CommandRange(vx_mps=(-0.5, 1.0), vy_mps=(-0.3, 0.3), wz_radps=(-1.0, 1.0)),
        base_height_m=0.3,
    )
    return attrs.evolve(made, **changes)


def layers(made, seed=0, hidden=8):
    random = np.random.default_rng(seed)
    sizes = [made.inputs, hidden, len(made.joints)]
    return [
        (random.normal(size=(b, a)).astype(np.float32) * 0.3, random.normal(size=b).astype(np.float32) * 0.1)
        for a, b in itertools.pairwise(sizes)
    ]


def answer(network, x):
    for i, (weight, bias) in enumerate(network):
        x = weight @ x + bias
        if i < len(network) - 1:
            x = np.where(x > 0, x, np.expm1(np.minimum(x, 0)))
    return x


def policy(tmp_path, **changes):
    made = card(**changes)
    path = tmp_path / "policy.onnx"
    network = layers(made)
    write_network(path, network, made)
    return load_policy(path), network


def senses(**changes):
    still = Senses(
        time_s=0.0,
        position_rad=np.zeros(3),
        velocity_radps=np.zeros(3),
        wxyz=np.array([1.0, 0.0, 0.0, 0.0]),
        angular_radps=np.zeros(3),
        linear_mps=np.zeros(3),
    )
    return attrs.evolve(still, **changes)
