"""The motion switcher: which of the robot's own programs holds the joints, and how it's made to let go."""

from __future__ import annotations

import json
import time
from typing import Any

from navila_sdk.errors import RobotRefusedError
from navila_unitree import codes, sdk

SERVICE, VERSION = "motion_switcher", "1.0.0.1"
CHECK, SELECT, RELEASE = 1001, 1002, 1003
AGAIN_S = 0.3
PROBE_S = 0.5


class Switcher:
    """Asks the service; PyPI's SDK has no client for it, so this one is made of the SDK's own parts.

    Args:
        robot: The embodiment's name, for messages.
        timeout_s: How long to wait for each answer.
    """

    def __init__(self, robot: str, timeout_s: float) -> None:
        self._robot = robot
        self._client: Any = sdk.module("rpc.client").Client(SERVICE)
        self._client._SetApiVerson(VERSION)
        for number in (CHECK, SELECT, RELEASE):
            self._client._RegistApi(number, 0)
        self._client.SetTimeout(timeout_s)

    def holder(self) -> str:
        """Return the name of the program that holds the joints; "" where none does.

        Raises:
            RobotError: The service doesn't answer, or answers what isn't known.
        """
        code, text = self._client._Call(CHECK, "{}")
        codes.check(int(code), f"{self._robot}: asking its motion switcher")
        try:
            return str(json.loads(text)["name"])
        except (ValueError, TypeError, KeyError):
            raise RobotRefusedError(f"{self._robot}'s motion switcher answers {text!r:.80}, without a name") from None

    def release(self, timeout_s: float) -> None:
        """Make whatever holds the joints let go, and see that it did.

        Raises:
            RobotRefusedError: It still holds them after that time.
        """
        end_s = time.monotonic() + timeout_s
        while name := self.holder():
            code, _ = self._client._Call(RELEASE, "{}")
            if time.monotonic() > end_s:
                said = f" (its last answer: {codes.explained(int(code))})" if code else ""
                raise RobotRefusedError(
                    f"{self._robot}'s {name!r} still holds the joints {timeout_s:g} s after it was asked to let go"
                    f"{said}; release it by the app or the remote, and try again"
                )
            time.sleep(AGAIN_S)


def released(robot: str) -> bool:
    """Return whether a robot is there whose joints nobody holds."""
    try:
        return not Switcher(robot, PROBE_S).holder()
    except Exception:  # noqa: BLE001 - only a hint for a message: whatever fails, there is no hint
        return False
