"""What sport mode says it's doing, in words, and which of it walks.

New firmware (from V1.1.6) writes its state into ``error_code``, numbers from 100; older one a number into ``mode``.
"""

from __future__ import annotations

LOCKED = frozenset({6, 1002})
"""Stands with locked joints: BalanceStand lets it walk."""

_LOW = {
    5: "it lies",
    7: "it's damped: its joints are limp",
    10: "it sits",
    1001: "it's damped: its joints are limp",
    1004: "it crouches",
    1007: "it sits",
    2006: "it crouches",
}
_BUSY = {
    8: "it's getting up",
    11: "it jumps",
    12: "it jumps",
    13: "it jumps",
    1006: "it performs a trick",
    1008: "it jumps",
    1009: "it lunges",
    2011: "it does a handstand",
    2012: "it does a flip",
    2013: "it does a flip",
    2014: "it does a flip",
}


def mode_of(error_code: int, mode: int) -> int:
    """Return one number for both kinds of firmware."""
    return error_code if error_code >= 100 else mode


def is_low(mode: int) -> bool:
    """Return whether the robot must be stood up before it walks."""
    return mode in _LOW


def forbids(mode: int) -> str:
    """Return why a mode doesn't walk; "" where it does, or isn't known not to."""
    if mode in LOCKED:
        return f"it stands with locked joints (mode {mode})"
    words = _LOW.get(mode) or _BUSY.get(mode)
    return f"{words} (mode {mode})" if words else ""
