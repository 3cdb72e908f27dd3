"""A scene and a robot as one physical model: solids that collide, servos at the joints."""

from __future__ import annotations

from pathlib import Path

import attrs
import mujoco
import numpy as np
from numpy.typing import NDArray

from navila_mujoco.complaints import to_log
from navila_mujoco.physics.mesh_floor import add_floor, add_obstacles
from navila_mujoco.solids import EVERYTHING, add_solid
from navila_sdk.errors import ConfigError
from navila_sdk.scenes.mesh.place import mesh_survey
from navila_sdk.scenes.scene import Scene

PHYSICS_S = 0.005
PREFIX = "robot/"
"""Stands before every name of the robot's, so that none can clash with the scene's."""
_ITERATIONS = 10
_FLOOR = "navila floor"
_FREE = mujoco.mjtJoint.mjJNT_FREE
_UNLIMITED_NM = 1e4

Floats = NDArray[np.float64]


@attrs.frozen(slots=True, eq=False)
class Arena:
    """The model, and where the robot is in it.

    Attributes:
        model: To be stepped at ``PHYSICS_S``.
        joints: Names of the robot's hinge joints, in the model's order.
        qpos: (N,) index of each joint's angle.
        dof: (N,) index of each joint's velocity.
        servos: (N,) actuator of each joint.
        root_qpos: First of the free joint's seven positions.
        root_dof: First of its six velocities.
        robot: (ngeom,) whether a geom is the robot's.
        obstacle: (ngeom,) whether it's something other than ground.
    """

    model: mujoco.MjModel
    joints: tuple[str, ...]
    qpos: NDArray[np.intp]
    dof: NDArray[np.intp]
    servos: NDArray[np.intp]
    root_qpos: int
    root_dof: int
    robot: NDArray[np.bool_]
    obstacle: NDArray[np.bool_]


def load_robot(path: Path) -> mujoco.MjSpec:
    """Return a robot's MJCF with a servo at every hinge instead of its own actuators, and nothing around it.

    Torque limits come from the actuators that were there, else from the joint.

    Raises:
        ConfigError: The file is missing, no MJCF, or holds no body with a free joint.
    """
    if not path.is_file():
        raise ConfigError(f"{path}: no such robot model")
    to_log()
    try:
        spec = mujoco.MjSpec.from_file(str(path))
        model = spec.compile()
    except (ValueError, mujoco.FatalError) as error:
        raise ConfigError(f"{path}: MuJoCo can't read this robot model: {error}") from None
    if not any(joint.type == _FREE for joint in spec.joints):
        raise ConfigError(f"{path}: no body of this model has a free joint, so it can't walk")
    limits = _torque_limits(model)
    # The world has its own; different ones would only make the attachment complain.
    spec.option = mujoco.MjSpec().option
    for things in (spec.actuators, spec.sensors, spec.keys, spec.worldbody.geoms, spec.lights, spec.cameras):
        for thing in list(things):
            spec.delete(thing)
    for joint in spec.joints:
        if joint.type != mujoco.mjtJoint.mjJNT_HINGE:
            continue
        low, high = limits[joint.name]
        servo = spec.add_actuator(name=joint.name, target=joint.name, trntype=mujoco.mjtTrn.mjTRN_JOINT)
        servo.gaintype, servo.biastype = mujoco.mjtGain.mjGAIN_FIXED, mujoco.mjtBias.mjBIAS_AFFINE
        servo.forcelimited, servo.forcerange = True, [low, high]
        servo.ctrllimited = False
    return spec


def _torque_limits(model: mujoco.MjModel) -> dict[str, tuple[float, float]]:
    found: dict[str, tuple[float, float]] = {}
    for joint in range(model.njnt):
        limited = bool(model.jnt_actfrclimited[joint])
        low, high = model.jnt_actfrcrange[joint] if limited else (-_UNLIMITED_NM, _UNLIMITED_NM)
        found[model.joint(joint).name] = (float(low), float(high))
    for i in range(model.nu):
        name = model.joint(model.actuator_trnid[i, 0]).name
        motor = model.actuator_biastype[i] == mujoco.mjtBias.mjBIAS_NONE and model.actuator_gainprm[i, 0] == 1.0
        if model.actuator_forcelimited[i]:
            found[name] = tuple(float(v) for v in model.actuator_forcerange[i])  # type: ignore[assignment]
        elif motor and model.actuator_ctrllimited[i]:
            gear = abs(float(model.actuator_gear[i, 0]))
            found[name] = tuple(float(v) * gear for v in model.actuator_ctrlrange[i])  # type: ignore[assignment]
    return found


def build_arena(scene: Scene, robot: mujoco.MjSpec) -> Arena:
    """Return the scene with the robot in it."""
    names = [joint.name for joint in robot.joints if joint.type == mujoco.mjtJoint.mjJNT_HINGE]
    free = next(joint.name for joint in robot.joints if joint.type == _FREE)
    if not free:
        free = "navila root"
        next(joint for joint in robot.joints if joint.type == _FREE).name = free
    spec = mujoco.MjSpec()
    bits = {"contype": EVERYTHING, "conaffinity": EVERYTHING}
    columns = None if scene.mesh is None else mesh_survey(scene.mesh).columns
    floors = 1
    if columns is None:
        spec.worldbody.add_geom(name=_FLOOR, type=mujoco.mjtGeom.mjGEOM_PLANE, size=[0, 0, 1], **bits)
    else:
        floors = add_floor(spec, columns, _FLOOR)
    for solid in scene.ground + scene.solids:
        add_solid(spec.worldbody, solid, collides=True)
    blocks = 0 if columns is None else add_obstacles(spec, columns)
    frame = spec.worldbody.add_frame()
    spec.attach(robot, prefix=PREFIX, frame=frame)
    model = spec.compile()
    model.opt.timestep = PHYSICS_S
    model.opt.integrator = mujoco.mjtIntegrator.mjINT_IMPLICITFAST
    model.opt.cone = mujoco.mjtCone.mjCONE_PYRAMIDAL
    model.opt.iterations = model.opt.ls_iterations = _ITERATIONS
    # MuJoCo would put a body whose physics blew up back to where it began, as if it had walked there.
    model.opt.disableflags |= mujoco.mjtDisableBit.mjDSBL_AUTORESET
    is_robot = model.geom_bodyid > 0
    obstacle = np.zeros(model.ngeom, np.bool_)
    obstacle[~is_robot] = True
    obstacle[: floors + len(scene.ground)] = False
    assert int((~is_robot).sum()) == floors + len(scene.ground) + len(scene.solids) + blocks
    joints = [model.joint(PREFIX + name) for name in names]
    root = model.joint(PREFIX + free)
    return Arena(
        model=model,
        joints=tuple(names),
        qpos=np.array([model.jnt_qposadr[joint.id] for joint in joints]),
        dof=np.array([model.jnt_dofadr[joint.id] for joint in joints]),
        servos=np.array([model.actuator(PREFIX + name).id for name in names]),
        root_qpos=int(model.jnt_qposadr[root.id]),
        root_dof=int(model.jnt_dofadr[root.id]),
        robot=is_robot,
        obstacle=obstacle,
    )
