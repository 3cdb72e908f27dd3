"""What the robots are asked: random velocities, and the exact ones that mid-level actions turn into."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from navila_sdk.training.locomotion.recipe import Commands

NAVILA_FORWARD_MPS = 0.5
NAVILA_TURN_RADPS = math.pi / 6


def draw(settings: Commands, count: int, random: np.random.Generator) -> NDArray[np.float64]:
    """Return commands (count, 3): vx, vy, wz."""
    ranges = np.array([settings.vx_mps, settings.vy_mps, settings.wz_radps])
    command = random.uniform(ranges[:, 0], ranges[:, 1], (count, 3))
    share = random.uniform(size=count)
    bounds = np.cumsum([settings.zero, settings.straight, settings.turn, settings.exact_forward, settings.exact_turn])
    kind = np.searchsorted(bounds, share)
    command[kind == 0] = 0.0
    command[kind == 1, 1:] = 0.0
    command[kind == 2, :2] = 0.0
    command[kind == 3] = (NAVILA_FORWARD_MPS, 0.0, 0.0)
    turning = kind == 4
    command[turning] = 0.0
    command[turning, 2] = NAVILA_TURN_RADPS * random.choice([-1.0, 1.0], int(turning.sum()))
    command[np.abs(command).sum(axis=1) < 0.1] = 0.0
    return command


def draw_onward(settings: Commands, count: int, random: np.random.Generator) -> NDArray[np.float64]:
    """Return commands for robots with terrain ahead: mostly forward, so that they meet it."""
    command = np.zeros((count, 3))
    command[:, 0] = random.uniform(0.3, min(0.8, settings.vx_mps[1]), count)
    command[:, 2] = random.uniform(-0.4, 0.4, count) * (random.uniform(size=count) < 0.4)
    share = random.uniform(size=count)
    command[share < 0.4] = (NAVILA_FORWARD_MPS, 0.0, 0.0)
    some = share > 1 - settings.rough_any
    command[some] = draw(settings, int(some.sum()), random)
    return command


def how_long_s(settings: Commands, command: NDArray[np.float64], random: np.random.Generator) -> NDArray[np.float64]:
    """Return for how long each of these commands (N, 3) is asked (N,), seconds."""
    seconds = random.uniform(*settings.hold_s, len(command))
    if settings.stand_s is not None:
        stands = ~command.any(axis=1)
        seconds[stands] = random.uniform(*settings.stand_s, int(stands.sum()))
    return seconds
