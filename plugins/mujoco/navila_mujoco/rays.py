"""Casts bundles of rays at a scene's solids, into buffers that are kept between calls."""

from __future__ import annotations

import mujoco
import numpy as np
from numpy.typing import NDArray

FAR_M = 1e4


class RayCaster:
    """Casts rays from one origin.

    Args:
        model: What is hit.
        data: Its state; positions must be up to date.
        normals: Whether surface normals are wanted too.

    Attributes:
        geom: int32 (N,): geom hit by each ray of the last cast, -1 for none.
        distance_m: float64 (N,): distance to it, -1 for none.
        normal: float64 (N, 3): outward unit normal there.
    """

    def __init__(self, model: mujoco.MjModel, data: mujoco.MjData, *, normals: bool = True) -> None:
        self._model = model
        self._data = data
        self._origin = np.zeros(3)
        self._normals = normals
        self.geom = np.zeros(0, np.int32)
        self.distance_m = np.zeros(0)
        self.normal = np.zeros((0, 3))

    def cast(
        self, origin: tuple[float, float, float], directions: NDArray[np.float64], reach_m: float = FAR_M
    ) -> None:
        """Cast unit rays (N, 3), C-contiguous; the results stand in the attributes until the next call."""
        count = directions.shape[0]
        if self.geom.shape[0] != count:
            self.geom = np.zeros(count, np.int32)
            self.distance_m = np.zeros(count)
            self.normal = np.zeros((count, 3))
        self._origin[:] = origin
        mujoco.mj_multiRay(
            self._model,
            self._data,
            self._origin,
            directions.reshape(-1),
            None,
            1,
            -1,
            self.geom,
            self.distance_m,
            self.normal.reshape(-1) if self._normals else None,
            count,
            reach_m,
        )


def turned(local: NDArray[np.float64], c: float, s: float, out: NDArray[np.float64]) -> NDArray[np.float64]:
    """Write the vectors (N, 3), turned about z by the angle with that cosine and sine, to ``out``."""
    x, y = local[:, 0], local[:, 1]
    np.multiply(x, c, out=out[:, 0])
    out[:, 0] -= s * y
    np.multiply(x, s, out=out[:, 1])
    out[:, 1] += c * y
    out[:, 2] = local[:, 2]
    return out
