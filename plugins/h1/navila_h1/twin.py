"""The H1's twin: a simulated body behind the service ``loco`` and the robot's topics.

The vendor's SDK has no camera for an H1. The twin gives its pictures by the video service all the same, in place of
the URL a real one needs.
"""

from __future__ import annotations

from collections.abc import Callable

from navila_unitree import sdk
from navila_unitree.twin.begin import begin
from navila_unitree.twin.joint_body import JointBody
from navila_unitree.twin.low_level import LowTwin
from navila_unitree.twin.service import Service
from navila_unitree.twin.shutter import Shutter
from navila_unitree.twin.sight import Sight, Snapshots
from navila_unitree.twin.stage import Stage

from navila_h1.joints import HOLDER, ODOMETRY, ORDER
from navila_h1.loco import SERVICE, VERSION
from navila_h1.loco_twin import Loco
from navila_h1.real import CLOUD_TOPIC
from navila_sdk.twin import TwinRequest


class H1Twin:
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
        body = JointBody(request, faults, ORDER, options.hangs_s)
        sight = Sight(request, None, None, lambda: body.snapshot.true)
        clouds = (CLOUD_TOPIC, "livox_frame")
        low = LowTwin(order=ORDER, holder=HOLDER, odometry=ODOMETRY)
        self._stage = Stage(request, options, body, sight, faults, low, clouds, request.embodiment.lidar)
        picture = Shutter(Snapshots(sight.jpeg, options.camera_hz), faults)
        sdk.together(
            self._stage.serve_joints,
            lambda: Service(SERVICE, VERSION, Loco(body, faults).handlers(), faults, off=lambda: body.released),
            lambda: Service("videohub", "1.0.0.1", {}, None, {1001: picture}),
        )
        request.tell("ready", {"interface": options.interface, "domain": options.domain})

    def serve(self, done: Callable[[], bool]) -> None:
        """Live in real time until ``done()``."""
        self._stage.serve(done)

    def close(self) -> None:
        """Let go of everything; a second call does nothing."""
        self._stage.close()
        self._claim.release()
