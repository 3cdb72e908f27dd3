"""A range sensor fixed to a body that sways and climbs: every ray turns with the base."""

from __future__ import annotations

import mujoco
import numpy as np
from numpy.typing import NDArray

from navila_mujoco.sight import Sight
from navila_sdk.perception.beams import Beams

Floats = NDArray[np.float64]


class Rangefinder:
    """Casts a fixed bundle of rays from a moving base.

    Args:
        beams: The rays.
        sight: What there is to hit; the floor is a plane at 0.
    """

    def __init__(self, beams: Beams, sight: Sight) -> None:
        self._local, self._mount, self._sight = beams.directions, np.array(beams.mount_m), sight
        count = len(beams.directions)
        self._geom, self._distance = np.zeros(count, np.int32), np.zeros(count)

    def scan(self, base_m: Floats, wxyz: Floats, reach_m: float) -> tuple[Floats, Floats]:
        """Return where the rays end (N, 3), infinite where they hit nothing, and the sensor's place (3,); world frame.

        Args:
            base_m: (3,) the base origin in the world.
            wxyz: (4,) its orientation.
            reach_m: Longest distance.
        """
        flat = np.zeros(9)
        mujoco.mju_quat2Mat(flat, wxyz)
        rotation = flat.reshape(3, 3)
        directions = np.ascontiguousarray(self._local @ rotation.T)
        origin = base_m + rotation @ self._mount
        if self._sight.model.ngeom:
            mujoco.mj_multiRay(
                self._sight.model,
                self._sight.data,
                origin,
                directions.reshape(-1),
                None,
                1,
                -1,
                self._geom,
                self._distance,
                None,
                len(directions),
                reach_m,
            )
            distance = np.where(self._distance < 0, np.inf, self._distance)
        else:
            distance = np.full(len(directions), np.inf)
        if self._sight.surface is not None:
            distance = np.minimum(distance, self._sight.surface.cast(origin, directions).distance_m)
        down = (directions[:, 2] < -1e-9) & self._sight.plane
        plane = np.full(len(directions), np.inf)
        plane[down] = origin[2] / -directions[down, 2]
        ceiling_m = self._sight.ceiling_m
        if ceiling_m is not None and ceiling_m > origin[2]:
            up = directions[:, 2] > 1e-9
            plane[up] = (ceiling_m - origin[2]) / directions[up, 2]
        distance = np.minimum(distance, plane)
        distance[distance > reach_m] = np.inf
        with np.errstate(invalid="ignore"):
            hits = origin + distance[:, None] * directions
        hits[np.isinf(distance)] = np.inf
        return hits, origin
