"""A twin's life: the body steps in real time, its messages leave at their rates, its eyes look when asked."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from navila_sdk.embodiment import Lidar
from navila_sdk.hardware.twin_body import Snapshot
from navila_sdk.hardware.twin_life import TwinLife, Work
from navila_sdk.twin import TwinRequest
from navila_unitree import sdk
from navila_unitree.clouds import mounting
from navila_unitree.twin.faults import Faults
from navila_unitree.twin.joint_body import JointBody
from navila_unitree.twin.low_level import LowLevel, LowTwin
from navila_unitree.twin.messages import low_state, point_cloud
from navila_unitree.twin.options import TwinOptions
from navila_unitree.twin.outlet import Outlet
from navila_unitree.twin.service import Service
from navila_unitree.twin.sight import Sight


class Stage:
    """Runs a body with its topics.

    Args:
        request: What the twin is asked to be.
        options: How.
        body: The body.
        sight: Its eyes.
        faults: What shall go wrong.
        low: Its joint level.
        clouds: Topic and frame of the LiDAR's clouds.
        mount: Where the LiDAR sits, if its clouds are in its own frame; None if they are in the base frame.
    """

    def __init__(
        self,
        request: TwinRequest,
        options: TwinOptions,
        body: JointBody,
        sight: Sight,
        faults: Faults,
        low: LowTwin,
        clouds: tuple[str, str],
        mount: Lidar | None = None,
    ) -> None:
        self._request, self._options, self._faults = request, options, faults
        self._body, self._sight = body, sight
        self._order = low.order
        self._level = LowLevel(request, low, body, faults)
        self.each_step: list[Callable[[Snapshot], None]] = [self._level.say]
        self.works: list[Work] = []
        """What else has a thread."""
        go = sdk.message("unitree_go")
        self._low = Outlet("rt/lowstate", go.LowState_, faults)
        self._low_lf = Outlet("rt/lf/lowstate", go.LowState_, faults)
        self._cloud = Outlet(clouds[0], sdk.message("sensor_msgs").PointCloud2_, faults)
        self._frame = clouds[1]
        self._turn, self._shift = mounting(mount, request.embodiment.base_height_m)
        self._whole_s, self._unsaid_s = body.step_s, 0.0

    def serve_joints(self) -> Service:
        """Serve the motion switcher."""
        return self._level.serve()

    def serve(self, done: Callable[[], bool]) -> None:
        """Live until ``done()``."""
        life = TwinLife(
            (
                ("low", self._options.low_hz, self._state_work(self._low)),
                ("lf", 20.0, self._state_work(self._low_lf)),
                ("cloud", self._options.cloud_hz, self._say_cloud),
                *self.works,
            )
        )
        # Threads that compute hand over after a millisecond, not five: a step of physics is five.
        sys.setswitchinterval(1e-3)
        try:
            life.live(self._step, done)
        finally:
            self._request.tell("leaves", {"commands heard": self._body.heard, "steps behind": life.behind})

    def close(self) -> None:
        """Let go of body and topics; a second call does nothing."""
        with contextlib.suppress(RuntimeError):
            self._sight.close()
        self._level.close()
        self._body.close()

    def _step(self) -> float:
        """Step the body; at joint level its steps are short, and only a whole one's worth of them is told of."""
        snapshot = self._body.step()
        self._unsaid_s += self._body.step_s
        if self._unsaid_s >= self._whole_s - 1e-9:
            self._unsaid_s = 0.0
            for say in self.each_step:
                say(snapshot)
            self._request.tell("tick", {**snapshot.facts(), **self._body.facts()})
        return self._body.step_s

    def _state_work(self, outlet: Outlet) -> Callable[[], None]:
        message: Any = sdk.blank("unitree_go_msg_dds__LowState_")
        count = 0

        def work() -> None:
            nonlocal count
            count += 1
            charge = self._faults.value("battery")
            felt, left = self._body.low and self._body.low.felt, 90 if charge is None else int(charge)
            outlet.put(low_state(message, self._body.snapshot, felt, self._order, count, left))

        return work

    def _say_cloud(self) -> None:
        if self._faults.on("lidar-gone"):
            return
        points = self._sight.cloud()
        if self._faults.on("lidar-nan"):
            points = np.full_like(points, np.nan)
        points = (points - self._shift) @ self._turn
        self._cloud.put(point_cloud(points.astype(np.float32), self._frame, self._body.snapshot.time_s))
