"""The body in the world: an articulation with servos and contact sensors, or a box that's moved."""

from __future__ import annotations

from typing import Any

import isaaclab.sim as sim_utils
import numpy as np
import torch
from isaaclab.actuators import ActuatorBaseCfg, IdealPDActuatorCfg, ImplicitActuatorCfg
from isaaclab.assets import Articulation, ArticulationCfg, RigidObject, RigidObjectCfg
from isaaclab.sensors import ContactSensor, ContactSensorCfg
from numpy.typing import NDArray

from navila_isaac.faults import RobotModelError
from navila_isaac.options import Servo
from navila_isaac.robot_model import RobotModel
from navila_isaac.servos import RobotPlan, ServoPlan, servo_plan
from navila_isaac.simulator import Figure, Reading

Floats = NDArray[np.float64]

ALOFT_M = (0.0, 0.0, 50.0)
"""Where a robot hangs from its spawning until it's put somewhere: clear of everything."""
_JOINTS = ("PhysicsRevoluteJoint", "PhysicsPrismaticJoint")


def numbers(tensor: torch.Tensor) -> Floats:
    """Return a tensor's only environment as float64."""
    return tensor[0].detach().cpu().numpy().astype(np.float64)


class Robot:
    """A walking body. Isaac Lab's articulation order is the joints' order.

    Args:
        path: Prim to spawn it at.
        plan: The body.
        history: How many physics steps' contacts are looked back on.
        device: Where tensors live.

    Raises:
        RobotModelError: The model has no link of the base's name, or no joints.
    """

    def __init__(self, path: str, plan: RobotPlan, history: int, device: str) -> None:
        self._device = device
        _spawn(path, plan.model)
        self.base_path = _base_path(path, plan.model)
        joints = sim_utils.get_all_matching_child_prims(path, lambda prim: prim.GetTypeName() in _JOINTS)
        if not joints:
            raise RobotModelError(f"{plan.model.path}: Isaac found no joints in this model")
        servos = servo_plan(plan, [prim.GetName() for prim in joints])
        start = ArticulationCfg.InitialStateCfg(joint_pos=dict(servos.rest_rad))
        cfg = ArticulationCfg(
            prim_path=path, spawn=None, init_state=start, actuators={"servos": _actuators(servos, plan.servo)}
        )
        self._body = Articulation(cfg)
        links = self.base_path.rsplit("/", 1)[0]
        self._contacts = ContactSensor(ContactSensorCfg(prim_path=f"{links}/.*", history_length=history))

    @property
    def joints(self) -> tuple[str, ...]:
        """Names of the joints, once the simulation runs."""
        return tuple(self._body.joint_names)

    def check(self, model: RobotModel) -> None:
        """Make sure that the link which carries the base is the articulation's root.

        Raises:
            RobotModelError: Another one is.
        """
        root = self._body.body_names[0]
        if root != model.base_link:
            raise RobotModelError(
                f"{model.path}: the base is {model.base_link!r}, and the model's root link in Isaac is {root!r}; its "
                f"links: {', '.join(self._body.body_names)}"
            )

    def read(self) -> Reading:
        """Return the body now."""
        data = self._body.data
        forces = self._contacts.data.net_forces_w_history
        assert forces is not None
        return Reading(
            position_m=numbers(data.root_link_pos_w),
            wxyz=numbers(data.root_link_quat_w),
            linear_mps=numbers(data.root_link_lin_vel_b),
            angular_radps=numbers(data.root_link_ang_vel_b),
            joint_rad=numbers(data.joint_pos),
            joint_radps=numbers(data.joint_vel),
            forces_n=numbers(forces).reshape(-1, 3),
        )

    def put(self, position_m: Floats, wxyz: Floats, joint_rad: Floats | None) -> None:
        """Put the base somewhere at rest; with joint angles, the joints and their targets too."""
        self._body.write_root_link_pose_to_sim(self._row(np.concatenate([position_m, wxyz])))
        self._body.write_root_link_velocity_to_sim(self._row(np.zeros(6)))
        if joint_rad is not None:
            self._body.write_joint_state_to_sim(self._row(joint_rad), self._row(np.zeros_like(joint_rad)))
            self._body.reset()
            self.target(joint_rad)

    def target(self, joint_rad: Floats) -> None:
        """Set the servos' targets."""
        self._body.set_joint_position_target(self._row(joint_rad))

    def before_step(self) -> None:
        """Hand targets, or the torques an explicit servo makes of them, to PhysX."""
        self._body.write_data_to_sim()

    def after_step(self, dt_s: float) -> None:
        """Take over what a physics step has changed."""
        self._body.update(dt_s)
        self._contacts.update(dt_s)

    def _row(self, values: Floats) -> torch.Tensor:
        return torch.tensor(values, dtype=torch.float32, device=self._device).unsqueeze(0)


class Puppet:
    """A box that stands for a body that's moved: kinematic, and touched by nothing."""

    joints: tuple[str, ...] = ()

    def __init__(self, path: str, figure: Figure, device: str) -> None:
        self._device, self.base_path = device, path
        self._below_m = np.array((0.0, 0.0, figure.below_m))
        box = sim_utils.CuboidCfg(
            size=figure.size_m,
            rigid_props=sim_utils.RigidBodyPropertiesCfg(kinematic_enabled=True, disable_gravity=True),
            visual_material=sim_utils.PreviewSurfaceCfg(diffuse_color=(0.3, 0.31, 0.33)),
        )
        self._body = RigidObject(RigidObjectCfg(prim_path=path, spawn=box))

    def read(self) -> Reading:
        """Return the body now; the box's middle lies below the base origin."""
        data = self._body.data
        none = np.zeros(0)
        return Reading(
            position_m=numbers(data.root_link_pos_w) + self._below_m,
            wxyz=numbers(data.root_link_quat_w),
            linear_mps=np.zeros(3),
            angular_radps=np.zeros(3),
            joint_rad=none,
            joint_radps=none,
            forces_n=np.zeros((0, 3)),
        )

    def put(self, position_m: Floats, wxyz: Floats, joint_rad: Floats | None) -> None:
        """Put the base somewhere; PhysX moves a kinematic body with its next step."""
        del joint_rad
        pose = np.concatenate([position_m - self._below_m, wxyz])
        row = torch.tensor(pose, dtype=torch.float32, device=self._device).unsqueeze(0)
        self._body.write_root_link_pose_to_sim(row)

    def target(self, joint_rad: Floats) -> None:
        """Do nothing: there are no joints."""

    def before_step(self) -> None:
        """Do nothing: its pose was written already."""

    def after_step(self, dt_s: float) -> None:
        """Take over what a physics step has changed."""
        self._body.update(dt_s)


def _spawn(path: str, model: RobotModel) -> None:
    file = str(model.path.resolve())
    if model.kind == "usd":
        usd = sim_utils.UsdFileCfg(usd_path=file, activate_contact_sensors=True)
        sim_utils.spawn_from_usd(path, usd, translation=ALOFT_M)
    elif model.kind == "mjcf":
        mjcf = sim_utils.MjcfFileCfg(
            asset_path=file,
            fix_base=False,
            make_instanceable=False,
            self_collision=False,
            activate_contact_sensors=True,
        )
        sim_utils.spawn_from_mjcf(path, mjcf, translation=ALOFT_M)
    else:
        gains = sim_utils.UrdfConverterCfg.JointDriveCfg.PDGainsCfg(stiffness=0.0, damping=0.0)
        urdf = sim_utils.UrdfFileCfg(
            asset_path=file,
            fix_base=False,
            make_instanceable=False,
            merge_fixed_joints=False,
            joint_drive=sim_utils.UrdfConverterCfg.JointDriveCfg(gains=gains),
            activate_contact_sensors=True,
        )
        sim_utils.spawn_from_urdf(path, urdf, translation=ALOFT_M)


def _base_path(path: str, model: RobotModel) -> str:
    """Return the prim of the base link, wherever below the robot's prim the importer has put it."""
    prim = sim_utils.get_first_matching_child_prim(path, lambda prim: _is_link(prim, model.base_link))
    if prim is None:
        raise RobotModelError(f"{model.path}: Isaac found no rigid link {model.base_link!r} in this model")
    return prim.GetPath().pathString


def _is_link(prim: Any, name: str) -> bool:  # noqa: ANN401 - USD's own prim, without types
    from pxr import UsdPhysics

    return prim.GetName() == name and prim.HasAPI(UsdPhysics.RigidBodyAPI)


def _actuators(servos: ServoPlan, kind: Servo) -> ActuatorBaseCfg:
    limits = dict(servos.effort_limit_nm) or None
    if kind is Servo.IMPLICIT:
        return ImplicitActuatorCfg(
            joint_names_expr=list(servos.joints),
            stiffness=dict(servos.stiffness),
            damping=dict(servos.damping),
            effort_limit_sim=limits,
        )
    return IdealPDActuatorCfg(
        joint_names_expr=list(servos.joints),
        stiffness=dict(servos.stiffness),
        damping=dict(servos.damping),
        effort_limit=limits,
    )
