"""A sound robot to break: two driven wheels in MJCF, and a one-layer network that drives them."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np

from navila_sdk.locomotion.card import CommandRange, PolicyCard, Servo, Term
from navila_sdk.locomotion.network_file import write_network

RADIUS_M, TRACK_M, KP, KD = 0.1, 0.4, 1.0, 1.0
WHEELS = """<mujoco model="rover">
  <worldbody>
    <body name="base" pos="0 0 0.12">
      <freejoint/>
      <geom type="box" size="0.2 0.15 0.05" mass="8"/>
      <geom type="sphere" size="0.05" pos="0.17 0 -0.07" mass="0.2" condim="1" priority="1"/>
      <geom type="sphere" size="0.05" pos="-0.17 0 -0.07" mass="0.2" condim="1" priority="1"/>
      <body name="left" pos="0 0.2 -0.02">
        <joint name="left" axis="0 1 0"/>
        <geom type="cylinder" size="0.1 0.02" euler="90 0 0" mass="0.5"/>
      </body>
      <body name="right" pos="0 -0.2 -0.02">
        <joint name="right" axis="0 1 0"/>
        <geom type="cylinder" size="0.1 0.02" euler="90 0 0" mass="0.5"/>
      </body>
    </body>
  </worldbody>
</mujoco>
"""

RECORD = '''"""A rover with two wheels."""

import math

import navila_sdk as navila
from navila_sdk.actions import Verb

embodiment = navila.Embodiment(
    name="NAME",
    title="A rover with two wheels",
    navila_api="1",
    limits=navila.MotionLimits(
        vx_max_mps=0.8,
        vx_min_mps=-0.5,
        vy_max_mps=0.0,
        wz_max_radps=1.5,
        ax_max_mps2=1.0,
        ay_max_mps2=0.0,
        awz_max_radps2=3.0,
    ),
    footprint=navila.Footprint(length_m=0.5, width_m=0.46, height_m=0.5, clearance_m=0.03),
    base_height_m=0.12,
    camera=navila.Camera(x_m=0.1, z_m=0.45, hfov_rad=math.radians(90), width_px=32, height_px=24, rate_hz=5.0),
    lidar=navila.Lidar(x_m=0.0, z_m=0.3, elevations_rad=(0.0,), azimuths=36, range_m=8.0, rate_hz=10.0),
    height_map=navila.HeightMapSpec(
        x_min_m=-0.4, x_max_m=0.4, y_min_m=-0.3, y_max_m=0.3, resolution_m=0.1, offset_m=0.12
    ),
    mapping=navila.VelocityMapping(forward_mps=0.5, turn_radps=math.pi / 6),
    verbs=frozenset({Verb.MOVE_FORWARD, Verb.MOVE_BACKWARD, Verb.TURN_LEFT, Verb.TURN_RIGHT, Verb.STOP}),
    control_hz=50.0,
    model="NAME:wheels.xml",
    policies={"blind": "NAME:drive.onnx"},
    sources={"": "chosen: a robot to break"},
)
'''


def drive(path: Path, *, forward: float = 1.0, turn: float = 1.0, creep: float = 0.0, odd: float = 0.0, **card) -> None:
    """Write the policy.

    Args:
        path: Where.
        forward: Factor of the forward speed.
        turn: Factor of the turn rate.
        creep: Wheel speed without a command, rad/s.
        odd: Weight of a product that overflows for any state but the upright one at rest.
        card: Fields of the card.
    """
    per_command = (KD / KP + 0.01) / RADIUS_M
    half = TRACK_M / 2
    weight = np.array(
        [
            [forward * per_command, 0.0, -turn * half * per_command, 1.0, 0.0],
            [forward * per_command, 0.0, turn * half * per_command, 0.0, 1.0],
        ],
        np.float32,
    )
    grid = card.get("height_map")
    cells = math.prod(grid.shape) if grid else 0
    weight = np.hstack([weight, np.zeros((2, cells), np.float32)])
    layers = [(weight, np.full(2, creep * KD / KP, np.float32))]
    if odd:
        # Through a layer that passes everything on; far from rest it multiplies infinity by zero.
        blow = np.eye(5, dtype=np.float32) * np.float32(odd)
        layers = [(blow, np.zeros(5, np.float32)), (weight / np.float32(odd), layers[0][1])]
    joint = Servo(default_rad=0.0, kp=KP, kd=KD)
    terms = [Term(name="command"), Term(name="joint_position")] + ([Term(name="height_map")] if grid else [])
    fields = {
        "embodiment": "rover",
        "kind": "vision" if grid else "blind",
        "joints": {"left": joint, "right": joint},
        "action_scale": (1.0,),
        "terms": tuple(terms),
        "commands": CommandRange(vx_mps=(-0.5, 0.8), vy_mps=(0.0, 0.0), wz_radps=(-1.5, 1.5)),
        "base_height_m": 0.12,
    }
    write_network(path, layers, PolicyCard(**{**fields, **card}), "relu" if odd else "elu")


def write_rover(folder: Path, name: str, *changes: tuple[str, str], **policy) -> None:
    """Write the package ``name`` with changes in the text of its record and in its policy."""
    home = folder / name
    home.mkdir()
    text = RECORD
    for old, new in changes:
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in the record"
        text = text.replace(old, new)
    (home / "__init__.py").write_text(text.replace("NAME", name), encoding="utf-8")
    (home / "wheels.xml").write_text(WHEELS, encoding="utf-8")
    drive(home / "drive.onnx", **policy)
