"""A top-down picture of the floor with the robot on it: what films and reports show of this world."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from navila_habitat.floor import Floor
from navila_sdk.geometry import Pose2

_OPEN, _CLOSED, _WAY, _ROBOT = (238, 236, 230), (84, 88, 96), (64, 132, 214), (214, 78, 52)
_MARGIN = 0.04
_RADIUS_PX, _NOSE_PX, _NOSE_HALF_PX = 5.0, 12.0, 1.6


class Chart:
    """Draws a floor to any size, north up.

    Args:
        floor: What to draw.
    """

    def __init__(self, floor: Floor) -> None:
        self._floor = floor
        self._bases: dict[tuple[int, int], NDArray[np.uint8]] = {}

    def picture(
        self, pose: Pose2, way_m: list[tuple[float, float]], width_px: int, height_px: int
    ) -> NDArray[np.uint8]:
        """Return a picture, uint8 (H, W, 3), with the robot at a pose and the way it came."""
        picture = self._base(width_px, height_px).copy()
        for point in way_m:
            column, row = self.pixel(*point, width_px, height_px)
            if 0 <= round(row) < height_px and 0 <= round(column) < width_px:
                picture[round(row), round(column)] = _WAY
        column, row = self.pixel(pose.x_m, pose.y_m, width_px, height_px)
        rows, columns = np.mgrid[0:height_px, 0:width_px]
        right, up = columns - column, row - rows
        c, s = math.cos(pose.yaw_rad), math.sin(pose.yaw_rad)
        ahead, aside = c * right + s * up, -s * right + c * up
        body = np.hypot(right, up) <= _RADIUS_PX
        nose = (ahead >= 0) & (ahead <= _NOSE_PX) & (np.abs(aside) <= _NOSE_HALF_PX)
        picture[body | nose] = _ROBOT
        return picture

    def pixel(self, x_m: float, y_m: float, width_px: int, height_px: int) -> tuple[float, float]:
        """Return column and row of a point of the scene."""
        scale, left, top = self._fit(width_px, height_px)
        x0, y0 = self._floor.corner_m
        return left + (x_m - x0) * scale, top + (y0 + self._floor.size_m[1] - y_m) * scale

    def _fit(self, width_px: int, height_px: int) -> tuple[float, float, float]:
        """Return pixels to the metre, and where the floor's left and upper edges are."""
        wide, high = (max(side, self._floor.cell_m) for side in self._floor.size_m)
        scale = (1 - 2 * _MARGIN) * min(width_px / wide, height_px / high)
        return scale, (width_px - wide * scale) / 2, (height_px - high * scale) / 2

    def _base(self, width_px: int, height_px: int) -> NDArray[np.uint8]:
        size = (width_px, height_px)
        if size not in self._bases:
            scale, left, top = self._fit(width_px, height_px)
            cell, (nx, ny) = self._floor.cell_m, self._floor.open.shape
            ix = np.floor((np.arange(width_px) + 0.5 - left) / scale / cell).astype(np.int64)
            iy = ny - 1 - np.floor((np.arange(height_px) + 0.5 - top) / scale / cell).astype(np.int64)
            known = ((ix >= 0) & (ix < nx))[None, :] & ((iy >= 0) & (iy < ny))[:, None]
            open_ = self._floor.open[np.clip(ix, 0, nx - 1)[None, :], np.clip(iy, 0, ny - 1)[:, None]]
            self._bases[size] = np.where(
                (known & open_)[..., None], np.array(_OPEN, np.uint8), np.array(_CLOSED, np.uint8)
            )
        return self._bases[size]
