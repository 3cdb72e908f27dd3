"""The Go2's twin: a simulated body behind sport mode, the video service and the robot's topics."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from navila_unitree import sdk
from navila_unitree.twin.begin import begin
from navila_unitree.twin.height_map import MapMaker
from navila_unitree.twin.joint_body import JointBody
from navila_unitree.twin.low_level import LowTwin
from navila_unitree.twin.messages import sport_state
from navila_unitree.twin.outlet import Outlet
from navila_unitree.twin.service import Service
from navila_unitree.twin.shutter import Shutter
from navila_unitree.twin.sight import Sight, Snapshots
from navila_unitree.twin.stage import Stage

from navila_go2.front_camera import LENS, MOUNT
from navila_go2.joints import HOLDER, ODOMETRY, ORDER
from navila_go2.sport import SERVICE, STATE_TOPIC
from navila_go2.sport_twin import SportMode
from navila_sdk.hardware.twin_body import Snapshot
from navila_sdk.twin import TwinRequest

VERSION = "1.0.0.1"


class Go2Twin:
    """Implements ``navila_sdk.twin.Twin``.

    Args:
        request: What the twin is asked to be.

    Raises:
        ConfigError: An option or a fault isn't known.
        MissingDependencyError: The vendor's SDK is missing, or installed by half.
        RobotError: Another twin or another CycloneDDS is there already.
    """

    def __init__(self, request: TwinRequest) -> None:
        options, faults, self._claim = begin(request)
        body = JointBody(request, faults, ORDER, None)
        size_px = (options.lens_px, options.lens_px * 9 // 16)
        sight = Sight(request, MOUNT, LENS.scaled(*size_px), lambda: body.snapshot.true)
        self._height_m = request.embodiment.base_height_m
        low = LowTwin(order=ORDER, holder=HOLDER, odometry=ODOMETRY)
        self._stage = Stage(request, options, body, sight, faults, low, ("rt/utlidar/cloud_base", "base_link"))
        self._maps = MapMaker(body.scene, faults, request.embodiment.footprint.height_m)
        self._stage.works.append(("map", options.map_hz, lambda: self._maps.say(body.snapshot, body.scan)))
        self._released = lambda: body.released
        self._sport = SportMode(body, faults, request.tell)
        self._faults = faults
        kind = sdk.message("unitree_go").SportModeState_
        self._outlets = [Outlet(topic, kind, faults) for topic in (STATE_TOPIC, "rt/lf/sportmodestate")]
        self._count = 0
        self._message: Any = sdk.blank("unitree_go_msg_dds__SportModeState_")
        self._stage.each_step.append(self._say_state)
        picture = Shutter(Snapshots(sight.jpeg, options.camera_hz), faults, size_px)
        sdk.together(
            self._stage.serve_joints,
            lambda: Service(SERVICE, VERSION, self._sport.handlers(), faults, off=self._released),
            lambda: Service("videohub", VERSION, {}, None, {1001: picture}),
        )
        request.tell("ready", {"interface": options.interface, "domain": options.domain})

    def serve(self, done: Callable[[], bool]) -> None:
        """Live in real time until ``done()``."""
        self._stage.serve(done)

    def close(self) -> None:
        """Let go of everything; a second call does nothing."""
        self._stage.close()
        self._maps.close()
        for outlet in self._outlets:
            outlet.close()
        self._outlets = []
        self._claim.release()

    def _say_state(self, snapshot: Snapshot) -> None:
        if self._released():
            return
        state = self._sport.current(snapshot)
        self._count += 1
        fast, slow = self._outlets
        message = sport_state(self._message, snapshot, state, 0, self._height_m)
        fast.put(message)
        if self._count % 5 == 0:
            slow.put(message)
