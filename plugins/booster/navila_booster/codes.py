"""Booster's status codes in words, with what helps."""

from __future__ import annotations

import re

from navila_sdk.errors import RobotBusyError, RobotRefusedError, RobotUnreachableError

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
_CODE = re.compile(r"code\s*=\s*(-?\d+)")


def explained(code: int) -> str:
    """Return a code in words, with what helps."""
    what, help_it = _WORDS.get(code, ("a code this driver doesn't know", "look it up in the vendor's documentation"))
    return f"code {code}: {what}; {help_it}"


def check(code: int, what: str) -> None:
    """Return where the code says it went well.

    Args:
        code: As the SDK returned it.
        what: What was asked, for the message: "t1: walking".

    Raises:
        RobotUnreachableError: Nobody answered.
        RobotBusyError: It does something else.
        RobotRefusedError: The robot answered with an error.
    """
    if code == 0:
        return
    message = f"{what} failed with {explained(code)}"
    if code in UNREACHABLE:
        raise RobotUnreachableError(message)
    if code == CONFLICT:
        raise RobotBusyError(message)
    raise RobotRefusedError(message, code)


def code_in(error: RuntimeError) -> int:
    """Return the code in an exception of the SDK's: "API call failed, code = 501"."""
    found = _CODE.search(str(error))
    return int(found[1]) if found else FAILED_INSIDE
