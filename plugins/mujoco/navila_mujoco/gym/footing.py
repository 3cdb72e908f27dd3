"""The ground around each foot: whether it would strike an edge, and how much of it stands on what its middle does."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from navila_mujoco.gym.frames import turned
from navila_mujoco.gym.terrain import Blocks

Floats = NDArray[np.floating]

_LEVEL_M = 0.015
"""Ground that differs by no more is level to a sole."""


class Footing:
    """Looks around soles, along the way the body heads.

    Args:
        edge_m: Half of the length and of the width that are looked at; zero for the middle alone.
    """

    def __init__(self, edge_m: tuple[float, float]) -> None:
        along, across = (np.array([-1.0, 0.0, 1.0]) * half if half else np.zeros(1) for half in edge_m)
        self._points = np.stack(np.meshgrid(along, across, indexing="ij"), axis=-1).reshape(-1, 2)

    def around(self, blocks: Blocks, feet: Floats, heading: Floats) -> tuple[Floats, Floats]:
        """Return the ground's height around soles (N, F, P), and in their middles (N, F).

        Args:
            blocks: The ground.
            feet: Where the middles of soles are (N, F, 2 or more).
            heading: Cosine and sine of each body's yaw (N, 2).
        """
        points = feet[:, :, None, :2] + turned(self._points, heading)[:, None]
        around = blocks.heights(points.reshape(len(points), -1, 2)).reshape(points.shape[:-1])
        return around, around[..., len(self._points) // 2]

    @staticmethod
    def off(around: Floats, middle: Floats) -> Floats:
        """Return the share of what is around (N, F, P) that isn't level with the middle (N, F)."""
        return (np.abs(around - middle[..., None]) > _LEVEL_M).mean(axis=2)
