"""Casts bundles of rays at a scene's solids, into buffers that are kept between calls."""

from __future__ import annotations

import math

import mujoco
import numpy as np
from numpy.typing import NDArray

from navila_mujoco.strips import Sectors, Strips
from navila_mujoco.surface import Hits, Surface

FAR_M = 1e4
_SEEN = np.array([1, 0, 0, 0, 0, 0], np.uint8)


def turn(local: NDArray[np.float64], yaw_rad: float, out: NDArray[np.float64]) -> None:
    """Write vectors (N, 3), turned about z, to ``out``."""
    c, s = math.cos(yaw_rad), math.sin(yaw_rad)
    x, y = local[:, 0], local[:, 1]
    np.multiply(x, c, out=out[:, 0])
    out[:, 0] -= s * y
    np.multiply(x, s, out=out[:, 1])
    out[:, 1] += c * y
    out[:, 2] = local[:, 2]


class RayCaster:
    """Casts rays from one origin.

    Args:
        model: What is hit. Its geoms' groups are this class's to change.
        data: Its state; positions must be up to date.
        corners: (G, 4, 2): outline of each geom from above; kept, so that movers can be brought up to date.
        normals: Whether surface normals are wanted too.
        surface: A mesh to hit besides, if there is one.
        below_m: What of the mesh is higher isn't hit; None lets all be hit.

    Attributes:
        directions: float64 (N, 3): the rays of the last cast in the scene's frame.
        geom: int32 (N,): geom hit by each, -1 for none; the mesh counts as one more than the model has.
        on_mesh: What the rays met of the mesh, were it alone; None without one.
        distance_m: float64 (N,): distance to it, -1 for none.
        normal: float64 (N, 3): outward unit normal there.
    """

    def __init__(
        self,
        model: mujoco.MjModel,
        data: mujoco.MjData,
        corners: NDArray[np.float64],
        *,
        normals: bool = True,
        surface: Surface | None = None,
        below_m: float | None = None,
    ) -> None:
        self._model = model
        self._data = data
        self._corners = corners
        self._group = model.geom_group
        self._origin = np.zeros(3)
        self._normals = normals
        self._surface, self._below_m = surface, below_m
        self.on_mesh: Hits | None = None
        self._resize(0)

    def _resize(self, count: int) -> None:
        self.directions = np.zeros((count, 3))
        self.geom = np.zeros(count, np.int32)
        self.distance_m = np.zeros(count)
        self.normal = np.zeros((count, 3))

    def cast(self, origin: tuple[float, float, float], yaw_rad: float, strips: Strips, reach_m: float = FAR_M) -> None:
        """Cast a bundle turned by ``yaw_rad``; the results stand in the attributes until the next call."""
        if len(self.geom) != len(strips.order):
            self._resize(len(strips.order))
        turn(strips.directions, yaw_rad, self.directions)
        self._origin[:] = origin
        if self._model.ngeom or self._surface is None:
            self._cast_at_geoms(origin, yaw_rad, strips, reach_m)
        else:
            self.geom[:], self.distance_m[:] = -1, -1.0
        if self._surface is not None:
            self._cast_at_mesh(self._surface, reach_m)

    def _cast_at_mesh(self, surface: Surface, reach_m: float) -> None:
        hits = self.on_mesh = surface.cast(self._origin, self.directions, self._below_m)
        nearest = np.where(self.geom >= 0, self.distance_m, reach_m)
        first = np.flatnonzero(hits.distance_m < nearest)
        self.geom[first] = self._model.ngeom
        self.distance_m[first] = hits.distance_m[first]
        if self._normals:
            self.normal[first] = surface.normals(hits, first, self.directions)

    def _cast_at_geoms(
        self, origin: tuple[float, float, float], yaw_rad: float, strips: Strips, reach_m: float
    ) -> None:
        sectors = Sectors(self._corners, origin[0], origin[1], yaw_rad)
        for i, (low, high) in enumerate(zip(strips.low_rad, strips.high_rad, strict=True)):
            part = slice(strips.cuts[i], strips.cuts[i + 1])
            self._group[:] = sectors.missed(low, high)
            mujoco.mj_multiRay(
                self._model,
                self._data,
                self._origin,
                self.directions[part].reshape(-1),
                _SEEN,
                1,
                -1,
                self.geom[part],
                self.distance_m[part],
                self.normal[part].reshape(-1) if self._normals else None,
                part.stop - part.start,
                reach_m,
            )
