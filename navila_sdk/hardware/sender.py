"""The thread that keeps the robot moving: re-sends the latest command, and zero when nobody renews it.

The vendor's calls may block; the control loop must not. So the loop leaves a command here and goes on.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import attrs

from navila_sdk.geometry import ZERO_TWIST, Twist


@attrs.frozen(slots=True)
class Sent:
    """What a sender has done.

    Attributes:
        written: Commands handed to the SDK.
        refused: Of those, the ones it gave back with a code.
        overtaken: Commands replaced by a newer one before they were sent.
        expired: How often a command had to be zeroed because nobody renewed it.
    """

    written: int = 0
    refused: int = 0
    overtaken: int = 0
    expired: int = 0


class Sender:
    """Sends the latest command at once, and again at ``rate_hz`` while it isn't zero.

    Args:
        write: Sends a twist and returns the SDK's code; may block.
        rate_hz: How often a command is repeated. The robot holds one for a time of its own.
        stale_s: A command older than this becomes zero, whatever the rest of the program is doing.
        quiet_s: For how long zeros are repeated; then it's silent, so that a remote control is heard.
        clock_s: The time.
    """

    def __init__(
        self,
        write: Callable[[Twist], int],
        *,
        rate_hz: float = 20.0,
        stale_s: float = 0.25,
        quiet_s: float = 0.5,
        clock_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._write = write
        self._period_s, self._stale_s, self._quiet_s = 1 / rate_hz, stale_s, quiet_s
        self._clock_s = clock_s
        self._wake = threading.Condition()
        self._twist, self._put_s = ZERO_TWIST, -1e9
        self._fresh = self._closing = False
        self.sent = Sent()
        self.code = 0
        """What the SDK said to the last command."""
        self._thread = threading.Thread(target=self._run, name="navila-sender", daemon=True)
        self._thread.start()

    def put(self, twist: Twist) -> None:
        """Leave a command; never blocks, whatever the link does."""
        with self._wake:
            if self._closing:
                return
            if self._fresh:
                self.sent = attrs.evolve(self.sent, overtaken=self.sent.overtaken + 1)
            self._twist, self._put_s, self._fresh = twist, self._clock_s(), True
            self._wake.notify()

    def close(self, patience_s: float = 1.0) -> None:
        """Send zero and end; a second call does nothing."""
        with self._wake:
            self._twist, self._fresh, self._closing = ZERO_TWIST, True, True
            self._wake.notify()
        self._thread.join(patience_s)

    def _run(self) -> None:
        while True:
            with self._wake:
                self._wake.wait_for(lambda: self._fresh, self._period_s)
                twist, closing, fresh = self._current(), self._closing, self._fresh
                silent = twist.is_zero and not fresh and self._clock_s() - self._put_s > self._quiet_s
                self._fresh = False
            if not silent:
                self._send(twist)
            if closing:
                return

    def _current(self) -> Twist:
        """Return the command, zeroed for good where nobody renewed it."""
        if not self._twist.is_zero and self._clock_s() - self._put_s > self._stale_s:
            self._twist, self._put_s = ZERO_TWIST, self._clock_s()
            self.sent = attrs.evolve(self.sent, expired=self.sent.expired + 1)
        return self._twist

    def _send(self, twist: Twist) -> None:
        self.code = self._write(twist)
        with self._wake:
            self.sent = attrs.evolve(
                self.sent, written=self.sent.written + 1, refused=self.sent.refused + (self.code != 0)
            )
