"""Legs whose every command the guard hears of.

The vendor's way to send a velocity without waiting for the answer drops the answer, refusals too. So a command also
gives back what the service last said to the question for its mode.
"""

from __future__ import annotations

from collections.abc import Callable

from navila_booster.legs import Legs
from navila_sdk.geometry import Twist
from navila_sdk.hardware.bodyguard import Bodyguard


class GuardedLegs:
    """Implements ``navila_sdk.hardware.parts.Legs``.

    Args:
        legs: What walks.
        guard: Who watches; None for nobody.
        refusal: The code the service refuses with now; 0 where it doesn't.
    """

    def __init__(self, legs: Legs, guard: Bodyguard | None, refusal: Callable[[], int]) -> None:
        self._legs, self._guard, self._refusal = legs, guard, refusal

    def write(self, twist: Twist) -> int:
        """Send a velocity and return the SDK's code."""
        if self._guard:
            self._guard.told(not twist.is_zero)
        return self._legs.write(twist) or self._refusal()

    def halt(self) -> int:
        """Stop walking, and return the code."""
        if self._guard:
            self._guard.told(False)
        return self._legs.halt()

    def close(self) -> None:
        """Send the guard home."""
        if self._guard:
            self._guard.close()
        self._legs.close()
