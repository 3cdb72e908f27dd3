"""The motion service as a twin plays it: requests in, modes, velocities to the body, answers out."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

from navila_booster.modes import Mode, mode_of
from navila_booster.requests import CHANGE_MODE, GET_MODE, GET_STATUS, MOVE, ROBOT_INFO
from navila_booster.twin.cdr import strings
from navila_booster.twin.messages import answer
from navila_sdk.geometry import ZERO_TWIST, Twist
from navila_sdk.hardware.faults import Faults
from navila_sdk.hardware.twin_body import TwinBody

BAD_REQUEST, REFUSED, NO_TRANSITION = 400, 501, 502
SILENT_CALLS = 2
"""The header's ``call_mode`` of a request that wants no answer."""
_NEXT = {
    Mode.DAMPING: {Mode.PREPARE},
    Mode.PREPARE: {Mode.DAMPING, Mode.WALKING},
    Mode.WALKING: {Mode.DAMPING, Mode.PREPARE},
}
"""Which mode may follow which; damping may always."""


class Loco:
    """Answers requests.

    Args:
        body: What it moves.
        faults: What shall go wrong.
        hold_s: How long a velocity holds.
        change_s: How long a change of mode takes.
        send: Publishes an answer.
        tell: Called with what happens.
    """

    def __init__(
        self,
        body: TwinBody,
        faults: Faults,
        *,
        hold_s: float,
        change_s: float,
        send: Callable[[bytes], None],
        tell: Callable[[str, dict[str, Any]], None],
    ) -> None:
        self._body, self._faults, self._send, self._tell = body, faults, send, tell
        self._hold_s, self._change_s = hold_s, change_s
        starts = {"wrong-mode": Mode.DAMPING, "lying": Mode.DAMPING, "locked": Mode.PREPARE}
        self._mode = next((mode for name, mode in starts.items() if faults.on(name)), Mode.WALKING)
        self._wanted, self._then_s = self._mode, 0.0
        self._handlers: dict[int, Callable[[Any], tuple[int, object]]] = {
            CHANGE_MODE: self._change_mode,
            MOVE: self._move,
            GET_MODE: lambda _: (0, {"mode": int(self.mode)}),
            GET_STATUS: lambda _: (
                0,
                {"current_mode": int(self.mode), "current_body_control": 0, "current_actions": []},
            ),
            ROBOT_INFO: lambda _: (0, _INFO),
        }

    @property
    def mode(self) -> Mode:
        """What the robot is in now: a change takes its time."""
        if self._faults.on("wrong-mode"):
            return Mode.DAMPING
        if time.monotonic() >= self._then_s:
            self._mode = self._wanted
        return self._mode

    def step(self) -> None:
        """Stand where the mode, or a broken service, doesn't walk."""
        broken = self._faults.on("service-gone") or self._faults.on("code")
        if (broken or self.mode is not Mode.WALKING) and not self._body.snapshot.command.is_zero:
            self._body.command(ZERO_TWIST, self._hold_s)

    def request(self, message: bytes) -> None:
        """Take a request off the wire, and answer it."""
        found = strings(message, 3)
        if found is None or self._faults.on("service-gone") or self._faults.loses():
            return
        uuid, header, body = found
        try:
            said = json.loads(header)
            number, silent = int(said["api_id"]), _wants_none(said)
            parameter: object = json.loads(body) if body else None
        except (ValueError, TypeError, KeyError):
            return
        code, data = self._handled(number, parameter)
        if not silent and not self._faults.loses():
            self._send(answer(uuid, json.dumps({"status": code}), "" if data is None else json.dumps(data)))

    def _handled(self, number: int, parameter: object) -> tuple[int, object]:
        code = self._faults.value("code")
        if code is not None:
            return int(code), None
        handler = self._handlers.get(number)
        return handler(parameter) if handler else (REFUSED, None)

    def _change_mode(self, asked: Any) -> tuple[int, object]:  # noqa: ANN401 - JSON
        try:
            wanted = mode_of(int(asked["mode"]))
        except (ValueError, TypeError, KeyError):
            return BAD_REQUEST, None
        now = self.mode
        if self._faults.on("wrong-mode") or (wanted not in (now, Mode.DAMPING) and wanted not in _NEXT.get(now, set())):
            return NO_TRANSITION, None
        self._tell("mode", {"from": now.name.lower(), "to": wanted.name.lower()})
        self._wanted, self._then_s = wanted, time.monotonic() + self._change_s
        return 0, None

    def _move(self, asked: Any) -> tuple[int, object]:  # noqa: ANN401 - JSON
        try:
            twist = Twist(float(asked["vx"]), float(asked["vy"]), float(asked["vyaw"]))
        except (ValueError, TypeError, KeyError):
            return BAD_REQUEST, None
        if not twist.is_finite:
            return BAD_REQUEST, None
        if not twist.is_zero:
            self._faults.begin()
        if self.mode is not Mode.WALKING:
            return REFUSED, None
        self._body.command(twist, self._hold_s)
        return 0, None


_INFO = {
    "name": "T1",
    "nickname": "twin",
    "version": "twin",
    "model": "T1",
    "serial_number": "twin",
    "edition": "T1",
    "region": "Global",
}


def _wants_none(header: dict[str, Any]) -> bool:
    """Return whether a request wants no answer, as the SDK 1.6 says it, or as 1.7 does."""
    return header.get("call_mode") == SILENT_CALLS or header.get("expect_response") is False
