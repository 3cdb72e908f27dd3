"""The twin's body: a simulated one that holds each command for as long as the vendor's does, then stands."""

from __future__ import annotations

import math
import threading
import time
from typing import Any

import attrs

from navila_sdk.geometry import ZERO_TWIST, Pose2, Twist
from navila_sdk.hardware.faults import Faults
from navila_sdk.twin import TwinRequest
from navila_sdk.world import SimulatedDriver

ODOMETRY_START = Pose2(1.3, -0.4, 0.7)
"""A robot's odometry begins anywhere; so does a twin's, and drivers must not rely on zero."""


@attrs.frozen(slots=True)
class Snapshot:
    """The body at one moment.

    Attributes:
        time_s: Seconds since the twin began.
        true: Pose in the scene.
        odometry: Pose as the robot says it.
        twist: Velocity in its own frame.
        tilt_rad: Pitch of the body.
        command: What it carries out.
    """

    time_s: float
    true: Pose2
    odometry: Pose2
    twist: Twist
    tilt_rad: float
    command: Twist

    def facts(self) -> dict[str, Any]:
        """Return what a trace tells of it."""
        parts = {"pose": self.true, "twist": self.twist, "command": self.command}
        return {name: [round(number, 4) for number in part.as_tuple()] for name, part in parts.items()}


class TwinBody:
    """Steps a simulated body and keeps its command; commands may come from any thread.

    Args:
        request: What the twin is asked to be.
        faults: What shall go wrong.
    """

    def __init__(self, request: TwinRequest, faults: Faults) -> None:
        self._driver: SimulatedDriver = request.body(request.embodiment, False)
        self._faults, self._tell = faults, request.tell
        self._lock = threading.Lock()
        self._command, self._until_s = ZERO_TWIST, 0.0
        self.step_s = self._driver.step_s
        self._begun_s = time.monotonic()
        self._fallen = False
        self.heard = 0
        """How many commands came."""
        self.snapshot = self._look(ZERO_TWIST)

    def command(self, twist: Twist, hold_s: float) -> None:
        """Carry out a velocity from now on, for ``hold_s`` at most."""
        with self._lock:
            self.heard += 1
            if not twist.is_zero and self._command.is_zero:
                self._tell("moves", {"twist": [round(part, 3) for part in twist.as_tuple()]})
            if twist.is_zero and not self._command.is_zero:
                self._tell("told to stop", {})
            self._command, self._until_s = twist, time.monotonic() + hold_s

    def step(self) -> Snapshot:
        """Advance by ``step_s`` and return what came of it."""
        with self._lock:
            if not self._command.is_zero and time.monotonic() > self._until_s:
                self._command = ZERO_TWIST
                self._tell("hold time over: stops", {})
            command = self._command
        if self._faults.on("fall"):
            command = self._fall(command)
        self._driver.send(command)
        self._driver.advance()
        self.snapshot = self._look(command)
        return self.snapshot

    def close(self) -> None:
        """Let go of the simulated body."""
        self._driver.close()

    def _fall(self, command: Twist) -> Twist:
        if not self._fallen:
            self._fallen = True
            self._tell("falls", {"was told": [round(part, 3) for part in command.as_tuple()]})
        return ZERO_TWIST

    def _look(self, command: Twist) -> Snapshot:
        state = self._driver.state()
        odometry = ODOMETRY_START.compose(state.pose)
        jump_m = self._faults.value("odometry-jump")
        if jump_m is not None:
            odometry = odometry.compose(Pose2(jump_m, 0.0, 0.0))
        if self._faults.on("odometry-nan"):
            odometry = Pose2(math.nan, math.nan, odometry.yaw_rad)
        tilt_rad = self._faults.value("fall")
        return Snapshot(
            time.monotonic() - self._begun_s,
            self._driver.true_pose(),
            odometry,
            state.twist,
            state.tilt_rad if tilt_rad is None else tilt_rad,
            command,
        )
