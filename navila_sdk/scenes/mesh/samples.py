"""Points all over triangles, as close as asked: how surfaces get into grids."""

from __future__ import annotations

from collections.abc import Iterator

import attrs
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
_AT_ONCE = 1_000_000


@attrs.frozen(slots=True, eq=False)
class Samples:
    """Points on triangles.

    Attributes:
        face: int64 (N,): the triangle of each.
        weights: float64 (N, 3): how much of each of its corners; the three add up to 1.
    """

    face: NDArray[np.int64]
    weights: Floats

    def of(self, corners: NDArray[np.floating]) -> Floats:
        """Return what corners (M, 3, k) have at the points, float64 (N, k)."""
        first, second, third = (corners[:, i][self.face] * self.weights[:, i, None] for i in range(3))
        first += second
        first += third
        return first


@attrs.frozen(slots=True, eq=False)
class Upright:
    """Triangles as they lie on their longest side.

    Attributes:
        first: int64 (M,): the corner that this side begins at.
        base_m: float64 (M,): its length.
        height_m: float64 (M,): how high the third corner is over it.
        foot: float64 (M,): where along it the third corner stands, 0 to 1.
    """

    first: NDArray[np.int64]
    base_m: Floats
    height_m: Floats
    foot: Floats


def upright(corners_m: Floats) -> Upright:
    """Return triangles (M, 3, 3) as they lie on their longest side."""
    sides = np.linalg.norm(np.roll(corners_m, -1, axis=1) - corners_m, axis=2)
    first = sides.argmax(axis=1)
    at = np.arange(len(sides))
    origin = corners_m[at, first]
    along, apex = corners_m[at, (first + 1) % 3] - origin, corners_m[at, (first + 2) % 3] - origin
    base = sides[at, first]
    squared = base**2
    foot = np.divide((along * apex).sum(axis=1), squared, out=np.zeros_like(base), where=squared > 0)
    off = apex - np.clip(foot, 0.0, 1.0)[:, None] * along
    return Upright(first, base, np.linalg.norm(off, axis=1), np.clip(foot, 0.0, 1.0))


def spread(corners_m: Floats, spacing_m: float, at_once: int = _AT_ONCE) -> Iterator[Samples]:
    """Yield points on triangles, about ``at_once`` at a time.

    Each triangle is cut into columns that stand on its longest side, each column into equal pieces; the pieces'
    middles are the points. So slivers cost no more than their length.

    Args:
        corners_m: (M, 3, 3): the triangles.
        spacing_m: Distance between neighbours; no point of a triangle is farther than one and a half of it from one.
        at_once: About how many points to give at a time.
    """
    lying = upright(corners_m)
    columns = np.maximum(np.ceil(lying.base_m / spacing_m).astype(np.int64), 1)
    done = np.cumsum(columns * np.maximum(np.ceil(lying.height_m / spacing_m).astype(np.int64), 1))
    start = 0
    while start < len(done):
        before = done[start - 1] if start else 0
        end = max(int(np.searchsorted(done, before + at_once, side="right")), start + 1)
        yield _points(np.arange(start, end), lying, columns, spacing_m)
        start = end


def _points(face: NDArray[np.int64], lying: Upright, columns: NDArray[np.int64], spacing_m: float) -> Samples:
    of_column, column = _repeated(columns[face])
    triangle = face[of_column]
    x, foot = (column + 0.5) / columns[triangle], lying.foot[triangle]
    rising = np.divide(x, foot, out=np.ones_like(x), where=foot > 0)
    falling = np.divide(1 - x, 1 - foot, out=np.ones_like(x), where=foot < 1)
    top = np.minimum(rising, falling)
    pieces = np.maximum(np.ceil(top * lying.height_m[triangle] / spacing_m).astype(np.int64), 1)
    of_piece, piece = _repeated(pieces)
    triangle = triangle[of_piece]
    y = (piece + 0.5) / pieces[of_piece] * top[of_piece]
    second = x[of_piece] - y * foot[of_piece]
    ordered = (1 - second - y, second, y)
    weights = np.empty((len(triangle), 3))
    at = np.arange(len(triangle))
    for corner in range(3):
        weights[at, (lying.first[triangle] + corner) % 3] = ordered[corner]
    return Samples(triangle, weights)


def _repeated(counts: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return for counts (2, 3): which (0, 0, 1, 1, 1) and the how-manieth of it (0, 1, 0, 1, 2)."""
    which = np.repeat(np.arange(len(counts)), counts)
    return which, np.arange(len(which)) - np.repeat(np.cumsum(counts) - counts, counts)
