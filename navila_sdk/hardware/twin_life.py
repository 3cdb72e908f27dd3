"""A twin's life: its body steps in real time, and what it says leaves at its own rates."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable

Work = tuple[str, float, Callable[[], None]]
"""Something with a thread of its own: its name, how often per second, what is done."""

BEHIND_S = 0.1
"""Who is later than this doesn't catch up: a real robot's clock doesn't wait either."""


class TwinLife:
    """Lives once.

    Args:
        works: What is done beside the body's steps.
    """

    def __init__(self, works: Iterable[Work]) -> None:
        self._works = tuple(works)
        self._done = threading.Event()
        self.behind = 0
        """How many steps came too late."""

    def live(self, step: Callable[[], float], done: Callable[[], bool]) -> None:
        """Live until ``done()``.

        Args:
            step: Moves the body, and returns by how many seconds.
            done: Whether it's over.
        """
        threads = [
            threading.Thread(target=self._repeat, args=(rate_hz, work), daemon=True, name=f"twin-{name}")
            for name, rate_hz, work in self._works
        ]
        for thread in threads:
            thread.start()
        next_s = time.monotonic()
        try:
            while not done():
                next_s += step()
                wait_s = next_s - time.monotonic()
                if wait_s > 0:
                    time.sleep(wait_s)
                elif wait_s < -BEHIND_S:
                    self.behind += 1
                    next_s = time.monotonic()
        finally:
            self._done.set()
            for thread in threads:
                thread.join(timeout=2.0)

    def _repeat(self, rate_hz: float, work: Callable[[], None]) -> None:
        next_s = time.monotonic()
        while not self._done.is_set():
            work()
            next_s = max(next_s + 1 / rate_hz, time.monotonic() - BEHIND_S)
            self._done.wait(max(next_s - time.monotonic(), 0.0))
