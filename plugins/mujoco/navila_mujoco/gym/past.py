"""What each body felt and did at its last control periods, for policies that remember."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


class Past:
    """The last moments of every environment, the oldest first.

    Args:
        count: Environments.
        moments: How many are kept, the present one included.
    """

    def __init__(self, count: int, moments: int) -> None:
        self._rows = np.zeros((count, moments, 0), np.float32)
        self._fresh = np.ones(count, np.bool_)

    def begin(self, ids: NDArray[np.intp]) -> None:
        """Forget: who begins anew has felt its first moment all along."""
        self._fresh[ids] = True

    def pass_on(self) -> None:
        """Let the present become the past."""
        self._rows[:, :-1] = self._rows[:, 1:]

    def with_present(self, felt: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return all moments laid end to end (N, moments * W), the present (N, W) last; asked twice, it's replaced."""
        if self._rows.shape[2] != felt.shape[1]:
            self._rows = np.zeros((*self._rows.shape[:2], felt.shape[1]), np.float32)
        self._rows[:, -1] = felt
        if self._fresh.any():
            self._rows[self._fresh] = felt[self._fresh, None]
            self._fresh[:] = False
        return self._rows.reshape(len(self._rows), -1)
