"""What makes a T1 walk: the vendor's motion service, every call with its code instead of an exception.

``Move`` is sent as a request that wants no answer, as the vendor's own controller does it: nothing waits for the robot.
"""

from __future__ import annotations

import json
import time
from typing import Any

from navila_booster import codes, requests
from navila_booster.modes import Mode, mode_of
from navila_booster.sdk import sdk
from navila_sdk.errors import RobotRefusedError
from navila_sdk.geometry import ZERO_TWIST, Twist

HALTS = 3
POLL_S = 0.05


class Legs:
    """Walks by the motion service. Whoever makes one has entered the robot's domain."""

    def __init__(self) -> None:
        self._client: Any = sdk().B1LocoClient()
        self._client.Init()
        self._move = sdk().LocoApiId(requests.MOVE)

    def wait(self, timeout_s: float) -> bool:
        """Return whether the service is there, waiting for it; the SDK's only sign of life that doesn't hang."""
        return bool(self._client.WaitForService(int(timeout_s * 1000)))

    def write(self, twist: Twist) -> int:
        """Send a velocity and return the SDK's code; waits up to a second where nobody serves it."""
        vx_mps, vy_mps, wz_radps = twist.as_tuple()
        return int(
            self._client.SendApiRequestFireAndForget(
                self._move, json.dumps({"vx": vx_mps, "vy": vy_mps, "vyaw": wz_radps})
            )
        )

    def halt(self) -> int:
        """Stop walking; the robot stands on. A message may get lost, so it's sent more than once."""
        code = 0
        for _ in range(HALTS):
            code = self.write(ZERO_TWIST)
            if code:
                break
            time.sleep(0.01)
        return code

    def mode(self) -> tuple[int, int]:
        """Return the code and the number of the robot's mode; waits for seconds where nobody answers."""
        try:
            return 0, int(self._client.GetMode().mode)
        except RuntimeError as error:
            return codes.code_in(error), int(Mode.UNKNOWN)

    def model(self) -> str:
        """Return what the robot calls itself; "" where it doesn't say."""
        try:
            return str(self._client.GetRobotInfo().model)
        except RuntimeError:
            return ""

    def change_mode(self, mode: Mode, robot: str, timeout_s: float) -> None:
        """Change the mode, and wait until the robot says that it's in it.

        Raises:
            RobotError: It refuses, or doesn't get there in time.
        """
        asked = self._client.SendApiRequest(
            sdk().LocoApiId(requests.CHANGE_MODE), json.dumps({"mode": int(mode)}), int(timeout_s * 1000)
        )
        codes.check(int(asked), f"{robot}: to the mode {mode.name.lower()}")
        end_s = time.monotonic() + timeout_s
        while True:
            code, number = self.mode()
            codes.check(code, f"{robot}: its mode")
            if mode_of(number) is mode:
                return
            if time.monotonic() > end_s:
                raise RobotRefusedError(
                    f"{robot} was told to go to the mode {mode.name.lower()}, and after {timeout_s:g} s it says "
                    f"{mode_of(number).name.lower()} (mode {number}); hold it upright and use the remote"
                )
            time.sleep(POLL_S)

    def close(self) -> None:
        """Do nothing: the SDK's clients live as long as the process."""
