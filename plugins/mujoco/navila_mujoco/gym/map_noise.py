"""What is wrong with the height maps a policy learns from: noise, gaps, and a map that lies beside the ground.

A real map lies where odometry believes the body to be: it's shifted by what odometry has drifted since a place was seen
(Miki et al. 2022, "Learning robust perceptive locomotion", let its samples drift for the same reason).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from navila_sdk.training.locomotion.recipe import Randomization

Floats = NDArray[np.floating]


class MapNoise:
    """The faults of each environment's map.

    Args:
        settings: How large they are.
        count: Environments.
        random: Draws everything.
    """

    def __init__(self, settings: Randomization, count: int, random: np.random.Generator) -> None:
        self._settings, self._random = settings, random
        self._offset = np.zeros((count, 1))
        self.shift_m = np.zeros((count, 2))

    def begin(self, ids: NDArray[np.intp]) -> None:
        """Draw what stays the same for an episode: how far maps lie too high, and how far beside the ground."""
        settings, random = self._settings, self._random
        self._offset[ids] = random.uniform(-1, 1, (ids.size, 1)) * settings.map_offset_m
        self.shift_m[ids] = random.uniform(-1, 1, (ids.size, 2)) * settings.map_shift_m

    def seen(self, heights_m: NDArray[np.float32]) -> Floats:
        """Return what a policy is told of heights (N, cells); a cell that dropped out reads zero."""
        settings, random = self._settings, self._random
        seen = heights_m + random.uniform(-settings.map_noise_m, settings.map_noise_m, heights_m.shape)
        seen += self._offset
        seen[random.uniform(size=heights_m.shape) < settings.map_dropout] = 0.0
        return seen
