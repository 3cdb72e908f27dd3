"""Dynamic time warping between two paths: exact, or as the package fastdtw finds it with radius 1.

VLN-CE computes nDTW with the latter by default; it overestimates a few distances by some percent, so the exact one
is the default here and every result names the one it used.
"""

from __future__ import annotations

import enum
import math
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from navila_sdk.errors import EvaluationError

Cell = tuple[int, int]
RADIUS = 1


class DtwMode(enum.StrEnum):
    """How the distance between two paths is found."""

    EXACT = "exact"
    FAST = "fastdtw"


def dtw_m(path_m: NDArray[np.float64], reference_m: NDArray[np.float64], mode: DtwMode = DtwMode.EXACT) -> float:
    """Return the cost of the cheapest alignment of two paths (n, d) and (m, d), in the paths' unit.

    Steps of the alignment go on in one path, the other or both; each aligned pair costs its Euclidean distance.

    Raises:
        EvaluationError: A path has no points, or the paths have points of unlike size.
    """
    if path_m.ndim != 2 or reference_m.ndim != 2 or path_m.shape[1] != reference_m.shape[1] or not path_m.size:
        raise EvaluationError(
            f"paths to compare are arrays (n, d) and (m, d) with points; got {path_m.shape}, {reference_m.shape}"
        )
    if mode is DtwMode.FAST:
        return _fast(path_m, reference_m)[0]
    apart = np.sqrt(((path_m[:, None, :] - reference_m[None, :, :]) ** 2).sum(axis=2))
    above: list[float] = [0.0] + [math.inf] * len(reference_m)
    for row in apart.tolist():
        left, costs = math.inf, [math.inf]
        for column, cost in enumerate(row):
            left = cost + min(above[column + 1], left, above[column])
            costs.append(left)
        above = costs
    return above[-1]


def _fast(a: NDArray[np.float64], b: NDArray[np.float64]) -> tuple[float, list[Cell]]:
    """Align at half the resolution, then only near that alignment."""
    if min(len(a), len(b)) < RADIUS + 2:
        return _windowed(a, b, ((i, j) for i in range(len(a)) for j in range(len(b))))
    _, coarse = _fast(_halved(a), _halved(b))
    return _windowed(a, b, _window(coarse, len(a), len(b)))


def _halved(points: NDArray[np.float64]) -> NDArray[np.float64]:
    even = len(points) - len(points) % 2
    return (points[0:even:2] + points[1:even:2]) / 2


def _window(coarse: Sequence[Cell], rows: int, columns: int) -> list[Cell]:
    """Return the cells within the radius of a coarse alignment: in each row the first run of them."""
    span = range(-RADIUS, RADIUS + 1)
    near = {(i + di, j + dj) for i, j in coarse for di in span for dj in span}
    fine = {(2 * i + di, 2 * j + dj) for i, j in near for di in (0, 1) for dj in (0, 1)}
    cells: list[Cell] = []
    begin = 0
    for i in range(rows):
        first: int | None = None
        for j in range(begin, columns):
            if (i, j) in fine:
                cells.append((i, j))
                first = j if first is None else first
            elif first is not None:
                break
        assert first is not None
        begin = first
    return cells


def _windowed(a: NDArray[np.float64], b: NDArray[np.float64], cells: Iterable[Cell]) -> tuple[float, list[Cell]]:
    """Return cost and cells of the cheapest alignment that stays within ``cells``, given row by row."""
    best: dict[Cell, tuple[float, Cell]] = {(-1, -1): (0.0, (-1, -1))}
    nowhere = (math.inf, (-1, -1))
    for i, j in cells:
        cost = float(np.linalg.norm(a[i] - b[j]))
        ways = ((i - 1, j), (i, j - 1), (i - 1, j - 1))
        before = min(ways, key=lambda way: best.get(way, nowhere)[0] + cost)
        best[i, j] = (best.get(before, nowhere)[0] + cost, before)
    cell = (len(a) - 1, len(b) - 1)
    total = best[cell][0]
    taken: list[Cell] = []
    while cell != (-1, -1):
        taken.append(cell)
        cell = best[cell][1]
    return total, taken[::-1]
