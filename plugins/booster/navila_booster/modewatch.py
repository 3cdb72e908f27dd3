"""The robot's mode, asked for again and again on a thread of its own, as an answer may take seconds."""

from __future__ import annotations

import threading
import time

from navila_booster.codes import UNREACHABLE
from navila_booster.legs import Legs
from navila_booster.modes import UNANSWERED

ASK_HZ = 10.0
LONGEST_CALL_S = 6.0
SILENT_S = 0.8
"""A service that doesn't say its mode for so long doesn't answer."""


class ModeWatch:
    """Keeps the mode fresh.

    Args:
        legs: A client of the watch's own.
        first: The mode now.
    """

    def __init__(self, legs: Legs, first: int) -> None:
        self._legs = legs
        self._said, self._at_s = first, time.monotonic()
        self.refusal = 0
        """The code of a service that answers, and refuses; 0 where it doesn't."""
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._run, name="navila-mode", daemon=True)
        self._thread.start()

    @property
    def mode(self) -> int:
        """The mode's number; UNANSWERED where the robot hasn't said it lately."""
        return self._said if time.monotonic() - self._at_s < SILENT_S else UNANSWERED

    def close(self) -> None:
        """Stop asking, and wait for the call under way: one second, or five where the service has left."""
        # A thread that comes back from the SDK after the interpreter's end aborts the process.
        self._done.set()
        self._thread.join(timeout=LONGEST_CALL_S)

    def _run(self) -> None:
        while not self._done.wait(1 / ASK_HZ):
            code, mode = self._legs.mode()
            if code not in UNREACHABLE:
                self.refusal, self._at_s = code, time.monotonic()
                self._said = self._said if code else mode
