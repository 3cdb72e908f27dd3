"""MuJoCo behind the seam where Isaac stands on machines with a card: the same plan, real contacts, real rays."""

from __future__ import annotations

import math

import mujoco
import numpy as np
from navila_isaac.blocks import Block
from navila_isaac.frames import matrix
from navila_isaac.places import Solids
from navila_isaac.servos import RobotPlan, servo_plan
from navila_isaac.simulator import Reading, WorldPlan
from navila_mujoco.physics.arena import load_robot

from navila_sdk.scenes.scene import Shape

_TYPES = {
    Shape.BOX: mujoco.mjtGeom.mjGEOM_BOX,
    Shape.CYLINDER: mujoco.mjtGeom.mjGEOM_CYLINDER,
    Shape.SPHERE: mujoco.mjtGeom.mjGEOM_SPHERE,
}


def _add(spec: mujoco.MjSpec, block: Block) -> None:
    width, depth, height = block.size_m
    size = {
        Shape.BOX: [width / 2, depth / 2, height / 2],
        Shape.CYLINDER: [width / 2, height / 2, 0.0],
        Shape.SPHERE: [width / 2, 0.0, 0.0],
    }[block.shape]
    bits = int(block.collides)
    spec.worldbody.add_geom(
        type=_TYPES[block.shape],
        size=size,
        pos=list(block.center_m),
        quat=list(block.wxyz),
        rgba=[*block.rgb, 1.0],
        contype=bits,
        conaffinity=bits,
    )


class StandIn:
    """Implements ``navila_isaac.simulator.Simulator`` for places made of solids."""

    def __init__(self, plan: WorldPlan) -> None:
        assert isinstance(plan.holds, Solids)
        self.plan, self.closed, self.steps, self.casts = plan, False, 0, []
        sight = mujoco.MjSpec()
        for block in plan.holds.blocks:
            _add(sight, block)
        self._sight = sight.compile()
        self._seen = mujoco.MjData(self._sight)
        mujoco.mj_kinematics(self._sight, self._seen)
        self._rays = {bundle.name: bundle for bundle in plan.bundles}
        self._base, self._wxyz = np.zeros(3), np.array((1.0, 0.0, 0.0, 0.0))
        self.joints: tuple[str, ...] = ()
        if isinstance(plan.body, RobotPlan):
            self._build(plan, plan.body)

    def _build(self, plan: WorldPlan, body: RobotPlan) -> None:
        spec = mujoco.MjSpec()
        # The floor as a plane: MuJoCo finds fewer contacts between the edges of soles and a box.
        spec.worldbody.add_geom(type=mujoco.mjtGeom.mjGEOM_PLANE, size=[0, 0, 1])
        for block in plan.holds.blocks[1:]:
            _add(spec, block)
        robot = load_robot(body.model.path)
        spec.attach(robot, prefix="robot/", frame=spec.worldbody.add_frame())
        self._model = model = spec.compile()
        model.opt.timestep = plan.timing.physics_s
        model.opt.integrator = mujoco.mjtIntegrator.mjINT_IMPLICITFAST
        # Another order than the file's, as Isaac Lab's is.
        hinges = [model.joint(i) for i in range(model.njnt) if model.jnt_type[i] == mujoco.mjtJoint.mjJNT_HINGE]
        hinges.sort(key=lambda joint: joint.name)
        self.joints = tuple(joint.name.removeprefix("robot/") for joint in hinges)
        self._q = np.array([model.jnt_qposadr[joint.id] for joint in hinges])
        self._v = np.array([model.jnt_dofadr[joint.id] for joint in hinges])
        servos = servo_plan(body, self.joints)
        self._u = np.array([model.actuator(joint.name).id for joint in hinges])
        for name, index in zip(servos.joints, self._u, strict=True):
            kp, kd, limit = servos.stiffness[name], servos.damping[name], servos.effort_limit_nm[name]
            model.actuator_gainprm[index, 0], model.actuator_biasprm[index, 1:3] = kp, (-kp, -kd)
            model.actuator_forcerange[index] = (-limit, limit)
        self._data = mujoco.MjData(model)

    def read(self) -> Reading:
        if not self.joints:
            none = np.zeros(0)
            still = np.zeros(3)
            return Reading(self._base.copy(), self._wxyz.copy(), still, still, none, none, np.zeros((0, 3)))
        q, v = self._data.qpos, self._data.qvel
        return Reading(
            position_m=q[:3].copy(),
            wxyz=q[3:7].copy(),
            linear_mps=matrix(q[3:7]).T @ v[:3],
            angular_radps=v[3:6].copy(),
            joint_rad=q[self._q].copy(),
            joint_radps=v[self._v].copy(),
            forces_n=self._forces(),
        )

    def _forces(self) -> np.ndarray:
        found = np.zeros((self._model.nbody, 3))
        for i, contact in enumerate(self._data.contact):
            wrench = np.zeros(6)
            mujoco.mj_contactForce(self._model, self._data, i, wrench)
            push = contact.frame.reshape(3, 3).T @ wrench[:3]
            found[self._model.geom_bodyid[contact.geom2]] += push
            found[self._model.geom_bodyid[contact.geom1]] -= push
        return found[1:]

    def put(self, position_m: np.ndarray, wxyz: np.ndarray, joint_rad: np.ndarray | None = None) -> None:
        self._base, self._wxyz = np.array(position_m, float), np.array(wxyz, float)
        if self.joints:
            self._data.qpos[:3], self._data.qpos[3:7] = position_m, wxyz
            self._data.qvel[:6] = 0.0
            if joint_rad is not None:
                self._data.qpos[self._q], self._data.qvel[self._v] = joint_rad, 0.0
                self.target(joint_rad)
            mujoco.mj_forward(self._model, self._data)

    def target(self, joint_rad: np.ndarray) -> None:
        self._data.ctrl[self._u] = joint_rad

    def step(self) -> None:
        self.steps += 1
        if self.joints:
            mujoco.mj_step(self._model, self._data)
            self._base, self._wxyz = self._data.qpos[:3].copy(), self._data.qpos[3:7].copy()

    def cast(self, name: str) -> np.ndarray:
        self.casts.append(name)
        bundle = self._rays[name]
        yaw = math.atan2(*matrix(self._wxyz)[1::-1, 0])
        level = np.array(((math.cos(yaw), -math.sin(yaw), 0), (math.sin(yaw), math.cos(yaw), 0), (0, 0, 1)))
        # As Isaac Lab does it: with "yaw" the starts turn, and the directions don't.
        starts, ways = {
            "base": (matrix(self._wxyz), matrix(self._wxyz)),
            "yaw": (level, np.eye(3)),
            "world": (np.eye(3), np.eye(3)),
        }[bundle.aligned]
        return self._ends(self._base + bundle.starts_m @ starts.T, bundle.directions @ ways.T, bundle.reach_m)[0]

    def _ends(self, starts: np.ndarray, ways: np.ndarray, reach_m: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        far, geoms = np.full(len(starts), np.inf), np.full(len(starts), -1)
        one, two = np.zeros(1, np.int32), np.zeros(1)
        for place in np.unique(starts, axis=0):
            here = np.flatnonzero((starts == place).all(axis=1))
            one, two = np.zeros(len(here), np.int32), np.zeros(len(here))
            flat = np.ascontiguousarray(ways[here]).reshape(-1)
            mujoco.mj_multiRay(self._sight, self._seen, place, flat, None, 1, -1, one, two, None, len(here), reach_m)
            far[here], geoms[here] = np.where(two < 0, np.inf, two), one
        far[far > reach_m] = np.inf
        with np.errstate(invalid="ignore"):
            ends = starts + far[:, None] * ways
        ends[np.isinf(far)] = np.inf
        return ends, far, geoms

    def look(self) -> tuple[np.ndarray, np.ndarray]:
        camera = self.plan.camera
        width, height = camera.width_px, camera.height_px
        per_pixel = camera.aperture / camera.focal_length / width
        u, v = np.meshgrid((np.arange(width) + 0.5 - width / 2), (np.arange(height) + 0.5 - height / 2))
        rays = np.stack([np.ones(u.size), -u.ravel() * per_pixel, -v.ravel() * per_pixel], axis=1)
        length = np.linalg.norm(rays, axis=1)
        turn = matrix(self._wxyz) @ matrix(np.array(camera.wxyz))
        origin = self._base + matrix(self._wxyz) @ np.array(camera.position_m)
        starts = np.tile(origin, (len(rays), 1))
        _, far, geoms = self._ends(starts, (rays / length[:, None]) @ turn.T, 100.0)
        rgb = np.full((len(rays), 3), 200.0)
        hit = np.isfinite(far)
        rgb[hit] = 255 * self._sight.geom_rgba[geoms[hit], :3] ** (1 / 2.2)
        return rgb.astype(np.uint8).reshape(height, width, 3), (far / length).astype(np.float32).reshape(height, width)

    def overview(self, eye_m: tuple, target_m: tuple) -> np.ndarray:
        width, height = self.plan.overview_px
        away = np.subtract(target_m, eye_m)
        return np.full((height, width, 3), int(10 * np.linalg.norm(away)) % 256, np.uint8)

    def close(self) -> None:
        self.closed = True
