"""A twin's low level: the motion switcher, LowCmd in, odometry and height map out."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import Any

import attrs

from navila_sdk.hardware.twin_body import Snapshot
from navila_sdk.twin import TwinRequest
from navila_unitree import sdk
from navila_unitree.feed import Feed
from navila_unitree.low import command, switcher
from navila_unitree.low.crc import command_checksum
from navila_unitree.low.order import MotorOrder
from navila_unitree.twin.faults import Faults
from navila_unitree.twin.joint_body import JointBody
from navila_unitree.twin.outlet import Outlet
from navila_unitree.twin.service import NO_SUCH_REQUEST, Service

BAD_PARAMETER = 3204
BEING_SWITCHED = 7002


@attrs.frozen(slots=True, kw_only=True)
class LowTwin:
    """What differs from twin to twin at joint level.

    Attributes:
        order: The robot's motors.
        holder: Name of the motion service that holds the joints at first.
        odometry: Topic of its odometry.
    """

    order: MotorOrder
    holder: str
    odometry: str


class LowLevel:
    """Serves the joints of a body.

    Args:
        request: What the twin is asked to be.
        low: What differs from twin to twin.
        body: The body.
        faults: What shall go wrong.
    """

    def __init__(self, request: TwinRequest, low: LowTwin, body: JointBody, faults: Faults) -> None:
        self._tell, self._low, self._body, self._faults = request.tell, low, body, faults
        self._told: set[str] = set()
        self._refused = 0
        self._odometry = Outlet(low.odometry, sdk.message("nav_msgs").Odometry_, faults)
        self._message: Any = sdk.blank("nav_msgs_msg_dds__Odometry_")
        self._message.header.frame_id, self._message.child_frame_id = "odom", "base_link"
        self._commands: Feed[None] = Feed(command.TOPIC, sdk.message("unitree_go").LowCmd_, self._command)

    def serve(self) -> Service:
        """Serve the motion switcher."""
        handlers: dict[int, Callable[[str], tuple[int, str]]] = {
            switcher.CHECK: self._check,
            switcher.SELECT: self._select,
            switcher.RELEASE: self._release,
        }
        return Service(switcher.SERVICE, switcher.VERSION, handlers)

    def say(self, snapshot: Snapshot) -> None:
        """Publish the odometry of this moment."""
        message, pose = self._message, snapshot.odometry
        whole = int(snapshot.time_s)
        message.header.stamp.sec, message.header.stamp.nanosec = whole, int((snapshot.time_s - whole) * 1e9)
        at, turn = message.pose.pose.position, message.pose.pose.orientation
        at.x, at.y, at.z = pose.x_m, pose.y_m, self._body.low.height_m if self._body.low else 0.0
        turn.w, turn.x, turn.y, turn.z = math.cos(pose.yaw_rad / 2), 0.0, 0.0, math.sin(pose.yaw_rad / 2)
        self._odometry.put(message)

    def close(self) -> None:
        """Leave the topics."""
        self._commands.close()
        self._odometry.close()

    def _check(self, _: str) -> tuple[int, str]:
        return 0, json.dumps({"form": "0", "name": "" if self._body.released else self._low.holder})

    def _release(self, _: str) -> tuple[int, str]:
        if self._refused < (self._faults.value("holds-on") or 0):
            self._refused += 1
            return BEING_SWITCHED, ""
        if not self._body.has_joints:
            self._tell("can't let go", {"why": "a kinematic body has no joints: --fidelity physics"})
            return NO_SUCH_REQUEST, ""
        self._tell("lets go of the joints", {"holder": self._low.holder})
        self._body.release()
        return 0, ""

    def _select(self, parameter: str) -> tuple[int, str]:
        try:
            name = str(json.loads(parameter)["name"])
        except (ValueError, TypeError, KeyError):
            return BAD_PARAMETER, ""
        if name != self._low.holder:
            return BAD_PARAMETER, ""
        self._tell("holds the joints", {"holder": name})
        self._body.hold()
        return 0, ""

    def _command(self, message: Any) -> None:  # noqa: ANN401 - the SDK publishes no types
        refused = ""
        if not self._body.released:
            refused = f"{self._low.holder} holds the joints"
        elif tuple(message.head) != command.HEAD or message.level_flag != command.LOW_LEVEL:
            refused = f"head {list(message.head)} and level {message.level_flag} aren't those of a joint command"
        elif int(message.crc) != command_checksum(message):
            refused = "its checksum is wrong"
        if refused:
            if refused not in self._told:
                self._told.add(refused)
                self._tell("refuses joint commands", {"why": refused})
            return
        drive = command.read_command(message, self._low.order)
        if drive.is_finite:
            self._body.drive(drive)
