"""The watchdog: a command older than its time limit becomes zero, on real and on simulated clocks."""

from __future__ import annotations

import threading
from collections.abc import Callable

from navila_sdk.clock import Clock, SimulatedClock


class Watchdog:
    """Calls ``halt(age_s)`` once when no command has been fed for ``timeout_s`` while the robot may move.

    On a simulated clock it looks before every world step; on a real one a thread of its own looks, so it
    works while the caller's thread is stuck.
    """

    def __init__(self, clock: Clock, timeout_s: float, halt: Callable[[float], None]) -> None:
        self._clock = clock
        self._timeout_s = timeout_s
        self._halt = halt
        self._fed_s: float | None = None
        self._lock = threading.Lock()
        self._done = threading.Event()
        self._thread: threading.Thread | None = None
        if isinstance(clock, SimulatedClock):
            clock.call_each_step(self._check)
        else:
            self._thread = threading.Thread(target=self._watch, name="navila-watchdog", daemon=True)
            self._thread.start()

    def feed(self, now_s: float, moving: bool) -> None:
        """Note a command; nothing needs watching after one that is zero."""
        with self._lock:
            self._fed_s = now_s if moving else None

    def close(self) -> None:
        """Stop watching."""
        self._done.set()
        with self._lock:
            self._fed_s = None
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(timeout=1.0)

    def _check(self, now_s: float) -> None:
        with self._lock:
            if self._fed_s is None or now_s - self._fed_s < self._timeout_s:
                return
            age_s, self._fed_s = now_s - self._fed_s, None
        self._halt(age_s)

    def _watch(self) -> None:
        while not self._done.wait(self._timeout_s / 5):
            self._check(self._clock.now_s())
