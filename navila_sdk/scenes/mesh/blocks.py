"""A plan's cells joined into few large boxes: what physics and plans collide with."""

from __future__ import annotations

from collections.abc import Iterator

import attrs
import numpy as np
from numpy.typing import NDArray

from navila_sdk.scenes.mesh.columns import Columns
from navila_sdk.scenes.mesh.ground import CELL_M, SLAB_M, SLABS, Bits

Bools = NDArray[np.bool_]
Cells = tuple[int, int, int, int]
"""First and last (exclusive) cell along x, then along y."""
_SUNK_M = 0.1
_CLOSED = 2  # slabs of air between two things, one over the other, that nothing gets into


@attrs.frozen(slots=True)
class Block:
    """An upright box: its least and its greatest corner in the scene."""

    low_m: tuple[float, float, float]
    high_m: tuple[float, float, float]


def rectangles(bitmap: Bools) -> list[Cells]:
    """Return rectangles that cover exactly the cells of a bitmap (nx, ny), none twice; few, not always the fewest."""
    across = _bands(bitmap)
    along = [(a, b, c, d) for c, d, a, b in _bands(bitmap.T)]
    return min(across, along, key=len)


def _bands(bitmap: Bools) -> list[Cells]:
    """Join equal runs of neighbouring rows."""
    found: list[Cells] = []
    growing: dict[tuple[int, int], int] = {}
    padded = np.pad(bitmap, ((0, 1), (1, 1))).astype(np.int8)
    steps = np.diff(padded, axis=1)
    for row, step in enumerate(steps):
        starts, ends = np.flatnonzero(step == 1).tolist(), np.flatnonzero(step == -1).tolist()
        runs = dict.fromkeys(zip(starts, ends, strict=True), row)
        for (low, high), first in growing.items():
            if (low, high) in runs:
                runs[low, high] = first
            else:
                found.append((first, row, low, high))
        growing = runs
    return found


def plan_blocks(columns: Columns, low_m: float, high_m: float) -> list[Block]:
    """Return what a body can't get into between two heights, as boxes of that height; no floor blocks too."""
    blocked = columns.blocked(low_m, high_m)
    blocks = [_block(columns, cells, low_m, high_m) for cells in rectangles(blocked)]
    (x0, y0), (nx, ny) = columns.origin_m, blocked.shape
    # Beyond the plan's edge there is no floor either.
    x1, y1 = x0 + nx * CELL_M, y0 + ny * CELL_M
    for a, b, c, d in (
        (x0 - 1, x0, y0 - 1, y1 + 1),
        (x1, x1 + 1, y0 - 1, y1 + 1),
        (x0, x1, y0 - 1, y0),
        (x0, x1, y1, y1 + 1),
    ):
        blocks.append(Block((a, c, low_m), (b, d, high_m)))
    return blocks


def solid_blocks(columns: Columns, top_m: float) -> list[Block]:
    """Return what stands on a storey's floor up to a height as boxes: as high as it is, hollow where it is."""
    filled = columns.filled & np.uint64((1 << round(top_m / SLAB_M)) - 1) & ~np.uint64(1)
    for _ in range(_CLOSED):  # close narrow gaps from above and below
        filled = filled | (filled << np.uint64(1))
    for _ in range(_CLOSED):
        filled = filled & (filled >> np.uint64(1))
    filled |= columns.filled & np.uint64((1 << round(top_m / SLAB_M)) - 1) & ~np.uint64(1)
    ground = np.where(np.isnan(columns.ground_m), 0.0, columns.ground_m)
    blocks: list[Block] = []
    for low, high, cells in _runs(filled):
        for box in rectangles(cells):
            under = ground[box[0] : box[1], box[2] : box[3]]
            bottom = float(under.min()) - _SUNK_M if low <= 1 else float(under.mean()) + low * SLAB_M
            blocks.append(_block(columns, box, bottom, float(under.mean()) + high * SLAB_M))
    return blocks


def _runs(filled: Bits) -> Iterator[tuple[int, int, Bools]]:
    """Yield each first and last (exclusive) slab between which columns are filled, and which columns (nx, ny)."""
    one = np.uint64(1)
    starts = filled & ~(filled << one)
    for low in range(SLABS):
        begins = (starts >> np.uint64(low)) & one != 0
        if not begins.any():
            continue
        left = ~(filled >> np.uint64(low))
        lowest_gap = left & (~left + one)
        for gap in np.unique(lowest_gap[begins]).tolist():
            high = low + (gap.bit_length() - 1 if gap else SLABS - low)
            yield low, high, begins & (lowest_gap == np.uint64(gap))


def _block(columns: Columns, cells: Cells, bottom_m: float, top_m: float) -> Block:
    (x, y), (a, b, c, d) = columns.origin_m, cells
    return Block((x + a * CELL_M, y + c * CELL_M, bottom_m), (x + b * CELL_M, y + d * CELL_M, top_m))
