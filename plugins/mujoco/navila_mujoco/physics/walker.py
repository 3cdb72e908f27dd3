"""A legged body in physics that follows velocity commands: senses, controller, servos, contacts."""

from __future__ import annotations

import math
from collections.abc import Callable

import mujoco
import numpy as np
from numpy.typing import NDArray

from navila_mujoco.physics.arena import PHYSICS_S, Arena
from navila_mujoco.physics.gantry import Gantry
from navila_sdk.errors import ObservationError, PolicyError
from navila_sdk.geometry import Pose2, Twist
from navila_sdk.locomotion.controller import LocomotionController
from navila_sdk.locomotion.drive import JointDrive
from navila_sdk.locomotion.policy import Policy
from navila_sdk.locomotion.senses import Senses, gravity_direction
from navila_sdk.perception.height_map import HeightMap

Floats = NDArray[np.float64]

_DROP_M = 0.005
_SOLES_M = 0.03
"""Who stands, stands on every geom that reaches down within this of the lowest: both feet, not the shanks."""
_UNDERFOOT = 5
"""Points along each side of a geom at which the ground under it is looked up."""
_SETTLE_STEPS = 25
_ODOMETRY_S = 0.1
_BLOWN_UP = (mujoco.mjtWarning.mjWARN_BADQPOS, mujoco.mjtWarning.mjWARN_BADQVEL, mujoco.mjtWarning.mjWARN_BADQACC)


class Walker:
    """Walks.

    Args:
        arena: The model.
        policy: What moves the joints.
        start: Where the body stands at first.
        ground: Height of the ground at points x, y; a level floor where it's None.
        delay_s: Time between a joint target and its effect.
        tilt_rad: Roll at the start; a body that starts fallen starts so.
        look: Makes the height map of a control tick, for policies that see one.

    Raises:
        PolicyError: Policy and body don't fit, or the policy's rate isn't a whole number of physics steps.

    Attributes:
        model: MuJoCo's model.
        data: Its state.
        controller: Turns what the body feels and is asked into joint targets.
        control_s: Control period, the policy's.
        substeps: Physics steps in it.
        root_dof: Where the base's velocity stands in ``data.qvel``.
        velocity: (3,) vx, vy and turn rate in the heading frame, smoothed as odometry would.
        held_back: Why the last command was replaced by zero; empty when it wasn't.
        look: As given; whoever gave a method of its own takes it back when it's done, or the two hold each other.
        energy_j: Work of the motors so far, from torque and speed at the end of each control period; a motor that
            brakes gives none back.
    """

    def __init__(
        self,
        arena: Arena,
        policy: Policy,
        start: Pose2,
        *,
        ground: Callable[[Floats, Floats], Floats] | None = None,
        delay_s: float = 0.0,
        tilt_rad: float = 0.0,
        look: Callable[[Walker], HeightMap] | None = None,
    ) -> None:
        self._arena = arena
        self.model = arena.model
        self.data = mujoco.MjData(arena.model)
        self._warnings = [self.data.warning[kind] for kind in _BLOWN_UP]
        self.control_s = 1.0 / policy.card.rate_hz
        self.substeps = round(self.control_s / PHYSICS_S)
        if self.substeps < 1 or abs(self.substeps * PHYSICS_S - self.control_s) > 1e-9:
            raise PolicyError(
                f"{policy.path}: the policy runs at {policy.card.rate_hz:g} Hz, and physics at {1 / PHYSICS_S:g} Hz; "
                "one must be a whole multiple of the other"
            )
        self._late = min(round(delay_s / PHYSICS_S), self.substeps)
        self.controller = LocomotionController(policy, arena.joints, self.data.qpos[arena.qpos])
        self._policy, self._driven = policy, False
        self._servo(policy)
        self.look = look
        self.held_back = ""
        self.energy_j = 0.0
        self.root_dof = arena.root_dof
        self._stand(start, ground, tilt_rad)
        self._gantry = Gantry(self.model, self.data, arena.root_qpos, arena.root_dof)
        self.velocity = np.zeros(3)
        for _ in range(_SETTLE_STEPS if tilt_rad == 0.0 else 0):
            self.step(Twist())
        self.controller.reset()
        self.energy_j = 0.0
        self.data.time = 0.0
        self.velocity = np.zeros(3)

    def _servo(self, policy: Policy) -> None:
        model, arena = self._arena.model, self._arena
        none = np.zeros(len(arena.joints))
        # Joints the card doesn't name are held as stiffly as its own are on average.
        kp = none + np.mean([servo.kp for servo in policy.card.joints.values()])
        kd = none + np.mean([servo.kd for servo in policy.card.joints.values()])
        kp, kd = self.controller.gains(kp, kd)
        model.actuator_gainprm[arena.servos, 0] = kp
        model.actuator_biasprm[arena.servos, 1] = -kp
        model.actuator_biasprm[arena.servos, 2] = -kd

    def _stand(self, start: Pose2, ground: Callable[[Floats, Floats], Floats] | None, tilt_rad: float) -> None:
        arena, data = self._arena, self.data
        data.qpos[arena.qpos] = self.controller.rest_rad
        data.ctrl[arena.servos] = self.controller.rest_rad
        root = slice(arena.root_qpos, arena.root_qpos + 7)
        yaw, roll = np.zeros(4), np.zeros(4)
        mujoco.mju_axisAngle2Quat(yaw, np.array([0.0, 0.0, 1.0]), start.yaw_rad)
        mujoco.mju_axisAngle2Quat(roll, np.array([1.0, 0.0, 0.0]), tilt_rad)
        turn = np.zeros(4)
        mujoco.mju_mulQuat(turn, yaw, roll)
        data.qpos[root] = (start.x_m, start.y_m, 0.0, *turn)
        mujoco.mj_kinematics(arena.model, data)
        floor_m = 0.0 if ground is None else float(ground(*self._underside()).max())
        data.qpos[arena.root_qpos + 2] += floor_m + _DROP_M - self.lowest_m()
        mujoco.mj_forward(arena.model, data)

    def _underside(self) -> tuple[Floats, Floats]:
        """Return points, x and y, of what the robot stands on: of the geoms that reach down as far as the lowest."""
        model, data, lows = self._arena.model, self.data, self._lows()
        grid = np.stack(np.meshgrid(*[np.linspace(-1, 1, _UNDERFOOT)] * 3), axis=-1).reshape(-1, 3)
        points: list[Floats] = []
        for geom in (geom for geom, low in lows.items() if low <= min(lows.values()) + _SOLES_M):
            center, half = model.geom_aabb[geom, :3], model.geom_aabb[geom, 3:]
            points.append(data.geom_xpos[geom] + (center + half * grid) @ data.geom_xmat[geom].reshape(3, 3).T)
        x, y, _ = np.concatenate(points).T
        return x, y

    def lowest_m(self) -> float:
        """Return the height of the robot's lowest colliding point, from its geoms' bounds."""
        return min(self._lows().values())

    def _lows(self) -> dict[int, float]:
        """Return the lowest point of each colliding geom."""
        model, data = self._arena.model, self.data
        solid = np.flatnonzero(self._arena.robot & ((model.geom_contype | model.geom_conaffinity) > 0))
        lows: dict[int, float] = {}
        for geom in solid:
            rotation = data.geom_xmat[geom].reshape(3, 3)
            size, kind = model.geom_size[geom], model.geom_type[geom]
            if kind == mujoco.mjtGeom.mjGEOM_SPHERE:
                reach = size[0]
            elif kind == mujoco.mjtGeom.mjGEOM_CAPSULE:
                reach = size[0] + abs(rotation[2, 2]) * size[1]
            else:
                center, half = model.geom_aabb[geom, :3], model.geom_aabb[geom, 3:]
                reach = float(np.abs(rotation[2]) @ half - rotation[2] @ center)
            lows[int(geom)] = float(data.geom_xpos[geom, 2] - reach)
        return lows

    def senses(self) -> Senses:
        """Return what the body feels now."""
        arena, data = self._arena, self.data
        q, v = arena.root_qpos, arena.root_dof
        wxyz, moving = data.qpos[q + 3 : q + 7].copy(), data.qvel[v : v + 6].copy()
        return Senses(
            time_s=data.time,
            position_rad=data.qpos[arena.qpos],
            velocity_radps=data.qvel[arena.dof],
            wxyz=wxyz,
            angular_radps=moving[3:],
            linear_mps=_in_body(wxyz, moving[:3]),
        )

    def step(self, command: Twist) -> None:
        """Move the body by one control period.

        Raises:
            ObservationError: The physics blew up.
        """
        if self._driven:
            self._driven = False
            self._gantry.let_go()
            self._servo(self._policy)
            self.controller.reset()
        ground = self.look(self) if self.look else None
        targets = self.controller.step(self.senses(), command, ground)
        self.held_back = targets.held_back
        model, data = self._arena.model, self.data
        if self._late:
            mujoco.mj_step(model, data, self._late)
        data.ctrl[self._arena.servos] = targets.position_rad
        if self.substeps > self._late:
            mujoco.mj_step(model, data, self.substeps - self._late)
        self._check_whole()
        power_w = data.actuator_force[self._arena.servos] * data.actuator_velocity[self._arena.servos]
        self.energy_j += sum([watts for watts in power_w.tolist() if watts > 0.0]) * self.control_s
        self.velocity += (self.heading_velocity() - self.velocity) * min(1.0, self.control_s / _ODOMETRY_S)

    def _check_whole(self) -> None:
        position, velocity, acceleration = self._warnings
        if position.number or velocity.number or acceleration.number:
            raise ObservationError(
                f"the physics blew up at {self.data.time:.2f} s ({self._policy.path}): positions, velocities or forces "
                "are NaN or beyond all bounds; are joints too stiff for this body, or does it start inside something?"
            )

    def drive(self, drive: JointDrive, carried: float) -> None:
        """Move the body by one physics step, its joints driven from outside.

        Args:
            drive: What the servos are told, in the body's joint order.
            carried: Which part of its weight a gantry holds.

        Raises:
            ObservationError: The physics blew up.
        """
        self._driven = True
        model, servos = self._arena.model, self._arena.servos
        model.actuator_gainprm[servos, 0] = 1.0
        model.actuator_biasprm[servos, 1] = -drive.kp
        model.actuator_biasprm[servos, 2] = -drive.kd
        self.data.ctrl[servos] = drive.kp * drive.position_rad + drive.kd * drive.velocity_radps + drive.torque_nm
        self._gantry.carry(carried)
        mujoco.mj_step(model, self.data)
        self._check_whole()
        self.velocity += (self.heading_velocity() - self.velocity) * (PHYSICS_S / _ODOMETRY_S)

    @property
    def torques_nm(self) -> Floats:
        """What each servo exerts (N,), in the body's joint order."""
        return self.data.actuator_force[self._arena.servos].copy()

    @property
    def joints(self) -> tuple[str, ...]:
        """The body's joints, in its order."""
        return self._arena.joints

    def heading_velocity(self) -> Floats:
        """Return vx, vy and turn rate (3,) of this moment, in the heading frame."""
        q, v = self._arena.root_qpos, self._arena.root_dof
        vx, vy, _, _, _, wz = self.data.qvel[v : v + 6].tolist()
        w, x, y, z = self.data.qpos[q + 3 : q + 7].tolist()
        yaw = math.atan2(2 * (x * y + w * z), 1 - 2 * (y * y + z * z))
        c, s = math.cos(yaw), math.sin(yaw)
        return np.array([c * vx + s * vy, -s * vx + c * vy, wz])

    @property
    def base(self) -> tuple[Floats, Floats]:
        """The base origin in the world (3,), and its orientation w, x, y, z (4,); copies."""
        q = self._arena.root_qpos
        return self.data.qpos[q : q + 3].copy(), self.data.qpos[q + 3 : q + 7].copy()

    @property
    def pose(self) -> Pose2:
        """Where the base is, seen from above."""
        q = self._arena.root_qpos
        px, py, _, w, x, y, z = self.data.qpos[q : q + 7].tolist()
        return Pose2(px, py, math.atan2(2 * (x * y + w * z), 1 - 2 * (y * y + z * z)))

    @property
    def tilt_rad(self) -> float:
        """Angle between the body's up axis and gravity's."""
        q = self._arena.root_qpos
        down = gravity_direction(self.data.qpos[q + 3 : q + 7])
        return math.acos(min(max(-float(down[2]), -1.0), 1.0))

    @property
    def touching(self) -> bool:
        """Whether the body touches something other than the ground, or itself."""
        pairs = self.data.contact.geom
        if not len(pairs):
            return False
        robot, obstacle = self._arena.robot[pairs], self._arena.obstacle[pairs]
        return bool(((robot[:, 0] & obstacle[:, 1]) | (robot[:, 1] & obstacle[:, 0])).any())


def _in_body(wxyz: Floats, vector: Floats) -> Floats:
    """Return a vector of the world (3,) in the frame of a body of that orientation."""
    w, x, y, z = wxyz.tolist()
    a, b, c = vector.tolist()
    # Twice the cross product of vector and axis, which is what the inverse rotation begins with.
    d, e, f = 2 * (z * b - y * c), 2 * (x * c - z * a), 2 * (y * a - x * b)
    return np.array([a + w * d + z * e - y * f, b + w * e + x * f - z * d, c + w * f + y * d - x * e])
