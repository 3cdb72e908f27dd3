"""Draws that come out the same on every machine and every Python.

``random.Random(n).random()`` is the one sequence Python promises to keep; all else here is whole numbers made
from it.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")
_BITS = 53


class Dice:
    """A stream of draws for a seed.

    Args:
        seed: A whole number, 0 or more.
    """

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def below(self, count: int) -> int:
        """Return a whole number from 0 to ``count`` - 1."""
        return int(self._random.random() * 2**_BITS) * count >> _BITS

    def between(self, low: int, high: int, step: int = 1) -> int:
        """Return ``low`` plus a multiple of ``step``, at most ``high``."""
        return low + step * self.below((high - low) // step + 1)

    def chance(self, percent: int) -> bool:
        """Return True in ``percent`` of 100 draws."""
        return self.below(100) < percent

    def pick(self, items: Sequence[T]) -> T:
        """Return one of the items."""
        return items[self.below(len(items))]

    def shuffled(self, items: Sequence[T]) -> list[T]:
        """Return the items in another order."""
        pool = list(items)
        for last in range(len(pool) - 1, 0, -1):
            other = self.below(last + 1)
            pool[last], pool[other] = pool[other], pool[last]
        return pool
