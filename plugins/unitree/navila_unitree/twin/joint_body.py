"""A twin's body whose joints can be had: until its motion service lets go it walks by itself, then LowCmd moves it.

What nobody publishes is played as the worst case: when LowCmd stops, the motors go on following the last one.
"""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from typing import Any

import attrs
import numpy as np
from numpy.typing import NDArray

from navila_sdk.geometry import ZERO_TWIST, Pose2, Twist, wrap_angle
from navila_sdk.hardware.twin_body import ODOMETRY_START, Snapshot, TwinBody
from navila_sdk.locomotion.drive import JointDrive
from navila_sdk.observation import RangeScan
from navila_sdk.scenes.scene import Scene
from navila_sdk.twin import TwinRequest
from navila_sdk.world import Jointed
from navila_unitree.low.order import MotorOrder
from navila_unitree.low.state import Felt
from navila_unitree.twin.faults import Faults

ODOMETRY_HEIGHT_M = 0.11
"""A robot's odometry begins at any height, too."""
SILENT_S = 0.25
LOWERED_S = 1.0
UNDER_WAY_M = 0.2


@attrs.frozen(slots=True, kw_only=True)
class Low:
    """The low level at one moment.

    Attributes:
        felt: What LowState says.
        height_m: Of the base, in odometry.
        stiffness: The greatest of any joint, N m/rad; 0 where they are limp or damped.
    """

    felt: Felt
    height_m: float
    stiffness: float


class JointBody(TwinBody):
    """Steps a simulated body, by velocities or by joint commands.

    Args:
        request: What the twin is asked to be.
        faults: What shall go wrong.
        order: The robot's motors.
        hangs_s: How long a gantry holds it once its joints are stiff, and again when they no longer are; None for a
            robot that needs none.
    """

    def __init__(self, request: TwinRequest, faults: Faults, order: MotorOrder, hangs_s: float | None) -> None:
        self.low: Low | None = None
        self.scan: RangeScan | None = None
        self._jointed: Jointed | None = None
        self._order, self._hangs_s = order, hangs_s
        self._drive: JointDrive | None = None
        self._drive_s = 0.0
        self._stiff_s: float | None = None
        self._silent = self._began = False
        self._from: Pose2 | None = None
        self.released = False
        """Whether no motion service holds the joints."""
        super().__init__(request, faults)
        self._whole_s = self.step_s
        if isinstance(self._driver, Jointed):
            self._jointed = self._driver
            self._ours = order.shuffle(self._driver.joints)
            self._theirs = np.argsort(self._ours)
            self._limp = JointDrive.damping(np.zeros(len(order.joints)))
            self.snapshot = self._look(ZERO_TWIST)

    @property
    def scene(self) -> Scene:
        """Where it stands."""
        return self._driver.scene

    @property
    def has_joints(self) -> bool:
        """Whether the body behind the twin has any."""
        return self._jointed is not None

    def release(self) -> None:
        """Let the joints go limp; from now on they follow ``drive``."""
        if self._jointed is not None and not self.released:
            self.command(ZERO_TWIST, 0.0)
            self._drive, self._stiff_s = None, None
            self.released, self.step_s = True, self._jointed.servo_s

    def hold(self) -> None:
        """Let the body's own controller have the joints again."""
        self.released, self.step_s = False, self._whole_s

    def drive(self, drive: JointDrive) -> None:
        """Follow a joint command, in the order's own order, until the next one."""
        self.heard += 1
        now_s = time.monotonic()
        if drive.stiffness > 0 and (self._drive is None or self._drive.stiffness == 0):
            self._stiff_s = now_s
            self._from = self._from or self.snapshot.true
            self._tell("joints stiff", {})
        if drive.stiffness == 0 and self._drive is not None and self._drive.stiffness > 0:
            self._stiff_s = None
            self._tell("joints damped", {})
        self._drive, self._drive_s, self._silent = drive, now_s, False

    def step(self) -> Snapshot:
        """Advance by ``step_s`` and return what came of it."""
        if not self.released or self._jointed is None:
            return super().step()
        if self._drive is not None and not self._silent and time.monotonic() - self._drive_s > SILENT_S:
            self._silent = True
            self._tell("joint commands stopped", {"stiffness": self._drive.stiffness})
        self._jointed.drive_joints(self._theirs_of(self._drive or self._limp), self._carried())
        self.snapshot = self._look(ZERO_TWIST)
        if self._from is not None and not self._began and self.snapshot.true.distance_m(self._from) > UNDER_WAY_M:
            self._began = True
            self._faults.begin()
        return self.snapshot

    def facts(self) -> Mapping[str, Any]:
        """Return what a trace tells of the joints."""
        low = self.low
        if low is None:
            return {}
        return {"height": round(low.height_m - ODOMETRY_HEIGHT_M, 4), "stiffness": round(low.stiffness, 2)}

    def _carried(self) -> float:
        if self._hangs_s is None:
            return 0.0
        if self._stiff_s is None:
            return 1.0
        return min(max(1.0 - (time.monotonic() - self._stiff_s - self._hangs_s) / LOWERED_S, 0.0), 1.0)

    def _theirs_of(self, drive: JointDrive) -> JointDrive:
        parts = (drive.position_rad, drive.velocity_radps, drive.torque_nm, drive.kp, drive.kd)
        return JointDrive(*(part[self._theirs] for part in parts))

    def _look(self, command: Twist) -> Snapshot:
        snapshot = super()._look(command)
        self.scan = self._driver.state().scan
        if self._jointed is not None:
            self.low = self._low_of(self._jointed, snapshot)
        return snapshot

    def _low_of(self, body: Jointed, snapshot: Snapshot) -> Low:
        senses = body.senses()
        heading = ODOMETRY_START.yaw_rad + wrap_angle(-body.scene.start.yaw_rad)
        wxyz = _turned(senses.wxyz, heading)
        tilt_rad = self._faults.value("fall")
        if tilt_rad is not None:
            yaw, pitch = snapshot.odometry.yaw_rad / 2, tilt_rad / 2
            c, s, u, v = math.cos(yaw), math.sin(yaw), math.cos(pitch), math.sin(pitch)
            wxyz = np.array([c * u, -s * v, c * v, s * u])
        felt = Felt(
            0,
            wxyz,
            senses.angular_radps,
            senses.position_rad[self._ours],
            senses.velocity_radps[self._ours],
            body.torques_nm()[self._ours],
        )
        drive = self._drive if self.released else None
        return Low(
            felt=felt,
            height_m=float(body.base_m()[2]) + ODOMETRY_HEIGHT_M,
            stiffness=drive.stiffness if drive else 0.0,
        )


def _turned(wxyz: NDArray[np.float64], yaw_rad: float) -> NDArray[np.float64]:
    """Return an orientation turned about the world's vertical."""
    c, s = math.cos(yaw_rad / 2), math.sin(yaw_rad / 2)
    w, x, y, z = wxyz
    return np.array([c * w - s * z, c * x - s * y, c * y + s * x, c * z + s * w])
