"""What can go wrong with a twin, and when."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from navila_sdk.errors import ConfigError
from navila_sdk.strict import suggestion
from navila_sdk.twin import Fault

BODY_FAULTS = {
    "fall": (1.3, "it falls over, to this tilt in radians"),
    "odometry-jump": (2.0, "metres its odometry jumps ahead"),
    "odometry-nan": (0.0, "its odometry is NaN"),
}
"""What every twin's body knows (``navila_sdk.hardware.twin_body``): name, default value, meaning."""


class Faults:
    """The faults asked for; those with a time begin that long after the first motion command.

    Args:
        faults: As they were asked for.
        tell: Called when one begins that has a time.
        known: What this twin can do: name, default value, meaning.

    Raises:
        ConfigError: One isn't known.
    """

    def __init__(
        self,
        faults: tuple[Fault, ...],
        tell: Callable[[str, dict[str, Any]], None],
        known: Mapping[str, tuple[float, str]] = BODY_FAULTS,
    ) -> None:
        self._tell, self._known = tell, known
        for fault in faults:
            if fault.name not in known:
                raise ConfigError(
                    f"there is no fault {fault.name!r:.40}{suggestion(fault.name, known)}; known: {', '.join(known)}"
                )
        self._faults = {fault.name: fault for fault in faults}
        self._begun_s: float | None = None
        self._lock = threading.Lock()
        self._dice = random.Random(0)

    def begin(self) -> None:
        """Note the first motion command; later ones change nothing."""
        with self._lock:
            first = self._begun_s is None
            if first:
                self._begun_s = time.monotonic()
        for fault in self._faults.values() if first else ():
            timer = threading.Timer(fault.after_s, self._tell, ("fault", {"name": fault.name}))
            timer.daemon = True
            timer.start()

    def value(self, name: str) -> float | None:
        """Return how bad a fault is now; None while it isn't there."""
        fault = self._faults.get(name)
        if fault is None:
            return None
        if fault.after_s > 0 and (self._begun_s is None or time.monotonic() - self._begun_s < fault.after_s):
            return None
        return self._known[name][0] if fault.value is None else fault.value

    def on(self, name: str) -> bool:
        """Return whether a fault is there now."""
        return self.value(name) is not None

    def loses(self) -> bool:
        """Return whether the next message is lost."""
        part = self.value("lost")
        return part is not None and self._dice.random() < part
