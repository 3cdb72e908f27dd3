"""The front camera's fisheye: from its picture to the straight one planners know, and back for the twin.

Kannala and Brandt's model: a ray ``t`` radians off the axis lands ``t (1 + k1 t^2 + k2 t^4 + ...)`` focal lengths
from the middle. The straight picture keeps the camera record's width of view and is as high as the lens sees.
"""

from __future__ import annotations

import math
from typing import Any

import attrs
import numpy as np
from numpy.typing import NDArray

_Grid = NDArray[np.floating[Any]]


@attrs.frozen(slots=True, kw_only=True)
class Lens:
    """A fisheye's calibration, for a picture of ``width_px`` by ``height_px``; other sizes are scaled.

    Attributes:
        fx_px: Focal length along x.
        fy_px: Focal length along y.
        cx_px: Column of the optical axis.
        cy_px: Row of the optical axis.
        distortion: k1 to k4.
        width_px: Picture width.
        height_px: Picture height.
    """

    fx_px: float
    fy_px: float
    cx_px: float
    cy_px: float
    distortion: tuple[float, float, float, float]
    width_px: int
    height_px: int

    def scaled(self, width_px: int, height_px: int) -> Lens:
        """Return the same lens for a picture of another size."""
        sx, sy = width_px / self.width_px, height_px / self.height_px
        return attrs.evolve(
            self,
            fx_px=self.fx_px * sx,
            fy_px=self.fy_px * sy,
            cx_px=self.cx_px * sx,
            cy_px=self.cy_px * sy,
            width_px=width_px,
            height_px=height_px,
        )

    def spread(self, off_rad: _Grid) -> _Grid:
        """Return how far from the middle rays land, in focal lengths."""
        k1, k2, k3, k4 = self.distortion
        t2 = off_rad**2
        return off_rad * (1 + t2 * (k1 + t2 * (k2 + t2 * (k3 + t2 * k4))))

    def project(self, x: _Grid, y: _Grid) -> tuple[_Grid, _Grid]:
        """Return column and row of rays ``(x, y, 1)``: x to the right, y down, along the axis 1."""
        radius = np.hypot(x, y)
        factor = np.where(radius > 1e-9, self.spread(np.arctan(radius)) / np.maximum(radius, 1e-9), 1.0)
        return self.cx_px + self.fx_px * x * factor, self.cy_px + self.fy_px * y * factor

    def rays(self) -> tuple[_Grid, _Grid]:
        """Return ``x, y`` of the ray ``(x, y, 1)`` of every pixel, float64 (H, W) each."""
        u, v = np.meshgrid(np.arange(self.width_px) + 0.5, np.arange(self.height_px) + 0.5)
        px, py = (u - self.cx_px) / self.fx_px, (v - self.cy_px) / self.fy_px
        landed = np.hypot(px, py)
        off = landed.copy()
        for _ in range(8):
            off -= (self.spread(off) - landed) / np.maximum(_slope(off, self.distortion), 0.1)
        factor = np.where(landed > 1e-9, np.tan(off) / np.maximum(landed, 1e-9), 1.0)
        return px * factor, py * factor

    def vertical_rad(self) -> float:
        """Return half the vertical view on the middle column, the smaller of up and down."""
        _, y = self.rays()
        column = y[:, int(self.cx_px)]
        return math.atan(min(-float(column[0]), float(column[-1])))


def _slope(off: _Grid, k: tuple[float, float, float, float]) -> _Grid:
    t2 = off**2
    return 1 + t2 * (3 * k[0] + t2 * (5 * k[1] + t2 * (7 * k[2] + t2 * 9 * k[3])))


class Straightener:
    """Makes straight pictures out of a fisheye's.

    Args:
        lens: The fisheye, at the size of its pictures.
        hfov_rad: Horizontal view of the straight picture.
        width_px: Its width; its height follows from what the lens sees.
    """

    def __init__(self, lens: Lens, hfov_rad: float, width_px: int) -> None:
        half = math.tan(hfov_rad / 2)
        height_px = max(1, int(width_px * math.tan(lens.vertical_rad()) / half))
        step = 2 * half / width_px
        x = (np.arange(width_px) + 0.5 - width_px / 2) * step
        y = (np.arange(height_px) + 0.5 - height_px / 2) * step
        grid_x, grid_y = np.meshgrid(x, y)
        self._sample = Sampler(*lens.project(grid_x, grid_y), (lens.height_px, lens.width_px))

    def __call__(self, rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Return the straight picture, uint8 (H, W, 3), of a fisheye's."""
        return self._sample(rgb)


class Sampler:
    """Samples a picture at given columns and rows, bilinear; black where there is no picture.

    Args:
        u: Columns, float64 (H, W), pixel centres at halves.
        v: Rows.
        size: Height and width of the pictures sampled.
    """

    def __init__(self, u: _Grid, v: _Grid, size: tuple[int, int]) -> None:
        height, width = size
        self._outside = (u < 0) | (v < 0) | (u > width) | (v > height)
        u, v = np.clip(u - 0.5, 0, width - 1), np.clip(v - 0.5, 0, height - 1)
        left, top = u.astype(np.intp), v.astype(np.intp)
        right, bottom = np.minimum(left + 1, width - 1), np.minimum(top + 1, height - 1)
        self._corners = (top * width + left, top * width + right, bottom * width + left, bottom * width + right)
        a, b = (u - left).astype(np.float32), (v - top).astype(np.float32)
        self._weights = ((1 - a) * (1 - b), a * (1 - b), (1 - a) * b, a * b)

    def __call__(self, rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Return the sampled picture, uint8."""
        flat = rgb.reshape(-1, 3)
        mixed = np.zeros((*self._outside.shape, 3), np.float32)
        for corner, weight in zip(self._corners, self._weights, strict=True):
            mixed += flat[corner] * weight[..., None]
        mixed[self._outside] = 0.0
        return (mixed + 0.5).astype(np.uint8)
