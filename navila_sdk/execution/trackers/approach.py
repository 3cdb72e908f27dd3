"""The approach every tracker uses: cruise, brake along v = sqrt(2 a d), then close in proportionally."""

from __future__ import annotations

import math

POSITION_GAIN = 5.0  # 1/s: last centimetres; the braking law hands over at d = 2 a / gain^2
YAW_GAIN = 5.0  # 1/s
BRAKING_SHARE = 0.7  # part of the body's acceleration planned for braking, the rest is for disturbance


def approach(error: float, speed: float, braking: float, gain: float, slowest: float) -> float:
    """Return the signed rate that closes ``error`` without overshoot, at most ``speed``."""
    distance = abs(error)
    rate = min(speed, math.sqrt(2 * braking * distance), gain * distance)
    return math.copysign(max(rate, min(slowest, speed)), error) if distance > 0 else 0.0


def slowing_s(speed: float, braking: float, gain: float, tolerance: float) -> float:
    """Return how long ``approach`` takes from full speed to the goal: brake, creep."""
    creep_rate = min(2 * braking / gain, speed)
    return (speed - creep_rate) / braking + math.log(max(creep_rate / gain / tolerance, 1.0)) / gain


def time_left_s(error: float, speed: float, braking: float, gain: float, tolerance: float) -> float:
    """Return how long ``approach`` takes to bring ``error`` within ``tolerance``: cruise, brake, creep."""
    if error <= tolerance:
        return 0.0
    creep_rate = min(2 * braking / gain, speed)
    creep = creep_rate / gain
    if error <= creep:
        return math.log(error / tolerance) / gain
    rate = min(speed, math.sqrt(2 * braking * error))
    brake = max((rate**2 - creep_rate**2) / (2 * braking), 0.0)
    cruise = max(error - creep - brake, 0.0)
    return cruise / speed + (rate - creep_rate) / braking + math.log(max(creep / tolerance, 1.0)) / gain
