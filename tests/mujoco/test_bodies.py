"""The robots' MJCF files against the published numbers, and against their own mirror image."""

from __future__ import annotations

import tomllib
from pathlib import Path

import mujoco
import numpy as np
import pytest

from navila_sdk.locomotion.choose import robot_model
from navila_sdk.plugins import Plugins

PUBLISHED = tomllib.loads((Path(__file__).parent.parent / "data" / "bodies.toml").read_text(encoding="utf-8"))
MIRROR = {"FL": "FR", "RL": "RR", "left": "right", "Left": "Right", "AL": "AR"}
ALL = pytest.mark.parametrize("name", sorted(PUBLISHED))


def _model(name):
    return mujoco.MjModel.from_xml_path(str(robot_model(Plugins().embodiment(name))))


def _bodies(model, part):
    exact = [i for i in range(model.nbody) if model.body(i).name == part]
    return exact or [i for i in range(model.nbody) if model.body(i).name.endswith(f"_{part}")]


@ALL
def test_masses_and_offsets(name):
    model, figures = _model(name), PUBLISHED[name]
    assert sum(model.body_mass) == pytest.approx(figures["mass"], abs=0.01)
    for part, mass in figures["masses"].items():
        found = _bodies(model, part)
        assert found, part
        assert model.body_mass[found] == pytest.approx(mass), part
    for body, offset in figures["offsets"].items():
        assert model.body(body).pos == pytest.approx(offset), body


@ALL
def test_joints(name):
    model = _model(name)
    for joint, (axis, low, high, torque) in PUBLISHED[name]["joints"].items():
        assert model.joint(joint).range == pytest.approx([low, high]), joint
        assert "xyz"[int(np.argmax(np.abs(model.joint(joint).axis)))] == axis, joint
        assert model.actuator(joint).forcerange == pytest.approx([-torque, torque]), joint


def _half_height(model, geom):
    return model.geom_size[geom, 2 if model.geom_type[geom] == mujoco.mjtGeom.mjGEOM_BOX else 0]


@ALL
def test_standing_height(name):
    model, figures = _model(name), PUBLISHED[name]
    data = mujoco.MjData(model)
    data.qpos[2] = 2.0
    for joint in range(1, model.njnt):
        part = model.joint(joint).name.split("_")[1] if "_" in model.joint(joint).name else ""
        data.qpos[model.jnt_qposadr[joint]] = figures.get("standing", {}).get(part, 0.0)
    mujoco.mj_kinematics(model, data)
    soles = [g for g in range(model.ngeom) if "foot" in model.geom(g).name or "sole" in model.geom(g).name]
    low = min(data.geom_xpos[g, 2] - _half_height(model, g) for g in soles)
    assert 2.0 - low == pytest.approx(figures["standing_height"], abs=0.012)


@ALL
def test_left_is_right_mirrored(name):
    model = _model(name)
    pairs = 0
    for i in range(model.nbody):
        left = model.body(i).name
        for ours, theirs in MIRROR.items():
            right = left.replace(ours, theirs, 1)
            if right == left or mujoco.mj_name2id(model, mujoco.mjtObj.mjOBJ_BODY, right) < 0:
                continue
            pairs += 1
            a, b = model.body(left), model.body(right)
            flip = np.array([1.0, -1.0, 1.0])
            assert a.mass == b.mass
            assert a.inertia == pytest.approx(b.inertia)
            assert a.pos * flip == pytest.approx(b.pos), left
            assert a.ipos * flip == pytest.approx(b.ipos), left
    assert pairs >= 3


@pytest.mark.parametrize("name", ["h1", "t1"])
@pytest.mark.parametrize("over_m", [0.02, 0.06])
def test_a_foot_whose_heel_is_over_an_edge_stands_on_what_is_under_the_rest_of_it(name, over_m):
    """A capsule there has one contact, at the edge, and its other end sinks into the box under it."""
    model = _model(name)
    soles = [g for g in range(model.ngeom) if "sole" in model.geom(g).name and "left" in model.geom(g).name.lower()]
    spec = mujoco.MjSpec()
    spec.worldbody.add_geom(type=mujoco.mjtGeom.mjGEOM_BOX, size=[0.5, 0.5, 0.05], pos=[0.5, 0, 0.05])
    length, height = model.geom_aabb[soles[0], 3], _half_height(model, soles[0])
    foot = spec.worldbody.add_body(pos=[length - over_m, 0, 0.1 + height])
    foot.add_joint(type=mujoco.mjtJoint.mjJNT_SLIDE, axis=[0, 0, 1])
    foot.add_joint(type=mujoco.mjtJoint.mjJNT_HINGE, axis=[0, 1, 0], damping=0.5)
    for sole in soles:
        place = {"pos": [0, model.geom_pos[sole, 1], 0], "quat": model.geom_quat[sole]}
        foot.add_geom(type=model.geom_type[sole], size=model.geom_size[sole], mass=0.5, **place)
    alone = spec.compile()
    data = mujoco.MjData(alone)
    data.xfrc_applied[1, 2] = -9.81 * model.body_mass.sum()
    mujoco.mj_step(alone, data, 500)
    assert abs(data.qpos[0]) < 0.015
    assert abs(data.qpos[1]) < 0.1
