"""A twin's life: the body steps in real time, its messages leave at their rates, its eyes look when asked."""

from __future__ import annotations

import contextlib
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

import attrs
import numpy as np

from navila_sdk.embodiment import Lidar
from navila_sdk.hardware.twin_body import Snapshot
from navila_sdk.strict import within
from navila_sdk.twin import TwinRequest
from navila_unitree import sdk
from navila_unitree.clouds import mounting
from navila_unitree.twin.faults import Faults
from navila_unitree.twin.joint_body import JointBody
from navila_unitree.twin.low_level import LowLevel, LowTwin
from navila_unitree.twin.messages import low_state, point_cloud
from navila_unitree.twin.outlet import Outlet
from navila_unitree.twin.service import Service
from navila_unitree.twin.sight import Sight

BEHIND_S = 0.1


@attrs.frozen(slots=True, kw_only=True)
class TwinOptions:
    """What can be set about a twin (``[driver]`` in the config, as its driver's).

    Attributes:
        interface: Network interface to answer on.
        domain: DDS domain.
        low_hz: Rate of the low-level state.
        cloud_hz: Rate of the LiDAR's cloud.
        map_hz: Rate of the height map, of robots that make one.
        camera_hz: Pictures per second at most.
        lens_px: Width of the camera's pictures; the real one's are larger, and take a simulator longer.
        hangs_s: How long a robot that starts hanging is held once its joints are stiff.
    """

    interface: str = "lo"
    domain: int = attrs.field(default=0, validator=within(0, 230))
    low_hz: float = attrs.field(default=500.0, validator=within(1.0, 1000.0))
    cloud_hz: float = attrs.field(default=10.0, validator=within(0.5, 50.0))
    map_hz: float = attrs.field(default=10.0, validator=within(0.5, 50.0))
    camera_hz: float = attrs.field(default=10.0, validator=within(0.5, 60.0))
    lens_px: int = attrs.field(default=320, validator=within(64, 1280))
    hangs_s: float = attrs.field(default=3.5, validator=within(0.0, 60.0))


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
        self.works: list[tuple[str, float, Callable[[], None]]] = []
        """What else has a thread: name, rate, work."""
        go = sdk.message("unitree_go")
        self._low = Outlet("rt/lowstate", go.LowState_, faults)
        self._low_lf = Outlet("rt/lf/lowstate", go.LowState_, faults)
        self._cloud = Outlet(clouds[0], sdk.message("sensor_msgs").PointCloud2_, faults)
        self._frame = clouds[1]
        self._turn, self._shift = mounting(mount, request.embodiment.base_height_m)
        self._done = threading.Event()

    def serve_joints(self) -> Service:
        """Serve the motion switcher."""
        return self._level.serve()

    def serve(self, done: Callable[[], bool]) -> None:
        """Live until ``done()``."""
        threads = [
            threading.Thread(target=self._repeat, args=(rate_hz, work), daemon=True, name=f"twin-{name}")
            for name, rate_hz, work in (
                ("low", self._options.low_hz, self._low_work()),
                ("lf", 20.0, self._lf_work()),
                ("cloud", self._options.cloud_hz, self._say_cloud),
                *self.works,
            )
        ]
        for thread in threads:
            thread.start()
        # Threads that compute hand over after a millisecond, not five: a step of physics is five.
        sys.setswitchinterval(1e-3)
        next_s, behind, said_s = time.monotonic(), 0, 0.0
        whole_s = self._body.step_s
        try:
            while not done():
                snapshot = self._body.step()
                said_s += self._body.step_s
                if said_s >= whole_s - 1e-9:
                    said_s = 0.0
                    for say in self.each_step:
                        say(snapshot)
                    self._request.tell("tick", {**_tick(snapshot), **self._body.facts()})
                next_s += self._body.step_s
                wait_s = next_s - time.monotonic()
                if wait_s > 0:
                    time.sleep(wait_s)
                elif wait_s < -BEHIND_S:
                    behind += 1
                    next_s = time.monotonic()
        finally:
            self._done.set()
            for thread in threads:
                thread.join(timeout=2.0)
            self._request.tell("leaves", {"commands heard": self._body.heard, "steps behind": behind})

    def close(self) -> None:
        """Let go of body and topics; a second call does nothing."""
        with contextlib.suppress(RuntimeError):
            self._sight.close()
        self._level.close()
        self._body.close()

    def _repeat(self, rate_hz: float, work: Callable[[], None]) -> None:
        next_s = time.monotonic()
        while not self._done.is_set():
            work()
            next_s = max(next_s + 1 / rate_hz, time.monotonic() - BEHIND_S)
            self._done.wait(max(next_s - time.monotonic(), 0.0))

    def _low_work(self) -> Callable[[], None]:
        return self._state_work(self._low)

    def _lf_work(self) -> Callable[[], None]:
        return self._state_work(self._low_lf)

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


def _tick(snapshot: Snapshot) -> dict[str, Any]:
    return {
        "pose": [round(part, 4) for part in snapshot.true.as_tuple()],
        "twist": [round(part, 4) for part in snapshot.twist.as_tuple()],
        "command": [round(part, 4) for part in snapshot.command.as_tuple()],
    }
