"""A height grid that the robot makes itself, in odometry axes, resampled to the body."""

from __future__ import annotations

import attrs
import numpy as np
from numpy.typing import NDArray

from navila_sdk.embodiment import HeightMapSpec
from navila_sdk.errors import ObservationError
from navila_sdk.geometry import Pose2
from navila_sdk.perception.footing import footing
from navila_sdk.perception.height_map import HeightMap

UNKNOWN_FROM_M = 1e6


@attrs.frozen(slots=True, eq=False)
class RobotGrid:
    """An elevation grid aligned with odometry, not with the robot's heading.

    Such as the quadruped message of 128 x 128 cells of 0.06 m whose unmeasured cells are about 1e9 and whose cell
    (ix, iy) is ``data[width * iy + ix]``.

    Attributes:
        heights_m: float32 (nx, ny): height of cell (ix, iy) in odometry; any value from 1e6 up, inf or NaN is unknown.
        origin_m: Odometry position of cell (0, 0).
        resolution_m: Cell spacing.
        time_s: When it was made.
    """

    heights_m: NDArray[np.float32]
    origin_m: tuple[float, float]
    resolution_m: float
    time_s: float = 0.0

    def __attrs_post_init__(self) -> None:
        if self.heights_m.ndim != 2 or min(self.heights_m.shape) < 2:
            raise ObservationError(f"a height grid has at least 2 x 2 cells; got {self.heights_m.shape}")
        if not np.isfinite([*self.origin_m, self.resolution_m]).all() or self.resolution_m <= 0:
            raise ObservationError(
                f"a height grid needs a finite origin and a positive resolution; got {self.origin_m}, "
                f"{self.resolution_m}"
            )

    @classmethod
    def from_rows(
        cls, data: NDArray[np.float32], width: int, origin_m: tuple[float, float], resolution_m: float, time_s: float
    ) -> RobotGrid:
        """Return the grid of a flat message, x running fastest.

        Raises:
            ObservationError: The data isn't whole rows of ``width`` cells.
        """
        if width < 1 or data.size % width:
            raise ObservationError(f"{data.size} cells aren't whole rows of {width}")
        return cls(data.reshape(-1, width).T, origin_m, resolution_m, time_s)

    def around(self, pose: Pose2, base_height_m: float, spec: HeightMapSpec) -> HeightMap:
        """Return the ground around a robot, bilinear; a point is unknown if any of its four neighbours is.

        What is too high to be stepped onto is no ground; see ``footing``.

        Args:
            pose: Where the robot is, in odometry.
            base_height_m: Height of its base origin, in odometry.
            spec: The grid wanted.
        """
        corners = self._corners(pose, base_height_m, spec)
        # A neighbour of no weight doesn't matter, known or not.
        heights = sum(np.where(weight > 0, value, 0.0) * weight for value, weight in corners)
        return HeightMap(footing(spec).ground(np.asarray(heights)).astype(np.float32), spec, self.time_s)

    def highest(self, pose: Pose2, base_height_m: float, spec: HeightMapSpec) -> HeightMap:
        """Return the highest of the four cells around each point, walls and furniture too; as ``around`` otherwise.

        A point is unknown only if all four are: what stands alone at the edge of the known is still in the way.

        Args:
            pose: Where the robot is, in odometry.
            base_height_m: Height of its base origin, in odometry.
            spec: The grid wanted.
        """
        values = [value for value, _ in self._corners(pose, base_height_m, spec)]
        return HeightMap(np.fmax.reduce(values).astype(np.float32), spec, self.time_s)

    def _corners(
        self, pose: Pose2, base_height_m: float, spec: HeightMapSpec
    ) -> list[tuple[NDArray[np.float64], NDArray[np.float64]]]:
        """Return height over the base and bilinear weight of the four cells around each point; NaN is unknown."""
        nx, ny = spec.shape
        x = spec.x_min_m + spec.resolution_m * np.arange(nx)[:, None]
        y = spec.y_min_m + spec.resolution_m * np.arange(ny)[None, :]
        c, s = np.cos(pose.yaw_rad), np.sin(pose.yaw_rad)
        u = (pose.x_m + c * x - s * y - self.origin_m[0]) / self.resolution_m
        v = (pose.y_m + s * x + c * y - self.origin_m[1]) / self.resolution_m
        width, height = self.heights_m.shape
        inside = (u >= 0) & (u <= width - 1) & (v >= 0) & (v <= height - 1)
        i = np.clip(np.floor(u), 0, width - 2).astype(np.intp)
        j = np.clip(np.floor(v), 0, height - 2).astype(np.intp)
        du, dv = u - i, v - j
        known = np.where(self.heights_m >= UNKNOWN_FROM_M, np.nan, self.heights_m).astype(float)
        known[~np.isfinite(known)] = np.nan
        known -= base_height_m
        return [
            (np.where(inside, known[i + a, j + b], np.nan), (du if a else 1 - du) * (dv if b else 1 - dv))
            for a in (0, 1)
            for b in (0, 1)
        ]
