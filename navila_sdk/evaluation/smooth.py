"""How smoothly a body moved: the root mean square of its jerk, from the velocity that it measures of itself."""

from __future__ import annotations

import math

from navila_sdk.geometry import Twist


class Jerk:
    """Takes in a body's velocity tick by tick.

    The jerk of a tick is the second difference of the planar body velocity over the period squared. Ticks whose
    velocity isn't finite are left out, and so are those beside them; fewer than three finite ticks in a row give
    nothing.

    Args:
        period_s: Time between ticks.
    """

    def __init__(self, period_s: float) -> None:
        self._period_s = period_s
        self._last: list[tuple[float, float]] = []
        self._squares = 0.0
        self._count = 0

    def feel(self, twist: Twist) -> None:
        """Take in the velocity of the next tick."""
        if not twist.is_finite:
            self._last.clear()
            return
        self._last = [*self._last[-2:], (twist.vx_mps, twist.vy_mps)]
        if len(self._last) < 3:
            return
        (ax, ay), (bx, by), (cx, cy) = self._last
        self._squares += ((ax - 2 * bx + cx) ** 2 + (ay - 2 * by + cy) ** 2) / self._period_s**4
        self._count += 1

    @property
    def rms_mps3(self) -> float | None:
        """The root mean square so far; None before three ticks."""
        return math.sqrt(self._squares / self._count) if self._count else None
