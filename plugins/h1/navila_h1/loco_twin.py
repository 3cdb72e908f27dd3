"""The service ``loco`` as a twin plays it: a velocity is forgotten after the time it came with."""

from __future__ import annotations

import json
from collections.abc import Callable

from navila_unitree.twin.faults import Faults

from navila_h1.loco import (
    DAMPED,
    ENABLE_ODOMETRY,
    GET_FSM,
    GET_ODOMETRY,
    SET_FSM,
    SET_VELOCITY,
    STANDING,
    WALKING,
)
from navila_sdk.geometry import ZERO_TWIST, Twist
from navila_sdk.hardware.twin_body import TwinBody

BAD_PARAMETER = 3204
REFUSED = 7301
LONGEST_HOLD_S = 864000.0


class Loco:
    """The service's state and requests.

    Args:
        body: What it moves.
        faults: What shall go wrong.
    """

    def __init__(self, body: TwinBody, faults: Faults) -> None:
        self._body, self._faults = body, faults
        starts = {"wrong-mode": DAMPED, "lying": DAMPED, "locked": STANDING}
        self.state = next((state for name, state in starts.items() if faults.on(name)), WALKING)

    def handlers(self) -> dict[int, Callable[[str], tuple[int, str]]]:
        """Return what answers which request."""
        return {
            GET_FSM: lambda _: (0, json.dumps({"data": self.state})),
            SET_FSM: self._set_state,
            SET_VELOCITY: self._set_velocity,
            ENABLE_ODOMETRY: lambda _: (0, ""),
            GET_ODOMETRY: self._odometry,
        }

    def _set_state(self, parameter: str) -> tuple[int, str]:
        try:
            wanted = int(json.loads(parameter)["data"])
        except (ValueError, TypeError, KeyError):
            return BAD_PARAMETER, ""
        if self._faults.on("wrong-mode") or (wanted == WALKING and self.state not in (STANDING, WALKING)):
            return REFUSED, ""
        self.state = wanted
        if wanted != WALKING:
            self._body.command(ZERO_TWIST, 1.0)
        return 0, ""

    def _set_velocity(self, parameter: str) -> tuple[int, str]:
        try:
            asked = json.loads(parameter)
            twist, hold_s = Twist(*asked["velocity"]), float(asked["duration"])
        except (ValueError, TypeError, KeyError):
            return BAD_PARAMETER, ""
        if not twist.is_finite or not 0 <= hold_s <= LONGEST_HOLD_S:
            return BAD_PARAMETER, ""
        if not twist.is_zero:
            self._faults.begin()
        if self._faults.on("wrong-mode"):
            self.state = DAMPED
            self._body.command(ZERO_TWIST, 1.0)
        if self.state != WALKING:
            return REFUSED, ""
        self._body.command(twist, hold_s)
        return 0, ""

    def _odometry(self, _: str) -> tuple[int, str]:
        if self._faults.on("silent"):
            return REFUSED, ""
        pose = self._body.snapshot.odometry
        return 0, json.dumps({"x": pose.x_m, "y": pose.y_m, "z": pose.yaw_rad})
