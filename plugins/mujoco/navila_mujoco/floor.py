"""The floor's picture in several resolutions.

Looking a pixel up in the resolution that fits its distance keeps patterns from flickering.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from navila_sdk.scenes.covering import floor_picture
from navila_sdk.scenes.scene import Scene

_LEVELS = 6
_OUTSIDE_RGB = (205, 208, 210)


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
        picture = floor_picture(scene)
        cell, (ny, nx) = picture.cell_m, picture.room.shape
        self.rooms = scene.rooms
        self._cell_m, self._size, self._origin_m = cell, (nx, ny), scene.origin_m
        self._room_index = picture.room
        levels = [picture.rgb]
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
