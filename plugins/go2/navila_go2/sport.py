"""Sport mode, the vendor's walking: its client, its state, and how a Go2 is made ready to walk."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from navila_unitree import codes, sdk
from navila_unitree.clouds import Rotation, levelling
from navila_unitree.feed import Arrival, Feed
from navila_unitree.options import DriverOptions

from navila_go2.modes import LOCKED, forbids, is_low, mode_of
from navila_sdk.errors import RobotRefusedError
from navila_sdk.geometry import Pose2, Twist
from navila_sdk.hardware.odometry import Reading, tilt_of, yaw_of

SERVICE = "sport"
STATE_TOPIC = "rt/sportmodestate"
MOVES = frozenset({1008})
MOVE_TIMEOUT_S = 0.1
HALT_TIMEOUT_S = 1.0


class SportLegs:
    """Walks by sport mode.

    Args:
        timeout_s: How long to wait for answers.
    """

    def __init__(self, timeout_s: float) -> None:
        self._client: Any = sdk.module("go2.sport.sport_client").SportClient()
        self._client.Init()
        self._patience_s = timeout_s

    def write(self, twist: Twist) -> int:
        """Send a velocity, without waiting for an answer."""
        self._client.SetTimeout(MOVE_TIMEOUT_S)
        return int(self._client.Move(*twist.as_tuple()))

    def halt(self) -> int:
        """Stop walking; the robot stands on."""
        self._client.SetTimeout(HALT_TIMEOUT_S)
        return int(self._client.StopMove())

    def ask(self, name: str) -> None:
        """Call one of the client's requests by name and check its code.

        Raises:
            RobotError: It failed.
        """
        self._client.SetTimeout(self._patience_s)
        codes.check(int(getattr(self._client, name)()), f"go2: {name}")

    def close(self) -> None:
        """Do nothing: the SDK's clients live as long as the process."""


class SportSenses:
    """Hears sport mode's state."""

    silent = ""

    def __init__(self, _: SportLegs) -> None:
        self.level: Rotation = levelling(1.0, 0.0, 0.0, 0.0)
        kind = sdk.message("unitree_go").SportModeState_
        self._feed: Feed[Reading] = Feed(STATE_TOPIC, kind, self._read)

    @property
    def latest(self) -> Arrival[Reading] | None:
        """The freshest reading."""
        return self._feed.latest

    @property
    def mode(self) -> int:
        """The freshest mode; 0 before the first reading."""
        return self._feed.latest.value.mode if self._feed.latest else 0

    def wait(self, timeout_s: float) -> Arrival[Reading] | None:
        """Return the first reading; None where none came in time."""
        return self._feed.wait(timeout_s)

    def close(self) -> None:
        """Stop listening."""
        self._feed.close()

    def _read(self, message: Any) -> Reading:  # noqa: ANN401 - the SDK publishes no types
        w, x, y, z = (float(part) for part in message.imu_state.quaternion)
        self.level = levelling(w, x, y, z)
        return Reading(
            Pose2(message.position[0], message.position[1], yaw_of(w, x, y, z)),
            float(message.yaw_speed),
            tilt_of(w, x, y, z),
            message.stamp.sec + message.stamp.nanosec * 1e-9,
            mode_of(int(message.error_code), int(message.mode)),
        )


def make_ready(legs: SportLegs, senses: SportSenses, options: DriverOptions) -> None:
    """See that sport mode answers and walks; unlock joints, and stand up where that is allowed.

    Raises:
        RobotError: It doesn't answer, refuses, or lies and may not be stood up.
    """
    legs.ask("StopMove")
    if is_low(senses.mode):
        if not options.stand_up:
            raise RobotRefusedError(
                f"go2 can't walk: {forbids(senses.mode)}; clear the space around it and stand it up with its remote, "
                "or let the driver do it: --set driver.stand_up=true"
            )
        legs.ask("StandUp")
        _await(senses, lambda mode: not is_low(mode), options.timeout_s)
    if senses.mode in LOCKED:
        legs.ask("BalanceStand")
        _await(senses, lambda mode: mode not in LOCKED, options.timeout_s)
    if why := forbids(senses.mode):
        raise RobotRefusedError(f"go2 can't walk: {why}; wait until it stands, and try again")


def _await(senses: SportSenses, reached: Callable[[int], bool], timeout_s: float) -> None:
    end_s = time.monotonic() + timeout_s
    while not reached(senses.mode):
        if time.monotonic() > end_s:
            raise RobotRefusedError(f"go2 didn't change its mode within {timeout_s:g} s: {forbids(senses.mode)}")
        time.sleep(0.02)
