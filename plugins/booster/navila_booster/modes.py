"""The modes of a T1, and which of them walks."""

from __future__ import annotations

import enum


class Mode(enum.IntEnum):
    """Booster's RobotMode."""

    UNKNOWN = -1
    DAMPING = 0
    PREPARE = 1
    WALKING = 2
    CUSTOM = 3
    SOCCER = 4


UNANSWERED = -2
"""Ours, for a robot that doesn't say its mode."""
FALLS = {1: -3, 2: -4, 3: -5}
"""Ours, for the vendor's FallDownStateType: falling, fallen, getting up."""

_WHY: dict[int, str] = {
    Mode.DAMPING: "it's damped: its joints are limp",
    Mode.PREPARE: "it stands with locked joints, and its walking isn't started",
    Mode.CUSTOM: "its joints are in another program's hands (custom mode)",
    Mode.SOCCER: "it plays football",
    UNANSWERED: "its motion service doesn't answer",
    FALLS[1]: "it says that it's falling",
    FALLS[2]: "it says that it has fallen",
    FALLS[3]: "it's getting up",
}
_HELP: dict[int, str] = {
    Mode.DAMPING: "hold it upright, and start its walking by the remote, or let the driver do it: "
    "--set driver.stand_up=true",
    Mode.PREPARE: "start its walking by the remote, or let the driver do it: --set driver.stand_up=true",
    Mode.CUSTOM: "end that program, and start its walking by the remote",
    Mode.SOCCER: "end that, and start its walking by the remote",
    UNANSWERED: "restart the robot",
    FALLS[1]: "look after it",
    FALLS[2]: "look after it; the remote lets it get up",
    FALLS[3]: "wait until it stands",
}


def mode_of(number: int) -> Mode:
    """Return the mode of a number; UNKNOWN for one that newer firmware may have."""
    return Mode(number) if number in tuple(Mode) else Mode.UNKNOWN


def forbids(number: int) -> str:
    """Return why a mode doesn't walk; "" where it does."""
    if number == Mode.WALKING:
        return ""
    why = _WHY.get(number, "its mode is unknown to this driver")
    return f"{why} (mode {number})" if number >= Mode.UNKNOWN else why


def remedy(number: int) -> str:
    """Return what helps against a mode that doesn't walk."""
    return _HELP.get(number, "start its walking by the remote, or update this driver")
