"""Colours all over triangles: each has a small sheet of its own that lies along its longest side, a texel every 2 cm.

A hit on a triangle leads to its colour with two products, whatever pictures the file had; triangles of one colour take
three bytes.
"""

from __future__ import annotations

from collections.abc import Sequence

import attrs
import numpy as np
from numpy.typing import NDArray

from navila_sdk.scenes.mesh.patch import Bytes, Patch
from navila_sdk.scenes.mesh.samples import Floats, Samples, upright

TEXEL_M = 0.02
_MOST = 4096  # rows, or columns, of a sheet
_AT_ONCE = 1_000_000


@attrs.frozen(slots=True, eq=False)
class Sheets:
    """The colours of M triangles whose first side is their longest.

    Attributes:
        first: int64 (M,): first texel of each.
        rows: int32 (M,): how many rows of texels, from the first side up to the third corner.
        columns: int32 (M,): how many texels a row has.
        foot: float32 (M,): where along the first side the third corner stands, 0 to 1.
        texels: uint8 (T, 3).
        plain: bool (M,): which have one colour all over, without light in it: light has to show their shape, as no
            picture does.
    """

    first: NDArray[np.int64]
    rows: NDArray[np.int32]
    columns: NDArray[np.int32]
    foot: NDArray[np.float32]
    texels: Bytes
    plain: NDArray[np.bool_]

    def colors(self, face: NDArray[np.integer], u: NDArray[np.floating], v: NDArray[np.floating]) -> Bytes:
        """Return the colours at points of triangles, uint8 (n, 3).

        Args:
            face: (n,): which triangle.
            u: (n,): weight of its second corner.
            v: (n,): weight of its third.
        """
        rows, columns = self.rows[face], self.columns[face]
        row = np.clip((v * rows).astype(np.int64), 0, rows - 1)
        column = np.clip(((u + v * self.foot[face]) * columns).astype(np.int64), 0, columns - 1)
        return self.texels[self.first[face] + row * columns + column]


def longest_first(faces: NDArray[np.int64], corners_m: Floats) -> NDArray[np.int64]:
    """Return triangles (M, 3) with their corners turned so that the first side is the longest."""
    turned = (upright(corners_m).first[:, None] + np.arange(3)) % 3
    return np.take_along_axis(faces, turned, axis=1)


def build_sheets(patches: Sequence[Patch]) -> Sheets:
    """Return the colours of patches whose faces are ``longest_first``, one patch after the other."""
    found = [_sheets(patch) for patch in patches]
    texels = np.concatenate([part.texels for part in found])
    before = np.cumsum([0] + [len(part.texels) for part in found])
    return Sheets(
        np.concatenate([part.first + start for part, start in zip(found, before[:-1], strict=True)]),
        np.concatenate([part.rows for part in found]),
        np.concatenate([part.columns for part in found]),
        np.concatenate([part.foot for part in found]),
        texels,
        np.concatenate([part.plain for part in found]),
    )


def _sheets(patch: Patch) -> Sheets:
    lying, plain = upright(patch.corners_m), patch.plain
    # Of equal sides another may come out as the longest; what counts is the first.
    foot = np.where(lying.first == 0, lying.foot, 0.5)
    rows, columns = (
        np.where(plain, 1, np.clip(np.ceil(side / TEXEL_M), 1, _MOST)).astype(np.int32)
        for side in (lying.height_m, lying.base_m)
    )
    count = rows.astype(np.int64) * columns
    done = np.cumsum(count)
    texels = np.empty((int(done[-1]), 3), np.uint8)
    start = 0
    while start < len(count):
        before = int(done[start - 1]) if start else 0
        end = max(int(np.searchsorted(done, before + _AT_ONCE, side="right")), start + 1)
        face = np.repeat(np.arange(start, end), count[start:end])
        at = np.arange(len(face)) - np.repeat(done[start:end] - count[start:end] - before, count[start:end])
        row, column = np.divmod(at, columns[face])
        v, x = (row + 0.5) / rows[face], (column + 0.5) / columns[face]
        u = x - v * foot[face]
        # What lies beside the triangle takes the colour of its edge.
        weights = np.clip(np.stack([1 - u - v, u, v], axis=1), 0.0, 1.0)
        weights /= weights.sum(axis=1, keepdims=True)
        texels[before : before + len(face)] = patch.colors(Samples(face, weights))
        start = end
    return Sheets(done - count, rows, columns, foot.astype(np.float32), texels, plain & (not patch.unlit))
