"""What lies on a scene's floor as one picture: rooms in their colours, boards or tiles, soft shadows near solids.

A pattern that moves past is what tells a model how fast it goes.
"""

from __future__ import annotations

import math

import attrs
import numpy as np
from numpy.typing import NDArray

from navila_sdk.scenes.scene import Room, Scene, Shape, Solid

_FINEST_M = 0.025
_MAX_CELLS = 800
_TILED = ("kitchen", "bath", "toilet", "laundry")
_SOFT = ("bedroom", "nursery", "study", "office")
_PLAIN_RGB = (176, 174, 170)
_SHADOW_M = 0.12
_LOW_M = 0.35


@attrs.frozen(slots=True, eq=False)
class FloorPicture:
    """The floor seen from above, x along columns and y along rows, from the corner ``scene.origin_m``.

    Attributes:
        cell_m: Side of a cell.
        rgb: float64 (ny, nx, 3), 0-255.
        room: int32 (ny, nx): index of the room, ``len(scene.rooms)`` for none.
    """

    cell_m: float
    rgb: NDArray[np.float64]
    room: NDArray[np.int32]


def floor_cell_m(scene: Scene) -> float:
    """Return the side of a cell of a floor's picture: 2.5 cm, or what makes 800 along the longer side."""
    return max(_FINEST_M, max(scene.size_m) / _MAX_CELLS)


def floor_picture(scene: Scene) -> FloorPicture:
    """Return a scene's floor, in cells of ``floor_cell_m``."""
    cell = floor_cell_m(scene)
    nx, ny = (max(1, math.ceil(side / cell)) for side in scene.size_m)
    x, y = (
        low + (np.arange(n, dtype=np.float64) + 0.5) * cell for low, n in zip(scene.origin_m, (nx, ny), strict=True)
    )
    room_index = np.full((ny, nx), len(scene.rooms), np.int32)
    whole = _pattern(x[None, :], y[:, None], "slabs")[:, :, None] * np.array(_PLAIN_RGB)
    for i, room in enumerate(scene.rooms):
        c0, c1 = np.searchsorted(x, (room.x_min_m, room.x_max_m))
        r0, r1 = np.searchsorted(y, (room.y_min_m, room.y_max_m))
        room_index[r0:r1, c0:c1] = i
        brightness = _pattern(x[None, c0:c1], y[r0:r1, None], covering(room))
        whole[r0:r1, c0:c1] = brightness[:, :, None] * np.array(room.floor_rgb)
    picture = whole * _shadows(scene, x, y, cell)[:, :, None]
    return FloorPicture(cell, np.clip(picture, 0, 255), room_index)


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


def _shadows(scene: Scene, x: NDArray[np.float64], y: NDArray[np.float64], cell_m: float) -> NDArray[np.float64]:
    """Return how much light reaches the floor, 0 to 1: less near walls and under furniture."""
    low, high = np.zeros((y.size, x.size)), np.zeros((y.size, x.size))
    for solid in scene.solids:
        reach = math.hypot(solid.size_m[0], solid.size_m[1]) / 2
        c0, c1 = np.searchsorted(x, (solid.center_m[0] - reach, solid.center_m[0] + reach))
        r0, r1 = np.searchsorted(y, (solid.center_m[1] - reach, solid.center_m[1] + reach))
        bottom_m = solid.center_m[2] - solid.size_m[2] / 2
        if c0 < c1 and r0 < r1 and bottom_m < 1.2:
            under = _outline(solid, x[None, c0:c1], y[r0:r1, None])
            layer = low if bottom_m < _LOW_M else high
            layer[r0:r1, c0:c1] = np.maximum(layer[r0:r1, c0:c1], under)
    near = max(1, round(_SHADOW_M / cell_m))
    return 1.0 - 0.5 * _blurred(low, near) - 0.25 * _blurred(high, 2 * near)
