"""Commands as the executor gives them: each closes in on a goal ahead or a turn away, until it's there.

Who only knows velocities held for seconds falls beside a board's edge: a foot kicks it, the body is thrown off its
line, and is asked back over the edge, sideways and backwards, by commands that change within a second.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from navila_mujoco.gym.commands import NAVILA_FORWARD_MPS, NAVILA_TURN_RADPS
from navila_sdk.execution.trackers.approach import BRAKING_SHARE, POSITION_GAIN, YAW_GAIN
from navila_sdk.training.locomotion.recipe import Commands

Floats = NDArray[np.floating]
Ids = NDArray[np.intp]
Bools = NDArray[np.bool_]

LONGEST_S = 4.0
"""A move is given up after this, as the executor lets a body be that comes no nearer."""
_FORWARD_M = (0.25, 0.50, 0.75)
_TURN_RAD = (math.radians(15), math.radians(30), math.radians(45))
_TURNS, _TOWARDS, _WAITS = 0.5, 0.7, 0.15
_OFF = np.array([0.12, 0.12, math.radians(5)])
"""How far off its line a body may be where a move begins: what a kicked edge does to it."""
_WAIT_S = (0.5, 1.5)
_SIDEWAYS_MPS = 0.2
# Ahead, sideways and turning: what the records of bodies allow, roughly; a recipe knows no record.
_SLEW = np.array([1.0, 0.5, 2.0])
_RESPONSE_S = 0.3
_NEAR = np.array([0.01, 0.01, math.radians(0.5)])
_GAIN = np.array([POSITION_GAIN, POSITION_GAIN, YAW_GAIN])


class Moves:
    """The goal of every environment that walks as the executor has it walk.

    Args:
        settings: By ``moves``, the share of episodes that do, and how fast they may.
        count: Environments.
        step_s: Control period.
        random: Draws everything.
    """

    def __init__(self, settings: Commands, count: int, step_s: float, random: np.random.Generator) -> None:
        self._share, self._step_s, self._random = settings.moves, step_s, random
        self._fastest = np.array(
            [
                min(NAVILA_FORWARD_MPS, settings.vx_mps[1]),
                min(_SIDEWAYS_MPS, settings.vy_mps[1]),
                min(NAVILA_TURN_RADPS, settings.wz_radps[1]),
            ]
        )
        self.on = np.zeros(count, np.bool_)
        self._waits = np.zeros(count, np.bool_)
        self._goal = np.zeros((count, 3))

    def choose(self, ids: Ids) -> None:
        """Draw who walks so in the episodes that begin."""
        if self._share > 0:
            self.on[ids] = self._random.uniform(size=ids.size) < self._share

    def begin(self, ids: Ids, pose: Floats, sight: Floats) -> Floats:
        """Give environments their next move, or a wait.

        Args:
            ids: Environments (M,).
            pose: Where they are (M, 3): x, y, yaw.
            sight: A place that most turns are towards (M, 2), that terrain isn't left behind.

        Returns:
            How long each may take (M,), seconds.
        """
        random, n = self._random, ids.size
        x, y, yaw = pose.T
        turns = random.uniform(size=n) < _TURNS
        bearing = (np.arctan2(sight[:, 1] - y, sight[:, 0] - x) - yaw + math.pi) % math.tau - math.pi
        side = np.where(random.uniform(size=n) < _TOWARDS, np.copysign(1.0, bearing), random.choice([-1.0, 1.0], n))
        ahead, aside, turn = (random.uniform(-1, 1, (n, 3)) * _OFF).T
        ahead += np.where(turns, 0.0, random.choice(_FORWARD_M, n))
        turn += np.where(turns, side * random.choice(_TURN_RAD, n), 0.0)
        c, s = np.cos(yaw), np.sin(yaw)
        self._goal[ids] = np.stack([x + c * ahead - s * aside, y + s * ahead + c * aside, yaw + turn], axis=1)
        self._waits[ids] = waits = random.uniform(size=n) < _WAITS
        return np.where(waits, random.uniform(*_WAIT_S, n), LONGEST_S)

    def command(self, ids: Ids, pose: Floats, velocity: Floats, last: Floats) -> tuple[Floats, Bools]:
        """Return the commands (M, 3) that bring environments nearer to their goals, and who is there (M,).

        Args:
            ids: Environments (M,).
            pose: Where they are (M, 3): x, y, yaw.
            velocity: Of the base in its heading frame (M, 2 or more).
            last: The commands before (M, 3): they change no faster than the executor's.
        """
        c, s = np.cos(pose[:, 2]), np.sin(pose[:, 2])
        goal, waits = self._goal[ids], self._waits[ids]
        dx, dy = (goal[:, :2] - pose[:, :2]).T
        left = (goal[:, 2] - pose[:, 2] + math.pi) % math.tau - math.pi
        error = np.stack([c * dx + s * dy, -s * dx + c * dy, left], axis=1)
        there = (np.abs(error) <= _NEAR).all(axis=1) & ~waits
        error[:, :2] -= _RESPONSE_S * velocity[:, :2]
        far = np.abs(error)
        rate = np.minimum(np.minimum(self._fastest, np.sqrt(2 * BRAKING_SHARE * _SLEW * far)), _GAIN * far)
        wanted = np.where(waits[:, None], 0.0, np.copysign(rate, error))
        most = _SLEW * self._step_s
        return last + np.clip(wanted - last, -most, most), there
