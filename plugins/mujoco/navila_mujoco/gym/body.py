"""From a robot's MJCF and its recipe to the lean model that training steps: held joints welded, few contacts."""

from __future__ import annotations

import attrs
import mujoco
import numpy as np
from numpy.typing import NDArray

from navila_mujoco.complaints import to_log
from navila_sdk.errors import ConfigError
from navila_sdk.training.locomotion.recipe import Recipe

BLOCKS = 6
"""Boxes of terrain per environment."""
PHYSICS_S = 0.005
SUBSTEPS = 4

_BURIED_M = -5.0
_GROUND = 1
"""Bit of what the ground meets; every leg has one of its own above it."""


@attrs.frozen(slots=True, eq=False)
class Body:
    """The model and where things are in it.

    Attributes:
        model: What to step.
        joint_qpos: Index in qpos of each policy joint.
        joint_dof: Index in qvel of each.
        joint_range: (J, 2) limits.
        actuators: Index of each policy joint's actuator.
        held: Index of each yielding held joint's actuator.
        held_rad: Angle each is held at.
        foot_sites: Site of each foot's sole.
        contact_slices: Sensor addresses of each foot's contact.
        collision_sensors: Sensor addresses of contacts that should not be.
        base_sensors: Sensor addresses of contacts that end the episode.
        base: Index of the base body.
        blocks: Geoms of the terrain's boxes.
        floor: Geom of the floor.
        soles: Geoms that are soles.
    """

    model: mujoco.MjModel
    joint_qpos: NDArray[np.intp]
    joint_dof: NDArray[np.intp]
    joint_range: NDArray[np.float64]
    actuators: NDArray[np.intp]
    held: NDArray[np.intp]
    held_rad: NDArray[np.float64]
    foot_position: NDArray[np.intp]
    foot_contact: NDArray[np.intp]
    collision: NDArray[np.intp]
    base_contact: NDArray[np.intp]
    base: int
    blocks: NDArray[np.intp]
    floor: int
    soles: NDArray[np.intp]


def _weld(spec: mujoco.MjSpec, held: dict[str, float]) -> None:
    """Turn held joints into rigid links at their angles."""
    for name, angle_rad in held.items():
        joint = spec.joint(name)
        if joint is None:
            raise ConfigError(f"the recipe holds the joint {name!r}, which the MJCF doesn't have")
        turn = np.zeros(4)
        mujoco.mju_axisAngle2Quat(turn, np.array(joint.axis), angle_rad)
        body, quaternion = joint.parent, np.zeros(4)
        mujoco.mju_mulQuat(quaternion, np.array(body.quat), turn)
        body.quat = quaternion
        for actuator in list(spec.actuators):
            if actuator.target == name:
                spec.delete(actuator)
        spec.delete(joint)


def _legs(spec: mujoco.MjSpec, recipe: Recipe) -> dict[str, int]:
    """Return the bit of the leg that each body belongs to: above that foot and no other."""
    above: dict[str, int] = {}
    for i, foot in enumerate(recipe.feet):
        body = spec.body(foot.body)
        while body is not None and body.name != "world":
            above[body.name] = above.get(body.name, 0) | _GROUND << (i + 1)
            body = body.parent
    return {name: bits for name, bits in above.items() if bits.bit_count() == 1}


def _sense(spec: mujoco.MjSpec, recipe: Recipe) -> None:
    for foot in recipe.feet:
        spec.body(foot.body).add_site(name=f"sole {foot.body}", pos=list(foot.point_m))
        spec.add_sensor(
            name=f"position {foot.body}",
            type=mujoco.mjtSensor.mjSENS_FRAMEPOS,
            objtype=mujoco.mjtObj.mjOBJ_SITE,
            objname=f"sole {foot.body}",
        )
    for name in recipe.contacts:
        spec.add_sensor(
            name=f"contact {name}",
            type=mujoco.mjtSensor.mjSENS_CONTACT,
            objtype=mujoco.mjtObj.mjOBJ_GEOM,
            objname=name,
            intprm=[1 << int(mujoco.mjtConDataField.mjCONDATA_FOUND), 0, 1],
        )


def training_body(mjcf: str, recipe: Recipe, *, terrain: bool) -> Body:
    """Return the model to train on.

    Args:
        mjcf: Path of the robot's MJCF.
        recipe: The recipe.
        terrain: Whether boxes can be put in its way.

    Raises:
        ConfigError: The recipe names something the MJCF doesn't have.
    """
    to_log()
    spec = mujoco.MjSpec.from_file(mjcf)
    _weld(spec, {name: joint.angle_rad for name, joint in recipe.held.items() if joint.welded})
    for exclude in list(spec.excludes):
        spec.delete(exclude)
    legs = _legs(spec, recipe) if recipe.legs_touch else {}
    everyone = sum(set(legs.values()))
    for geom in list(spec.geoms):
        geom.contype = geom.conaffinity = 0
        if geom.name in recipe.contacts:
            own = legs.get(geom.parent.name, 0)
            geom.contype, geom.conaffinity = _GROUND | own, everyone & ~own if own else 0
    known = {geom.name for geom in spec.geoms}
    missing = [name for name in recipe.contacts if name not in known]
    if missing:
        raise ConfigError(f"the recipe's contacts name geoms the MJCF doesn't have: {', '.join(missing)}")
    _sense(spec, recipe)
    spec.worldbody.add_geom(
        name="floor", type=mujoco.mjtGeom.mjGEOM_PLANE, size=[0, 0, 1], contype=0, conaffinity=1, priority=1
    )
    for i in range(BLOCKS if terrain else 0):
        spec.worldbody.add_geom(
            name=f"block {i}",
            type=mujoco.mjtGeom.mjGEOM_BOX,
            size=[0.1, 0.1, 0.1],
            pos=[0, 0, _BURIED_M],
            contype=0,
            conaffinity=1,
            priority=1,
        )
    for joint in recipe.joints:
        if spec.joint(joint) is None:
            raise ConfigError(f"the recipe moves the joint {joint!r}, which the MJCF doesn't have")
    option = spec.option
    option.timestep = PHYSICS_S
    option.integrator = mujoco.mjtIntegrator.mjINT_IMPLICITFAST
    option.cone = mujoco.mjtCone.mjCONE_PYRAMIDAL
    option.iterations, option.ls_iterations = 6, 8
    # A body that blows up must be seen to: put back in its rest pose by MuJoCo it would go on as if nothing had been.
    option.disableflags |= mujoco.mjtDisableBit.mjDSBL_MIDPHASE | mujoco.mjtDisableBit.mjDSBL_AUTORESET
    model = spec.compile()
    names = list(recipe.joints)
    joints = [model.joint(name).id for name in names]
    actuators = [model.actuator(name).id for name in names]
    for index, joint in zip(actuators, recipe.joints.values(), strict=True):
        model.actuator_gainprm[index, 0] = joint.kp
        model.actuator_biasprm[index, 1:3] = -joint.kp, -joint.kd
    yielding = {name: joint for name, joint in recipe.held.items() if not joint.welded}
    for name, joint in yielding.items():
        index = model.actuator(name).id
        model.actuator_gainprm[index, 0] = joint.kp
        model.actuator_biasprm[index, 1:3] = -joint.kp, -joint.kd
    feet = [foot.body for foot in recipe.feet]
    on_foot = [[n for n in recipe.contacts if model.body(model.geom(n).bodyid[0]).name == f] for f in feet]
    soles = [_soles(geoms) for geoms in on_foot]
    width = max(len(geoms) for geoms in soles)
    sole_names = {name for geoms in soles for name in geoms}
    address = {name: int(model.sensor(f"contact {name}").adr[0]) for name in recipe.contacts}
    return Body(
        model=model,
        joint_qpos=np.array([model.jnt_qposadr[j] for j in joints]),
        joint_dof=np.array([model.jnt_dofadr[j] for j in joints]),
        joint_range=np.array([model.jnt_range[j] for j in joints]),
        actuators=np.array(actuators),
        held=np.array([model.actuator(name).id for name in yielding], np.intp),
        held_rad=np.array([joint.angle_rad for joint in yielding.values()]),
        foot_position=np.array([int(model.sensor(f"position {f}").adr[0]) for f in feet]),
        foot_contact=np.array([[address[n] for n in (geoms * width)[:width]] for geoms in soles]),
        collision=np.array(
            [address[n] for n in recipe.contacts if n not in sole_names and n not in recipe.base_geoms], np.intp
        ),
        base_contact=np.array([address[n] for n in recipe.base_geoms], np.intp),
        base=1,
        blocks=np.array([model.geom(f"block {i}").id for i in range(BLOCKS if terrain else 0)], np.intp),
        floor=model.geom("floor").id,
        soles=np.array(sorted(model.geom(name).id for name in sole_names), np.intp),
    )


def _soles(geoms: list[str]) -> list[str]:
    """Return those of a foot body's geoms that are its sole: named foot or sole, else all."""
    named = [name for name in geoms if "foot" in name or "sole" in name]
    return named or geoms
