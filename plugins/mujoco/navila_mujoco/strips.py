"""Rays sorted by azimuth into strips, and which solids each strip can meet.

Most solids lie to the side of most rays. Leaving those out strip by strip makes casting several times
faster in a furnished flat and changes no result.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from navila_sdk.scenes.scene import Solid

Number = TypeVar("Number", bound=np.generic)
_RAYS_PER_STRIP = 300
_MAX_STRIPS = 24
_SLACK_RAD = 1e-6


class Strips:
    """A bundle of rays in a yaw-aligned frame.

    Args:
        directions: Unit vectors (N, 3).

    Attributes:
        order: (N,): index in ``directions`` of each sorted ray.
        directions: The sorted rays.
        cuts: First and last index of each strip: strip i is ``cuts[i]:cuts[i + 1]``.
        low_rad: Smallest azimuth in each strip.
        high_rad: Largest azimuth in each strip.
    """

    def __init__(self, directions: NDArray[np.float64]) -> None:
        azimuth = np.arctan2(directions[:, 1], directions[:, 0])
        self.order = np.argsort(azimuth, kind="stable")
        self.directions = np.ascontiguousarray(directions[self.order])
        count = min(max(len(directions) // _RAYS_PER_STRIP, 1), _MAX_STRIPS)
        self.cuts = [len(directions) * i // count for i in range(count + 1)]
        ordered = azimuth[self.order]
        starts, ends = self.cuts[:-1], self.cuts[1:]
        self.low_rad = [float(ordered[a]) - _SLACK_RAD if b > a else 0.0 for a, b in zip(starts, ends, strict=True)]
        self.high_rad = [
            float(ordered[b - 1]) + _SLACK_RAD if b > a else 0.0 for a, b in zip(starts, ends, strict=True)
        ]

    def restored(self, values: NDArray[Number]) -> NDArray[Number]:
        """Return values (N, ...) of the sorted rays in the original order."""
        out = np.empty_like(values)
        out[self.order] = values
        return out


def outlines(solids: Sequence[Solid]) -> NDArray[np.float64]:
    """Return float64 (G, 4, 2): the corners of a rectangle around each solid, seen from above."""
    found = np.empty((len(solids), 4, 2))
    for i, solid in enumerate(solids):
        c, s = math.cos(solid.yaw_rad), math.sin(solid.yaw_rad)
        half_x, half_y = solid.size_m[0] / 2, solid.size_m[1] / 2
        half_x += abs(math.sin(solid.pitch_rad)) * solid.size_m[2] / 2
        for j, (a, b) in enumerate(((1, 1), (1, -1), (-1, -1), (-1, 1))):
            u, v = a * half_x, b * half_y
            found[i, j] = solid.center_m[0] + c * u - s * v, solid.center_m[1] + s * u + c * v
    return found


class Sectors:
    """The azimuths under which outlines are seen from a point, relative to a heading.

    An outline that lies around the point or right behind it counts as seen under every azimuth.
    """

    def __init__(self, corners: NDArray[np.float64], x_m: float, y_m: float, heading_rad: float) -> None:
        azimuth = np.arctan2(corners[:, :, 1] - y_m, corners[:, :, 0] - x_m)
        azimuth -= heading_rad
        azimuth -= math.tau * np.round(azimuth / math.tau)
        self._low, self._high = azimuth.min(axis=1), azimuth.max(axis=1)
        round_about = self._high - self._low > math.pi - _SLACK_RAD
        self._low[round_about], self._high[round_about] = -math.inf, math.inf

    def missed(self, low_rad: float, high_rad: float) -> NDArray[np.bool_]:
        """Return which outlines no ray between two azimuths can meet."""
        return (self._high < low_rad) | (self._low > high_rad)
