"""The height maps a policy learns from, exact, and what is wrong with them: noise, gaps, and lying beside the ground.

A real map lies where odometry believes the body to be: it's shifted by what odometry has drifted since a place was seen
(Miki et al. 2022, "Learning robust perceptive locomotion", let its samples drift for the same reason).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from navila_mujoco.gym.frames import turned
from navila_mujoco.gym.terrain import Blocks
from navila_sdk.training.locomotion.recipe import Recipe

Floats = NDArray[np.floating]

_CLIP_M = 1.0


class Maps:
    """The map of each environment.

    Args:
        recipe: What grid it has, the height of a base that stands, and how large its faults are.
        count: Environments.
        random: Draws everything.
    """

    def __init__(self, recipe: Recipe, count: int, random: np.random.Generator) -> None:
        self._settings, self._base_height_m, self._random = recipe.randomization, recipe.base_height_m, random
        spec = recipe.height_map
        x, y = (
            low + spec.resolution_m * np.arange(cells)
            for low, cells in zip((spec.x_min_m, spec.y_min_m), spec.shape, strict=True)
        )
        self.points = np.stack(np.meshgrid(x, y, indexing="ij"), axis=-1).reshape(-1, 2)
        self._offset = np.zeros((count, 1))
        self._shift_m = np.zeros((count, 2))

    def begin(self, ids: NDArray[np.intp]) -> None:
        """Draw what stays the same for an episode: how far maps lie too high, and how far beside the ground."""
        settings, random = self._settings, self._random
        self._offset[ids] = random.uniform(-1, 1, (ids.size, 1)) * settings.map_offset_m
        self._shift_m[ids] = random.uniform(-1, 1, (ids.size, 2)) * settings.map_shift_m

    def heights(self, blocks: Blocks, qpos: Floats, heading: Floats) -> NDArray[np.float32]:
        """Return the ground over where it would be below a base at its height (N, cells), where the map lies."""
        around = qpos[:, :2] + self._shift_m
        xy = turned(self.points, heading) + around[:, None]
        floor = qpos[:, 2:3] - self._base_height_m
        return np.clip(blocks.heights(xy) - floor, -_CLIP_M, _CLIP_M).astype(np.float32)

    def seen(self, heights_m: NDArray[np.float32]) -> Floats:
        """Return what a policy is told of heights (N, cells); a cell that dropped out reads zero."""
        settings, random = self._settings, self._random
        seen = heights_m + random.uniform(-settings.map_noise_m, settings.map_noise_m, heights_m.shape)
        seen += self._offset
        seen[random.uniform(size=heights_m.shape) < settings.map_dropout] = 0.0
        return seen
