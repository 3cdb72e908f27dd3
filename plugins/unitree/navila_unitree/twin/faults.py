"""What can go wrong with a twin, and when."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from typing import Any

from navila_sdk.errors import ConfigError
from navila_sdk.strict import suggestion
from navila_sdk.twin import Fault

KNOWN = {
    "lost": (0.3, "part of the messages that never arrive, each way"),
    "late": (0.3, "seconds its messages come late"),
    "silent": (0.0, "it stops saying anything"),
    "frozen": (0.0, "it says the same again and again, with the same stamp"),
    "wrong-mode": (0.0, "it's damped, its joints limp, and won't stand up"),
    "lying": (0.0, "it lies, and stands up when asked"),
    "locked": (0.0, "it stands with locked joints"),
    "service-gone": (0.0, "its motion service doesn't answer and doesn't move"),
    "code": (3203.0, "its motion service answers everything with this code"),
    "battery": (5.0, "charge in per cent"),
    "fall": (1.3, "it falls over, to this tilt in radians"),
    "odometry-jump": (2.0, "metres its odometry jumps ahead"),
    "odometry-nan": (0.0, "its odometry is NaN"),
    "camera-gone": (0.0, "its camera doesn't answer"),
    "camera-black": (0.0, "its pictures are black"),
    "lidar-gone": (0.0, "its LiDAR is silent"),
    "lidar-nan": (0.0, "its LiDAR gives NaN"),
}
"""Name, default value, meaning."""


class Faults:
    """The faults asked for; those with a time begin that long after the first motion command.

    Args:
        faults: As they were asked for.
        tell: Called when one begins that has a time.

    Raises:
        ConfigError: One isn't known.
    """

    def __init__(self, faults: tuple[Fault, ...], tell: Callable[[str, dict[str, Any]], None]) -> None:
        self._tell = tell
        for fault in faults:
            if fault.name not in KNOWN:
                raise ConfigError(
                    f"there is no fault {fault.name!r:.40}{suggestion(fault.name, KNOWN)}; known: {', '.join(KNOWN)}"
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
        return KNOWN[name][0] if fault.value is None else fault.value

    def on(self, name: str) -> bool:
        """Return whether a fault is there now."""
        return self.value(name) is not None

    def loses(self) -> bool:
        """Return whether the next message is lost."""
        part = self.value("lost")
        return part is not None and self._dice.random() < part
