"""Shortest ways on a grid of priced cells: Dijkstra over king's and knight's moves, in whole micrometres.

Whole numbers make every sum exact, so costs and ways are the same on every machine, whatever order the steps
were summed in.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

UM_PER_M = 1_000_000
Cell = tuple[int, int]
Costs = NDArray[np.float64]

# One of each pair of opposite moves; the other is its negative.
_HALF_MOVES: tuple[Cell, ...] = ((1, 0), (0, 1), (1, 1), (1, -1), (2, 1), (1, 2), (2, -1), (1, -2))
MOVES: tuple[Cell, ...] = _HALF_MOVES + tuple((-dx, -dy) for dx, dy in _HALF_MOVES)


def _passed_over(dx: int, dy: int) -> tuple[Cell, ...]:
    """Return the cells that a move passes over, which must be free too."""
    sx, sy = (dx > 0) - (dx < 0), (dy > 0) - (dy < 0)
    if abs(dx) == 2:
        return (sx, 0), (sx, sy)
    if abs(dy) == 2:
        return (0, sy), (sx, sy)
    return ((sx, 0), (0, sy)) if dx and dy else ()


def _length_um(move: Cell, resolution_m: float, price_a: Costs, price_b: Costs) -> Costs:
    flat_um = round(math.sqrt(move[0] * move[0] + move[1] * move[1]) * resolution_m * UM_PER_M)
    return np.floor(flat_um * (price_a + price_b) / 200.0)


def costs_to(goal: Cell, free: NDArray[np.bool_], price: Costs, resolution_m: float) -> Costs:
    """Return the cost in micrometres from every cell to the goal, inf where there is no way.

    Args:
        goal: A free cell.
        free: bool (nx, ny).
        price: Whole percents (nx, ny): what a metre costs in each cell.
        resolution_m: Side of a cell.
    """
    from scipy.sparse import csgraph, csr_array

    nx, ny = free.shape
    flat_number: NDArray[np.int32] = np.arange(nx * ny, dtype=np.int32)  # csgraph takes no wider
    number = flat_number.reshape((nx, ny))
    tails: list[NDArray[np.int32]] = []
    heads: list[NDArray[np.int32]] = []
    lengths: list[Costs] = []
    flat = price.ravel()
    for dx, dy in _HALF_MOVES:
        y0, y1 = max(-dy, 0), ny - max(dy, 0)
        if nx <= dx or y0 >= y1:
            continue
        window = free[: nx - dx, y0:y1] & free[dx:, y0 + dy : y1 + dy]
        for bx, by in _passed_over(dx, dy):
            window = window & free[bx : nx - dx + bx, y0 + by : y1 + by]
        a, b = number[: nx - dx, y0:y1][window], number[dx:, y0 + dy : y1 + dy][window]
        tails.append(a)
        heads.append(b)
        lengths.append(_length_um((dx, dy), resolution_m, flat[a], flat[b]))
    if not tails:  # a floor of one cell
        return np.zeros((nx, ny))
    rows, columns = np.concatenate([*tails, *heads]), np.concatenate([*heads, *tails])
    length = np.concatenate([*lengths, *lengths])
    graph = csr_array((length, (rows, columns)), shape=(nx * ny, nx * ny))
    found: Any = csgraph.dijkstra(graph, indices=goal[0] * ny + goal[1])  # pyright: ignore[reportUnknownVariableType]
    return np.asarray(found, dtype=np.float64).reshape(nx, ny)


def best_moves(costs: Costs, free: NDArray[np.bool_], price: Costs, resolution_m: float) -> NDArray[np.int64]:
    """Return which of ``MOVES`` each cell takes to the goal: the first of the cheapest; (nx, ny)."""
    nx, ny = free.shape
    cost, around = np.pad(costs, 2, constant_values=np.inf), np.pad(price, 2, constant_values=100.0)
    open_floor = np.pad(free, 2, constant_values=False)

    def shifted(array: NDArray[Any], dx: int, dy: int) -> NDArray[Any]:
        return array[2 + dx : 2 + dx + nx, 2 + dy : 2 + dy + ny]

    best = np.full((nx, ny), np.inf)
    chosen = np.zeros((nx, ny), dtype=np.int64)
    for index, (dx, dy) in enumerate(MOVES):
        through = shifted(cost, dx, dy) + _length_um((dx, dy), resolution_m, price, shifted(around, dx, dy))
        for bx, by in _passed_over(dx, dy):
            through = np.where(shifted(open_floor, bx, by), through, np.inf)
        better = through < best
        best = np.where(better, through, best)
        chosen[better] = index
    return chosen
