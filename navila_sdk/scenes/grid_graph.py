"""Shortest ways on a grid of priced cells: Dijkstra over 16 or 32 moves, in whole micrometres.

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
Moves = tuple[Cell, ...]
Costs = NDArray[np.float64]


def _with_opposites(*half: Cell) -> Moves:
    return half + tuple((-dx, -dy) for dx, dy in half)


# A king's and a knight's moves; for 32, the next two longer ones between them. A way is at most 1 / cos(half the widest
# gap between two directions) too long: 2.7 % with 16 (26.6 degrees from straight to knight's), 1.3 % with 32 (18.4).
SIXTEEN = _with_opposites((1, 0), (0, 1), (1, 1), (1, -1), (2, 1), (1, 2), (2, -1), (1, -2))
THIRTY_TWO = _with_opposites(
    *SIXTEEN[: len(SIXTEEN) // 2], (3, 1), (1, 3), (3, -1), (1, -3), (3, 2), (2, 3), (3, -2), (2, -3)
)


def _passed_over(dx: int, dy: int) -> Moves:
    """Return the cells that a move touches on its way, be it at a corner; they must be free too."""
    a, b, sx, sy = abs(dx), abs(dy), (dx > 0) - (dx < 0), (dy > 0) - (dy < 0)
    cells = ((i, j) for i in range(a + 1) for j in range(b + 1) if 2 * abs(a * j - b * i) <= a + b)
    return tuple((sx * i, sy * j) for i, j in cells if (i, j) not in ((0, 0), (a, b)))


def _length_um(move: Cell, resolution_m: float, price_a: Costs, price_b: Costs) -> Costs:
    flat_um = round(math.sqrt(move[0] * move[0] + move[1] * move[1]) * resolution_m * UM_PER_M)
    return np.floor(flat_um * (price_a + price_b) / 200.0)


def costs_to(goal: Cell, free: NDArray[np.bool_], price: Costs, resolution_m: float, moves: Moves = SIXTEEN) -> Costs:
    """Return the cost in micrometres from every cell to the goal, inf where there is no way.

    Args:
        goal: A free cell.
        free: bool (nx, ny).
        price: Whole percents (nx, ny): what a metre costs in each cell.
        resolution_m: Side of a cell.
        moves: Which steps there are, the second half the opposites of the first.
    """
    from scipy.sparse import csgraph, csr_array

    nx, ny = free.shape
    flat_number: NDArray[np.int32] = np.arange(nx * ny, dtype=np.int32)  # csgraph takes no wider
    number = flat_number.reshape((nx, ny))
    tails: list[NDArray[np.int32]] = []
    heads: list[NDArray[np.int32]] = []
    lengths: list[Costs] = []
    flat = price.ravel()
    for dx, dy in moves[: len(moves) // 2]:
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


def best_moves(
    costs: Costs, free: NDArray[np.bool_], price: Costs, resolution_m: float, moves: Moves = SIXTEEN
) -> NDArray[np.int64]:
    """Return which of ``moves`` each cell takes to the goal: the first of the cheapest; (nx, ny)."""
    nx, ny = free.shape
    far = max(max(move) for move in moves)
    cost, around = np.pad(costs, far, constant_values=np.inf), np.pad(price, far, constant_values=100.0)
    open_floor = np.pad(free, far, constant_values=False)

    def shifted(array: NDArray[Any], dx: int, dy: int) -> NDArray[Any]:
        return array[far + dx : far + dx + nx, far + dy : far + dy + ny]

    best = np.full((nx, ny), np.inf)
    chosen = np.zeros((nx, ny), dtype=np.int64)
    for index, (dx, dy) in enumerate(moves):
        through = shifted(cost, dx, dy) + _length_um((dx, dy), resolution_m, price, shifted(around, dx, dy))
        for bx, by in _passed_over(dx, dy):
            through = np.where(shifted(open_floor, bx, by), through, np.inf)
        better = through < best
        best = np.where(better, through, best)
        chosen[better] = index
    return chosen
