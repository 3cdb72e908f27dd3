"""Laying a Go2 down by sport mode, before its joints are let go: from its feet it would drop."""

from __future__ import annotations

import time

from navila_go2.modes import forbids, is_low
from navila_go2.sport import SportLegs, SportSenses
from navila_sdk.errors import RobotRefusedError

FOLDED_S = 1.0
"""Sport mode says that it lies before the legs have come to rest."""


def lie_down(timeout_s: float) -> None:
    """Ask sport mode to lie down, and wait until it says so.

    Raises:
        RobotError: It doesn't answer, refuses, or goes on standing.
    """
    legs = SportLegs(timeout_s)
    senses = SportSenses(legs)
    try:
        if senses.wait(timeout_s) is None:
            raise RobotRefusedError("go2 doesn't say how it stands, and its joints are only let go where it lies")
        if is_low(senses.mode):
            return
        legs.ask("StandDown")
        end_s = time.monotonic() + timeout_s
        while not is_low(senses.mode):
            if time.monotonic() > end_s:
                raise RobotRefusedError(
                    f"go2 didn't lie down within {timeout_s:g} s ({forbids(senses.mode) or f'mode {senses.mode}'})"
                )
            time.sleep(0.02)
        time.sleep(FOLDED_S)
    finally:
        senses.close()
