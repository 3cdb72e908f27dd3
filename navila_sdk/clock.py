"""One clock interface for real and simulated time, so that no loop needs to know which it runs on."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol


class Clock(Protocol):
    """The robot's clock, in seconds."""

    @property
    def simulated(self) -> bool:
        """Whether time passes only when someone sleeps."""
        ...

    def now_s(self) -> float:
        """Return the time since the robot connected."""
        ...

    def sleep_until(self, time_s: float) -> None:
        """Let time pass until ``time_s``; return at once if it's past."""
        ...


class WallClock:
    """Real time, counted from construction on the monotonic clock."""

    simulated = False

    def __init__(self) -> None:
        self._start_s = time.monotonic()

    def now_s(self) -> float:
        """Return the seconds since construction."""
        return time.monotonic() - self._start_s

    def since(self, monotonic_s: float) -> float:
        """Return a reading of ``time.monotonic()`` as a time of this clock."""
        return monotonic_s - self._start_s

    def sleep_until(self, time_s: float) -> None:
        """Sleep until ``time_s`` seconds after construction."""
        remaining_s = time_s - self.now_s()
        if remaining_s > 0:
            time.sleep(remaining_s)


class SimulatedClock:
    """Simulated time: sleeping advances the world in steps of ``step_s``.

    Args:
        advance: Moves the world by one step.
        step_s: Length of a step.
        pace: Simulated seconds per wall second at most; None runs as fast as the machine can.
    """

    simulated = True

    def __init__(self, advance: Callable[[], None], step_s: float, pace: float | None = None) -> None:
        self._advance = advance
        self._step_s = step_s
        self._steps = 0
        self._pace = pace
        self._wall = WallClock()
        self._on_step: list[Callable[[float], None]] = []

    def call_each_step(self, callback: Callable[[float], None]) -> None:
        """Call ``callback(now_s)`` before every world step (the watchdog lives there)."""
        self._on_step.append(callback)

    def forget(self, callback: Callable[[float], None]) -> None:
        """Call ``callback`` no more; one that isn't called does nothing."""
        self._on_step = [other for other in self._on_step if other != callback]  # a loop over the old list goes on

    def now_s(self) -> float:
        """Return the simulated time."""
        return self._steps * self._step_s

    def sleep_until(self, time_s: float) -> None:
        """Advance the world until simulated time reaches ``time_s``."""
        while self.now_s() < time_s - 1e-9:
            for callback in self._on_step:
                callback(self.now_s())
            self._advance()
            self._steps += 1
            if self._pace is not None:
                self._wall.sleep_until(self.now_s() / self._pace)
