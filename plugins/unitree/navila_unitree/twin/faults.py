"""What can go wrong with a twin of these robots."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from navila_sdk.hardware import faults as shared
from navila_sdk.hardware.faults import BODY_FAULTS
from navila_sdk.hardware.outlet import LINK_FAULTS
from navila_sdk.twin import Fault

KNOWN = {
    **LINK_FAULTS,
    "wrong-mode": (0.0, "it's damped, its joints limp, and won't stand up"),
    "lying": (0.0, "it lies, and stands up when asked"),
    "locked": (0.0, "it stands with locked joints"),
    "service-gone": (0.0, "its motion service doesn't answer and doesn't move"),
    "code": (3203.0, "its motion service answers everything with this code"),
    "holds-on": (1e9, "its motion service refuses so often to let go of the joints"),
    "battery": (5.0, "charge in per cent"),
    **BODY_FAULTS,
    "camera-gone": (0.0, "its camera doesn't answer"),
    "camera-black": (0.0, "its pictures are black"),
    "camera-frozen": (0.0, "its camera gives one picture again and again"),
    "lidar-gone": (0.0, "its LiDAR is silent"),
    "lidar-nan": (0.0, "its LiDAR gives NaN"),
}
"""Name, default value, meaning."""


class Faults(shared.Faults):
    """The faults asked for, of those these twins know.

    Args:
        faults: As they were asked for.
        tell: Called when one begins that has a time.

    Raises:
        ConfigError: One isn't known.
    """

    def __init__(self, faults: tuple[Fault, ...], tell: Callable[[str, dict[str, Any]], None]) -> None:
        super().__init__(faults, tell, KNOWN)
