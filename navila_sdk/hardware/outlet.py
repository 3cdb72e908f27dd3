"""Where a twin's messages leave it: one topic, with the faults of a bad link."""

from __future__ import annotations

import collections
import copy
import time
from collections.abc import Callable
from typing import Any

from navila_sdk.hardware.faults import Faults

LINK_FAULTS = {
    "lost": (0.3, "part of the messages that never arrive, each way"),
    "late": (0.3, "seconds its messages come late"),
    "silent": (0.0, "it stops saying anything"),
    "frozen": (0.0, "it says the same again and again, with the same stamp"),
}
"""What every outlet knows: name, default value, meaning."""


class Outlet:
    """Publishes on a topic.

    Args:
        write: Sends a message.
        faults: What shall go wrong.
    """

    def __init__(self, write: Callable[[Any], object], faults: Faults) -> None:
        self._write, self._faults = write, faults
        self._waiting: collections.deque[tuple[float, Any]] = collections.deque()
        self._frozen: Any = None

    def put(self, message: Any) -> None:  # noqa: ANN401 - vendors' messages share no type
        """Publish a message, or let it meet its fault."""
        faults = self._faults
        if faults.on("silent") or faults.loses():
            return
        if faults.on("frozen"):
            self._frozen = message = copy.deepcopy(message) if self._frozen is None else self._frozen
        late_s = faults.value("late")
        if late_s is None and not self._waiting:
            self._write(message)
            return
        self._waiting.append((time.monotonic() + (late_s or 0.0), copy.deepcopy(message)))
        while self._waiting and self._waiting[0][0] <= time.monotonic():
            self._write(self._waiting.popleft()[1])
