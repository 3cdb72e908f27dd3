"""Booster's status codes in words, with what helps."""

from __future__ import annotations

import re

from navila_sdk.hardware.codes import Codes

_WORDS = {
    -1: ("the request was never sent", "report it"),
    100: ("no answer in time", "see that the robot is on, near, and its motion service runs"),
    400: ("the robot refused the parameters", "use the SDK that fits its firmware"),
    409: ("it conflicts with what the robot is doing", "end what else it does: a dance, the app, another program"),
    429: ("requests come too often", "lower driver.send_hz, or end the other program that drives the robot"),
    500: ("the robot failed inside", "restart the robot"),
    501: ("the robot refused", "update its firmware, or bring it into a mode that allows this"),
    502: ("the robot couldn't change its mode", "go through the modes in order: damped, standing, walking"),
}
UNREACHABLE = frozenset({-1, 100})
CONFLICT, FAILED_INSIDE = 409, 500
_CODES = Codes(words=_WORDS, unreachable=UNREACHABLE, busy=frozenset({CONFLICT}))
check, explained = _CODES.check, _CODES.explained
_CODE = re.compile(r"code\s*=\s*(-?\d+)")


def code_in(error: RuntimeError) -> int:
    """Return the code in an exception of the SDK's: "API call failed, code = 501"."""
    found = _CODE.search(str(error))
    return int(found[1]) if found else FAILED_INSIDE
