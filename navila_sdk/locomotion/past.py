"""Earlier moments of an observation, stacked as a card's history says."""

from __future__ import annotations

import itertools
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from navila_sdk.locomotion.card import History

Floats = NDArray[np.float64]
Ids = NDArray[np.intp]


class Past:
    """The last moments of what a card remembers, in an array that each moment moves on by one.

    Args:
        history: What is remembered, how many moments of it, and how they are laid.
        places: Where each quantity lies in a row of all of them.
    """

    def __init__(self, history: History, places: Mapping[str, slice]) -> None:
        kept: list[Ids] = [np.arange(places[name].start, places[name].stop) for name in history.terms]
        self._kept = np.concatenate(kept)
        self._moments = np.zeros((history.frames, self._kept.size))
        self._repeats, self._empty = history.start == "repeat", True
        # Moments lie oldest first, quantities side by side; this says which number comes where.
        numbers: Ids = np.arange(self._moments.size).reshape(self._moments.shape)
        if history.order == "newest-first":
            numbers = numbers[::-1]
        if history.stacking == "term":
            begins = np.cumsum([0, *(part.size for part in kept)]).tolist()
            apart = [numbers[:, begin:end].ravel() for begin, end in itertools.pairwise(begins)]
            numbers = np.concatenate(apart)
        self._laid = numbers.ravel()

    def forget(self) -> None:
        """Begin anew: the next moment is the first."""
        self._empty = True

    def with_present(self, row: Floats) -> Floats:
        """Return the moments laid end to end, the present one among them, and keep it."""
        present = row[self._kept]
        if self._empty:
            self._moments[:] = present if self._repeats else 0.0
            self._empty = False
        self._moments[:-1] = self._moments[1:]
        self._moments[-1] = present
        return self._moments.ravel()[self._laid]
