"""The guard's way to a T1: zero, by a client of its own.

Booster doesn't say that a velocity ever expires on the robot, so somebody must take back what a dead driver asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import attrs

from navila_booster.legs import Legs
from navila_booster.sdk import Place, enter
from navila_sdk.geometry import ZERO_TWIST
from navila_sdk.hardware.bodyguard import Bodyguard
from navila_sdk.hardware.guard import Plan, Stop

PLAN = Plan(late_s=0.5, insist_s=1.0, insist_hz=20.0, yields=True, always=True)


def bodyguard(place: Place) -> Bodyguard:
    """Return a guard that sends a T1 zero where this process dies or hangs.

    Args:
        place: Where the robot is.
    """
    return Bodyguard(f"{__name__}:{reach.__name__}", attrs.asdict(place), PLAN)


def reach(given: Mapping[str, Any], left: Callable[[], bool]) -> Stop | None:
    """Return what sends zero, once the motion service is found; None where the driver left before.

    Raises:
        NavilaError: The vendor's SDK can't be used.
    """
    enter(Place(**given))
    legs = Legs()
    while not legs.wait(1.0):
        if left():
            return None
    return lambda: legs.write(ZERO_TWIST)
