"""The floor as a picture: rooms in their colours, boards or tiles, soft shadows, in several resolutions.

Looking a pixel up in the resolution that fits its distance keeps patterns from flickering, and a pattern that
moves past is what tells a model how fast it goes.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from navila_mujoco.solids import vertical_span
from navila_sdk.scenes.scene import Room, Scene, Shape, Solid

_FINEST_M = 0.025
_MAX_CELLS = 800
_LEVELS = 6
_TILED = ("kitchen", "bath", "toilet", "laundry")
_SOFT = ("bedroom", "nursery", "study", "office")
_PLAIN_RGB = (176, 174, 170)
_OUTSIDE_RGB = (205, 208, 210)
_SHADOW_M = 0.12
_LOW_M = 0.35


def _speckle(i: NDArray[np.int64], j: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return a fixed number in [-1, 1] for each pair of whole numbers."""
    mixed = (i * 73856093) ^ (j * 19349663)
    mixed = (mixed ^ (mixed >> 13)) * 83492791
    return ((mixed >> 8) & 1023) / 511.5 - 1.0


def _pattern(x: NDArray[np.float64], y: NDArray[np.float64], kind: str) -> NDArray[np.float64]:
    """Return the brightness of a floor covering at points, about 1."""
    if kind == "tiles":
        i, j = np.floor(x / 0.4).astype(np.int64), np.floor(y / 0.4).astype(np.int64)
        joint = (x - i * 0.4 < 0.025) | (y - j * 0.4 < 0.025)
        return np.where(joint, 0.80, 1.0 + 0.05 * (2 * ((i + j) & 1) - 1) + 0.02 * _speckle(i, j))
    if kind == "carpet":
        i, j = np.floor(x / 0.05).astype(np.int64), np.floor(y / 0.05).astype(np.int64)
        k, m = np.floor(x / 0.6).astype(np.int64), np.floor(y / 0.6).astype(np.int64)
        return 1.0 + 0.05 * _speckle(i, j) + 0.05 * (2 * ((k + m) & 1) - 1)
    if kind == "slabs":
        i, j = np.floor(x).astype(np.int64), np.floor(y).astype(np.int64)
        joint = (x - i < 0.03) | (y - j < 0.03)
        return np.where(joint, 0.78, 1.0 + 0.06 * (2 * ((i + j) & 1) - 1) + 0.03 * _speckle(i, j))
    row = np.floor(y / 0.15).astype(np.int64)
    shifted = x + 0.47 * row
    board = np.floor(shifted / 1.2).astype(np.int64)
    joint = (y - row * 0.15 < 0.02) | (shifted - board * 1.2 < 0.02)
    return np.where(joint, 0.82, 1.0 + 0.10 * _speckle(board, row))


def covering(room: Room) -> str:
    """Return what lies on a room's floor: tiles, carpet or boards, by its name."""
    name = room.name.lower()
    if any(word in name for word in _TILED):
        return "tiles"
    return "carpet" if any(word in name for word in _SOFT) else "boards"


def _outline(solid: Solid, x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return which points of the plane lie under a solid."""
    dx, dy = x - solid.center_m[0], y - solid.center_m[1]
    c, s = math.cos(solid.yaw_rad), math.sin(solid.yaw_rad)
    along, across = np.abs(c * dx + s * dy), np.abs(-s * dx + c * dy)
    half_x, half_y = solid.size_m[0] / 2, solid.size_m[1] / 2
    if solid.shape is Shape.BOX:
        return (along <= half_x) & (across <= half_y)
    return along**2 + across**2 <= half_x**2


def _blurred(picture: NDArray[np.float64], cells: int) -> NDArray[np.float64]:
    """Return the picture under three box filters of that half width."""
    width = 2 * cells + 1
    for _ in range(3):
        for axis in (0, 1):
            pad = [(0, 0), (0, 0)]
            pad[axis] = (cells + 1, cells)
            total = np.cumsum(np.pad(picture, pad, mode="edge"), axis=axis)
            low, high = (slice(None, -width), slice(width, None))
            picture = ((total[high] - total[low]) if axis == 0 else (total[:, high] - total[:, low])) / width
    return picture


class FloorLevels(NamedTuple):
    """Per pixel: scale, rows, columns and offset of the floor picture to look it up in."""

    scale: NDArray[np.float64]
    rows: NDArray[np.intp]
    columns: NDArray[np.intp]
    offset: NDArray[np.intp]

    def only(self, chosen: NDArray[np.intp]) -> FloorLevels:
        """Return the same for some of the pixels."""
        return FloorLevels(self.scale[chosen], self.rows[chosen], self.columns[chosen], self.offset[chosen])


class Floor:
    """Colours of the floor, and which room a point lies in.

    Args:
        scene: The place; where it holds no rooms the floor is slabs without an end.
    """

    def __init__(self, scene: Scene) -> None:
        cell = max(_FINEST_M, max(scene.size_m) / _MAX_CELLS)
        nx, ny = (max(1, math.ceil(side / cell)) for side in scene.size_m)
        x, y = (low + (np.arange(n) + 0.5) * cell for low, n in zip(scene.origin_m, (nx, ny), strict=True))
        self.rooms = scene.rooms
        self._cell_m, self._size, self._origin_m = cell, (nx, ny), scene.origin_m
        self._room_index = np.full((ny, nx), len(scene.rooms), np.int32)
        picture = self._painted(scene, x, y) * self._shadows(scene, x, y)[:, :, None]
        levels = [np.clip(picture, 0, 255)]
        while len(levels) < _LEVELS and min(levels[-1].shape[:2]) > 1:
            last = levels[-1]
            last = np.pad(last, ((0, last.shape[0] % 2), (0, last.shape[1] % 2), (0, 0)), mode="edge")
            levels.append((last[::2, ::2] + last[1::2, ::2] + last[::2, 1::2] + last[1::2, 1::2]) / 4)
        texels = [level.reshape(-1, 3) for level in levels]
        self._texels = np.concatenate([*texels, [_OUTSIDE_RGB]]).astype(np.float32)
        shapes = np.array([level.shape[:2] for level in levels])
        self._rows, self._columns = shapes[:, 0], shapes[:, 1]
        self._offset = np.concatenate([[0], np.cumsum(self._rows * self._columns)[:-1]])
        self._scale = 1 / (cell * 2.0 ** np.arange(len(levels)))

    def _painted(self, scene: Scene, x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
        whole = _pattern(x[None, :], y[:, None], "slabs")[:, :, None] * np.array(_PLAIN_RGB)
        for i, room in enumerate(scene.rooms):
            c0, c1 = np.searchsorted(x, (room.x_min_m, room.x_max_m))
            r0, r1 = np.searchsorted(y, (room.y_min_m, room.y_max_m))
            self._room_index[r0:r1, c0:c1] = i
            brightness = _pattern(x[None, c0:c1], y[r0:r1, None], covering(room))
            whole[r0:r1, c0:c1] = brightness[:, :, None] * np.array(room.floor_rgb)
        return whole

    def _shadows(self, scene: Scene, x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return how much light reaches the floor, 0 to 1: less near walls and under furniture."""
        low, high = np.zeros((y.size, x.size)), np.zeros((y.size, x.size))
        for solid in scene.solids:
            reach = math.hypot(solid.size_m[0], solid.size_m[1]) / 2
            c0, c1 = np.searchsorted(x, (solid.center_m[0] - reach, solid.center_m[0] + reach))
            r0, r1 = np.searchsorted(y, (solid.center_m[1] - reach, solid.center_m[1] + reach))
            bottom_m = vertical_span(solid)[0]
            if c0 < c1 and r0 < r1 and bottom_m < 1.2:
                under = _outline(solid, x[None, c0:c1], y[r0:r1, None])
                layer = low if bottom_m < _LOW_M else high
                layer[r0:r1, c0:c1] = np.maximum(layer[r0:r1, c0:c1], under)
        near = max(1, round(_SHADOW_M / self._cell_m))
        return 1.0 - 0.5 * _blurred(low, near) - 0.25 * _blurred(high, 2 * near)

    def levels(self, width_m: NDArray[np.float64]) -> FloorLevels:
        """Return what ``colors`` needs to look up pixels of these widths on the floor."""
        finest = np.log2(np.maximum(width_m / self._cell_m, 1.0))
        level = np.clip(np.ceil(finest - 0.5), 0, len(self._rows) - 1).astype(np.intp)
        return FloorLevels(self._scale[level], self._rows[level], self._columns[level], self._offset[level])

    def colors(self, x: NDArray[np.float64], y: NDArray[np.float64], level: FloorLevels) -> NDArray[np.float32]:
        """Return float32 (N, 3), 0-255: the floor's colour at points.

        Beyond its edge an open floor repeats; around rooms lies plain ground.
        """
        column, row = (
            np.floor((at - low) * level.scale).astype(np.intp) for at, low in zip((x, y), self._origin_m, strict=True)
        )
        texel = level.offset + (row % level.rows) * level.columns + column % level.columns
        if self.rooms:
            inside = (column >= 0) & (column < level.columns) & (row >= 0) & (row < level.rows)
            texel[~inside] = len(self._texels) - 1
        return self._texels[texel]

    def room_indices(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.int32]:
        """Return int32 (N,): index of the room at each point, ``len(rooms)`` for none."""
        column = np.clip(((x - self._origin_m[0]) / self._cell_m).astype(np.intp), 0, self._size[0] - 1)
        row = np.clip(((y - self._origin_m[1]) / self._cell_m).astype(np.intp), 0, self._size[1] - 1)
        return self._room_index[row, column]
