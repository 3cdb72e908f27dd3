"""A memory of the ground in odometry: what a sensor saw a step ago is under the feet now.

Scans come in a few times a second and look ahead; the policy asks fifty times a second what lies around and below
it. The grid follows the robot and forgets what it leaves behind.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from navila_sdk.embodiment import HeightMapSpec
from navila_sdk.errors import ObservationError
from navila_sdk.geometry import Pose2
from navila_sdk.perception.footing import footing
from navila_sdk.perception.height_map import HeightMap

CELL_M = 0.05
SPAN_CELLS = 128  # a power of two
_HALF_BITS = 32
_NOBODY = np.iinfo(np.int64).min
NEAR_M, NEAR_POINTS, FRAME_M = 0.7, 20, 0.5
"""Of at least 20 points within 0.7 m of the robot, the middle one lies within 0.5 m of its soles' height: three steps
of a stair. A cloud that says otherwise is in another frame, or another unit."""
REPLACE_S = 1.0
"""A lower value than the one known replaces it only when that one is this old: one scan sees a step's riser, the next
its top."""

Floats = NDArray[np.floating]


class ElevationMemory:
    """The highest thing seen in each cell of a grid of 5 cm, 6.4 m wide, around the robot.

    A robot that stands, stands on something: ``stand`` takes a disc around it for level until it's seen otherwise,
    as elevation mapping for legged robots commonly begins (elevation_mapping_cupy's feet initialiser).

    Args:
        too_high_m: What is higher above the base than this is no ground: a table's top, a lintel.
        too_low_m: Nor is what is lower below it than this.
    """

    def __init__(self, too_high_m: float = 0.6, too_low_m: float = 2.0) -> None:
        self._too_high_m, self._too_low_m = too_high_m, too_low_m
        self._height = np.full(SPAN_CELLS * SPAN_CELLS, np.nan)
        self._seen_s = np.zeros(SPAN_CELLS * SPAN_CELLS)
        # Which cell of the plane each place of the wrapped-around grid holds.
        self._owner = np.full(SPAN_CELLS * SPAN_CELLS, _NOBODY)
        self._time_s = -math.inf
        self._grids: dict[HeightMapSpec, Floats] = {}

    def stand(self, pose: Pose2, floor_m: float, radius_m: float, time_s: float) -> None:
        """Forget everything but a level disc under the robot.

        Args:
            pose: Where it stands, in odometry.
            floor_m: Height of its soles, in odometry.
            radius_m: Radius of the disc.
            time_s: When.
        """
        self._height[:] = np.nan
        cells = math.ceil(radius_m / CELL_M)
        offsets = np.arange(-cells, cells + 1) * CELL_M
        dx, dy = (grid.ravel() for grid in np.meshgrid(offsets, offsets, indexing="ij"))
        disc = dx**2 + dy**2 <= radius_m**2
        self._write(pose.x_m + dx[disc], pose.y_m + dy[disc], np.full(int(disc.sum()), floor_m), time_s - REPLACE_S)
        self._time_s = time_s

    def add(
        self,
        points_m: NDArray[np.floating],
        base_m: tuple[float, float, float],
        time_s: float,
        soles_m: float | None = None,
    ) -> None:
        """Take in a scan. One without a single usable point doesn't make the memory any fresher.

        Args:
            points_m: (N, 3) in odometry; points with NaN or infinity count as unseen, points out of reach, too high or
                too low to be ground are left out.
            base_m: The base origin, in odometry.
            time_s: When it was sensed; a scan older than the last one is left out.
            soles_m: Height of the soles, in odometry; to tell a cloud in another frame. None trusts the cloud.

        Raises:
            ObservationError: The points aren't (N, 3), the base isn't finite, or the ground near the robot is far
                from its soles.
        """
        if points_m.ndim != 2 or points_m.shape[1] != 3:
            raise ObservationError(f"points must have shape (N, 3); got {points_m.shape}")
        if not all(math.isfinite(value) for value in (*base_m, time_s)):
            raise ObservationError(f"the base's position and the scan's time must be finite; got {base_m}, {time_s}")
        if time_s < self._time_s:
            return
        reach = SPAN_CELLS * CELL_M / 2 - CELL_M
        x, y, z = points_m.T
        with np.errstate(invalid="ignore"):
            kept = (np.abs(x - base_m[0]) < reach) & (np.abs(y - base_m[1]) < reach)
            kept &= (z - base_m[2] < self._too_high_m) & (z - base_m[2] > -self._too_low_m)
        if not kept.any():
            return
        x, y, z = x[kept].astype(float), y[kept].astype(float), z[kept].astype(float)
        if soles_m is not None:
            near = z[np.hypot(x - base_m[0], y - base_m[1]) < NEAR_M]
            off_m = abs(float(np.median(near)) - soles_m) if near.size >= NEAR_POINTS else 0.0
            if off_m > FRAME_M:
                raise ObservationError(
                    f"the ground around the robot is {off_m:.2f} m off its soles in this cloud: it's in another frame "
                    "(points must be in odometry, z up, metres), or not ground"
                )
        self._write(x, y, z, time_s)
        self._time_s = time_s

    def _places(self, x: Floats, y: Floats) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return where in the grid points lie, and which cells of the plane those are, as one number each."""
        column, row = np.floor(x / CELL_M).astype(np.int64), np.floor(y / CELL_M).astype(np.int64)
        wrapped = (column & (SPAN_CELLS - 1)) * SPAN_CELLS + (row & (SPAN_CELLS - 1))
        return wrapped, (column << _HALF_BITS) + row

    def _write(self, x: Floats, y: Floats, z: Floats, time_s: float) -> None:
        # Of several values given for one cell numpy keeps the last: ascending, that's the highest.
        order = np.argsort(z, kind="stable")
        x, y, z = x[order], y[order], z[order]
        place, cells = self._places(x, y)
        fresh = self._owner[place] != cells
        self._height[place[fresh]] = np.nan
        known = self._height[place]
        better = np.isnan(known) | (z >= known) | (time_s - self._seen_s[place] >= REPLACE_S)
        place, cells, z = place[better], cells[better], z[better]
        self._height[place], self._owner[place], self._seen_s[place] = z, cells, time_s

    def around(self, pose: Pose2, base_height_m: float, spec: HeightMapSpec, time_s: float | None = None) -> HeightMap:
        """Return the ground around the robot as far as it's known, each grid point the cell it falls in.

        What is too high to be stepped onto is no ground; see ``footing``.

        Args:
            pose: Where the robot is, in odometry.
            base_height_m: Height of its base origin, in odometry.
            spec: The grid wanted.
            time_s: The map's time; None is the last scan's.
        """
        ground = footing(spec).ground(self._known(pose, base_height_m, spec))
        return HeightMap(ground.astype(np.float32), spec, self._time_s if time_s is None else time_s)

    def highest(self, pose: Pose2, base_height_m: float, spec: HeightMapSpec, time_s: float | None = None) -> HeightMap:
        """Return the highest known in each cell around the robot, walls and furniture too; as ``around`` otherwise.

        Args:
            pose: Where the robot is, in odometry.
            base_height_m: Height of its base origin, in odometry.
            spec: The grid wanted.
            time_s: The map's time; None is the last scan's.
        """
        known = self._known(pose, base_height_m, spec)
        return HeightMap(known.astype(np.float32), spec, self._time_s if time_s is None else time_s)

    def _known(self, pose: Pose2, base_height_m: float, spec: HeightMapSpec) -> Floats:
        if spec not in self._grids:
            nx, ny = spec.shape
            grid = np.meshgrid(
                spec.x_min_m + spec.resolution_m * np.arange(nx),
                spec.y_min_m + spec.resolution_m * np.arange(ny),
                indexing="ij",
            )
            self._grids[spec] = np.stack([part.ravel() for part in grid])
        x, y = self._grids[spec]
        c, s = math.cos(pose.yaw_rad), math.sin(pose.yaw_rad)
        place, cells = self._places(pose.x_m + c * x - s * y, pose.y_m + s * x + c * y)
        heights = np.where(self._owner[place] == cells, self._height[place], np.nan)
        return (heights - base_height_m).reshape(spec.shape)
