"""The watchdog: a command that isn't renewed is lowered and then zero, on real and on simulated clocks."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from navila_sdk.clock import Clock, SimulatedClock

_log = logging.getLogger(__name__)
_LOOKS = 10
"""How often it looks within its time limit."""
_AHEAD_S = 0.005
"""On a real clock it acts so much before the limit, so that zero is out in time."""


def _nothing(_: float) -> None:
    """Do nothing."""


class Watchdog:
    """Lowers and then ends a command that nobody renews while the robot may move.

    On a simulated clock it looks before every world step; on a real one a thread of its own looks, so it
    works while the caller's thread is stuck. That thread outlives whatever ``ease`` and ``halt`` raise, and tries
    again: the watchdog is the last to give up.

    Args:
        clock: The robot's clock.
        timeout_s: A command older than this is zero.
        halt: Sends zero; called with the command's age.
        ease: Sends that part of the command, from 1 down to 0, while ``brake_s`` passes before it's zero.
        brake_s: How much earlier than ``timeout_s`` the command begins to sink; 0 is a step.
    """

    def __init__(
        self,
        clock: Clock,
        timeout_s: float,
        halt: Callable[[float], None],
        *,
        ease: Callable[[float], None] = _nothing,
        brake_s: float = 0.0,
    ) -> None:
        self._clock = clock
        self._timeout_s, self._brake_s = timeout_s, min(brake_s, timeout_s)
        self._halt, self._ease = halt, ease
        self._fed_s: float | None = None
        self._lock = threading.RLock()
        self._done = threading.Event()
        self._failed = False
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
        """Stop watching, and let go of the clock and the driver: a closed robot's world is freed with its last user."""
        self._done.set()
        with self._lock:
            self._fed_s = None
        if isinstance(self._clock, SimulatedClock):
            self._clock.forget(self._check)
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(timeout=1.0)
        self._halt = self._ease = _nothing

    def _check(self, now_s: float) -> None:
        with self._lock:
            fed_s = self._fed_s
        if fed_s is None:
            return
        age_s = now_s - fed_s
        if age_s >= self._timeout_s - 1e-9:
            self._halt(age_s)
            with self._lock:
                if self._fed_s == fed_s:
                    self._fed_s = None
        elif self._brake_s > 0 and age_s > self._timeout_s - self._brake_s:
            self._ease((self._timeout_s - age_s) / self._brake_s)

    def _until_next_look_s(self) -> float:
        """Return how long to sleep: a part of the limit, or less where a command runs out sooner."""
        look_s = self._timeout_s / _LOOKS
        with self._lock:
            fed_s = self._fed_s
        return (
            look_s
            if fed_s is None
            else min(look_s, max(fed_s + self._timeout_s - _AHEAD_S - self._clock.now_s(), 0.001))
        )

    def _watch(self) -> None:
        while not self._done.wait(self._until_next_look_s()):
            try:
                self._check(self._clock.now_s() + _AHEAD_S)
            # A driver is a plugin; whatever it raises here, the next look tries again.
            except Exception as error:  # noqa: BLE001
                told = logging.DEBUG if self._failed else logging.WARNING
                self._failed = True
                _log.log(told, "the watchdog couldn't stop the robot, and tries again: %s", error)
