"""How fast a body may go towards something, so that it still stops before it."""

from __future__ import annotations

import math


def braked(room: float, deceleration: float, response_s: float) -> float:
    """Return the speed from which a body stops within ``room``; metres or radians, each per second.

    Args:
        room: Way left; zero and less allow no speed.
        deceleration: What it brakes with.
        response_s: How long it goes on as before when its command changes.
    """
    if room <= 0:
        return 0.0
    lag = deceleration * response_s
    return math.sqrt(lag * lag + 2 * deceleration * room) - lag
