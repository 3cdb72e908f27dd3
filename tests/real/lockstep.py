"""A robot at joint level in simulated time: the pilot's every tick goes through the vendor's order into physics."""

from __future__ import annotations

import math

import navila_mujoco
import numpy as np
from navila_go2.joints import LOW as GO2_LOW
from navila_go2.record import embodiment as go2
from navila_h1.joints import LOW as H1_LOW
from navila_h1.record import embodiment as h1

from navila_sdk.geometry import ZERO_TWIST, Pose2, Twist
from navila_sdk.hardware.joint_pilot import Pilot
from navila_sdk.locomotion.choose import locomotion_policy
from navila_sdk.locomotion.drive import JointDrive
from navila_sdk.locomotion.senses import Senses
from navila_sdk.perception.height_map import HeightMap
from navila_sdk.scenes.ground import ground_height_m
from navila_sdk.scenes.scene import Scene
from navila_sdk.world import Jointed, WorldRequest

BODIES = {"go2": (go2, GO2_LOW, False), "h1": (h1, H1_LOW, True)}
HANGS_S = 4.0


class LockStep:
    """A robot whose joints are limp at first; it lies, or hangs."""

    def __init__(self, robot: str, policy: str = "blind", scene: str | Scene = "empty") -> None:
        self.body, self.low, self._hangs = BODIES[robot]
        world = navila_mujoco.make(WorldRequest(self.body, scene, "physics"))
        assert isinstance(world, Jointed)
        self.world, self._order = world, self.low.order
        self._ours = self._order.shuffle(world.joints)
        self._theirs = np.argsort(self._ours)
        count = len(self._order.joints)
        self.pilot = Pilot(
            locomotion_policy(self.body, policy),
            self._order.joints,
            self._order.ends_rad,
            np.full(count, self.low.damping),
            self.low.rise,
            0.8,
        )
        self.time_s = 0.0
        self._limp = JointDrive.damping(np.zeros(count))
        self._move(self._limp, 1.0, steps=200)
        self.time_s = 0.0

    def senses(self) -> Senses:
        felt = self.world.senses()
        return Senses(
            self.time_s,
            felt.position_rad[self._ours],
            felt.velocity_radps[self._ours],
            felt.wxyz,
            felt.angular_radps,
            felt.linear_mps,
        )

    def ground(self) -> HeightMap | None:
        """The scene's own ground, on the policy's grid."""
        spec = self.pilot.card.height_map
        if spec is None:
            return None
        nx, ny = spec.shape
        x, y = np.meshgrid(
            spec.x_min_m + spec.resolution_m * np.arange(nx),
            spec.y_min_m + spec.resolution_m * np.arange(ny),
            indexing="ij",
        )
        at = self.world.true_pose()
        c, s = math.cos(at.yaw_rad), math.sin(at.yaw_rad)
        heights = ground_height_m(self.world.scene, at.x_m + c * x - s * y, at.y_m + s * x + c * y)
        return HeightMap((heights - self.world.base_m()[2]).astype(np.float32), spec, self.time_s)

    def fly(self, seconds: float, command: Twist = ZERO_TWIST, *, blind: bool = False) -> list[JointDrive]:
        """Fly for a while and return what the joints were told."""
        told: list[JointDrive] = []
        for _ in range(round(seconds * self.pilot.card.rate_hz)):
            told.append(self.pilot.tick(self.senses(), command, None if blind else self.ground()))
            carried = min(max(HANGS_S + 1.0 - self.time_s, 0.0), 1.0) if self._hangs else 0.0
            self._move(told[-1], carried, steps=4)
        return told

    def pose(self) -> Pose2:
        return self.world.true_pose()

    def _move(self, drive: JointDrive, carried: float, *, steps: int) -> None:
        parts = (drive.position_rad, drive.velocity_radps, drive.torque_nm, drive.kp, drive.kd)
        theirs = JointDrive(*(part[self._theirs] for part in parts))
        for _ in range(steps):
            self.world.drive_joints(theirs, carried if self._hangs else 0.0)
            self.time_s += self.world.servo_s
