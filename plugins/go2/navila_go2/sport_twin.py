"""Sport mode as a twin plays it: a velocity is held for one second, then forgotten; only some modes walk."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from navila_unitree.twin.faults import Faults

from navila_go2.modes import forbids
from navila_sdk.geometry import ZERO_TWIST, Twist
from navila_sdk.hardware.twin_body import Snapshot, TwinBody

HOLD_S = 1.0
DAMPED, LOCKED, STANDING, LYING, WALKING = 1001, 1002, 1013, 1004, 1015
BAD_PARAMETER = 3204
WRONG_POSTURE = 4206


class SportMode:
    """Sport mode's state and requests.

    Args:
        body: What it moves.
        faults: What shall go wrong.
        tell: Called with what happens.
    """

    def __init__(self, body: TwinBody, faults: Faults, tell: Callable[[str, dict[str, Any]], None]) -> None:
        self._body, self._faults, self._tell = body, faults, tell
        starts = {"wrong-mode": DAMPED, "lying": LYING, "locked": LOCKED}
        self.state = next((state for name, state in starts.items() if faults.on(name)), STANDING)

    def handlers(self) -> dict[int, Callable[[str], tuple[int, str]]]:
        """Return what answers which request."""
        return {
            1001: self._into("Damp", DAMPED),
            1002: self._into("BalanceStand", STANDING),
            1003: self._stop_move,
            1004: self._into("StandUp", LOCKED),
            1005: self._into("StandDown", LYING),
            1006: self._into("RecoveryStand", STANDING),
            1008: self._move,
        }

    def current(self, snapshot: Snapshot) -> int:
        """Return the state to report: walking while it moves."""
        if self._faults.on("wrong-mode"):
            self._force(DAMPED)
        if self.state == STANDING and not snapshot.command.is_zero:
            return WALKING
        return self.state

    def _into(self, name: str, state: int) -> Callable[[str], tuple[int, str]]:
        def handle(_: str) -> tuple[int, str]:
            if self._faults.on("wrong-mode") and state != DAMPED:
                return WRONG_POSTURE, ""
            self._tell(name, {})
            self._force(state)
            return 0, ""

        return handle

    def _force(self, state: int) -> None:
        if state != STANDING and self.state != state:
            self._body.command(ZERO_TWIST, HOLD_S)
        self.state = state

    def _stop_move(self, _: str) -> tuple[int, str]:
        self._body.command(ZERO_TWIST, HOLD_S)
        return 0, ""

    def _move(self, parameter: str) -> tuple[int, str]:
        try:
            asked = json.loads(parameter)
            twist = Twist(asked["x"], asked["y"], asked["z"])
        except (ValueError, TypeError, KeyError):
            return BAD_PARAMETER, ""
        if not twist.is_finite:
            return BAD_PARAMETER, ""
        self._faults.begin()
        if forbids(self.state):
            return WRONG_POSTURE, ""
        self._body.command(twist, HOLD_S)
        return 0, ""
