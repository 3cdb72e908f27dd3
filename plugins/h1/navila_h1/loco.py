"""The H1's walking service ``loco``: its requests, its state, and how an H1 is made ready to walk.

PyPI's SDK has no client for it; this one is made of the SDK's own parts. Every velocity carries its own dead-man: the
robot forgets it after ``HOLD_S``.
"""

from __future__ import annotations

import json
from functools import partial
from typing import Any

from navila_unitree import codes, sdk
from navila_unitree.options import DriverOptions

from navila_sdk.errors import RobotRefusedError
from navila_sdk.geometry import Twist

SERVICE = "loco"
VERSION = "2.0.0.0"
GET_FSM, SET_FSM, SET_VELOCITY, ENABLE_ODOMETRY, GET_ODOMETRY = 8001, 8101, 8105, 8201, 8203
MOVES = frozenset({SET_VELOCITY})
LIMP, DAMPED, STANDING, WALKING = 0, 1, 2, 204
HOLD_S = 0.5
CALL_TIMEOUT_S = 0.2


class LocoClient:
    """Calls the service.

    Args:
        timeout_s: How long to wait for each answer.
    """

    def __init__(self, timeout_s: float) -> None:
        self._client: Any = sdk.module("rpc.client").Client(SERVICE)
        self._client._SetApiVerson(VERSION)
        for number in (GET_FSM, SET_FSM, SET_VELOCITY, ENABLE_ODOMETRY, GET_ODOMETRY):
            self._client._RegistApi(number, 0)
        self._client.SetTimeout(timeout_s)

    def call(self, number: int, **parameter: object) -> tuple[int, Any]:
        """Return code and data of a request; data that is no JSON is code 3106."""
        code, text = self._client._Call(number, json.dumps(parameter))
        if code or not text:
            return int(code), None
        try:
            return 0, json.loads(text)
        except ValueError:
            return 3106, None


class LocoLegs:
    """Walks by ``loco``.

    Args:
        timeout_s: How long to wait for answers while nothing moves yet.
    """

    def __init__(self, timeout_s: float) -> None:
        times_s = (timeout_s, CALL_TIMEOUT_S, CALL_TIMEOUT_S)
        self._patient, self._quick, self.odometer = sdk.together(*(partial(LocoClient, time_s) for time_s in times_s))

    def write(self, twist: Twist) -> int:
        """Send a velocity that the robot forgets by itself, and return the code."""
        return self._quick.call(SET_VELOCITY, velocity=list(twist.as_tuple()), duration=HOLD_S)[0]

    def halt(self) -> int:
        """Stop walking; the robot stands on."""
        return self.write(Twist())

    def ask(self, what: str, number: int, **parameter: object) -> Any:  # noqa: ANN401 - JSON
        """Return a request's data, its code checked.

        Raises:
            RobotError: It failed.
        """
        code, data = self._patient.call(number, **parameter)
        codes.check(code, f"h1: {what}")
        return data

    def close(self) -> None:
        """Do nothing: the SDK's clients live as long as the process."""


def make_ready(legs: LocoLegs, _: object, options: DriverOptions) -> None:
    """See that the robot stands and walks; start walking where that is allowed.

    Raises:
        RobotError: It doesn't answer, refuses, or isn't standing.
    """
    state = _state(legs)
    if state == STANDING and options.stand_up:
        legs.ask("start walking", SET_FSM, data=WALKING)
        state = _state(legs)
    if state == WALKING:
        return
    words = {
        LIMP: "its joints are limp",
        DAMPED: "it's damped",
        STANDING: "it stands, and its walking isn't started",
    }
    help_it = (
        "let the driver start it: --set driver.stand_up=true"
        if state == STANDING
        else "hang it from its gantry, stand it up with its remote, and start walking"
    )
    raise RobotRefusedError(f"h1 can't walk: {words.get(state, 'its state is unknown')} (fsm {state}); {help_it}")


def _state(legs: LocoLegs) -> int:
    data = legs.ask("its state", GET_FSM)
    return int(data["data"]) if isinstance(data, dict) and isinstance(data.get("data"), int) else -1  # pyright: ignore
