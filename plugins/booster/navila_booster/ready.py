"""Seeing that a T1 can walk, or making it walk where that is allowed: damped, standing, walking, each confirmed."""

from __future__ import annotations

import time

from navila_booster import codes
from navila_booster.legs import Legs
from navila_booster.modes import FALLS, Mode, forbids, remedy
from navila_booster.options import DriverOptions
from navila_booster.senses import Senses
from navila_sdk.errors import RobotError, RobotRefusedError, RobotUnreachableError
from navila_sdk.hardware.interfaces import LOOPBACK

_WAY = {Mode.DAMPING: (Mode.PREPARE, Mode.WALKING), Mode.PREPARE: (Mode.WALKING,)}


def nobody(robot: str, options: DriverOptions) -> RobotUnreachableError:
    """Return the error for a robot whose motion service isn't there."""
    where = f"{options.interface}, domain {options.domain}"
    if options.interface in LOOPBACK:
        hint = f"start one in another terminal: navila twin {robot} --interface {options.interface}"
    else:
        hint = (
            "see that the robot is on and its motion service runs, the cable is in, and this computer has an address "
            "in the robot's network"
        )
    return RobotUnreachableError(f"no {robot} answers on {where} within {options.timeout_s:g} s; {hint}")


def silent(robot: str, options: DriverOptions) -> RobotUnreachableError:
    """Return the error for a robot that answers, and says nothing of itself."""
    return RobotUnreachableError(
        f"{robot} answers, and neither its odometer nor its IMU says anything within {options.timeout_s:g} s; "
        "restart the robot"
    )


def check_model(robot: str, model: str) -> None:
    """Refuse another of the vendor's robots; one that doesn't say what it is is let go.

    Raises:
        RobotError: It's another one.
    """
    if model and "T1" not in model.upper():
        raise RobotError(
            f"a Booster {model:.40} answers, and {robot} was asked for; use the interface the T1 is on, or another "
            "embodiment"
        )


def make_ready(robot: str, legs: Legs, senses: Senses, options: DriverOptions) -> int:
    """See that the robot walks, starting that where it's allowed; return its mode.

    Raises:
        RobotError: It doesn't answer, refuses, has fallen, or isn't walking.
    """
    # A first question may get lost while the two are still finding each other.
    end_s = time.monotonic() + options.timeout_s
    code, mode = legs.mode()
    while code in codes.UNREACHABLE and time.monotonic() < end_s:
        code, mode = legs.mode()
    codes.check(code, f"{robot}: its mode")
    fall = FALLS.get(senses.fall)
    if fall is not None:
        raise RobotRefusedError(f"{robot} can't walk: {forbids(fall)}; {remedy(fall)}")
    if options.stand_up:
        for step in _WAY.get(Mode(mode) if mode in tuple(Mode) else Mode.UNKNOWN, ()):
            legs.change_mode(step, robot, options.timeout_s)
            mode = int(step)
    why = forbids(mode)
    if why:
        raise RobotRefusedError(f"{robot} can't walk: {why}; {remedy(mode)}")
    return mode
