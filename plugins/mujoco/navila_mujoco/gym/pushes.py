"""Pushes at random moments, and the while after each in which a body may step out of turn."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from navila_sdk.training.locomotion.recipe import Randomization


class Pushes:
    """When each environment is pushed next, and how long it has been free since.

    Args:
        settings: How hard, how often, and for how long the gait isn't judged after one.
        count: Environments.
        step_s: Control period.
        random: Draws everything.
        rough: (N,) who has something to climb, and is pushed by the recipe's share only.
    """

    def __init__(
        self,
        settings: Randomization,
        count: int,
        step_s: float,
        random: np.random.Generator,
        rough: NDArray[np.bool_],
    ) -> None:
        self._settings, self._step_s, self._random = settings, step_s, random
        self._most_mps = settings.push_mps * np.where(rough, settings.push_rough, 1.0)
        self._due, self._free = np.zeros(count, np.int64), np.zeros(count, np.int64)

    @property
    def free(self) -> NDArray[np.bool_]:
        """Return who was pushed a moment ago (N,)."""
        return self._free > 0

    def begin(self, ids: NDArray[np.intp]) -> None:
        """Draw the first push of episodes that begin."""
        self._due[ids] = (self._random.uniform(*self._settings.push_every_s, ids.size) / self._step_s).astype(np.int64)
        self._free[ids] = 0

    def push(self, qvel: NDArray[np.floating]) -> None:
        """Let a control period pass, and push whose time has come: ``qvel`` (N, nv) begins with the base's velocity."""
        self._due -= 1
        self._free -= 1
        due = np.flatnonzero(self._due <= 0)
        if due.size:
            most = self._most_mps[due, None]
            qvel[due, :2] += self._random.uniform(-most, most, (due.size, 2))
            self.begin(due)
            self._free[due] = round(self._settings.push_free_s / self._step_s)
