"""What can go wrong with a T1's twin."""

from __future__ import annotations

from navila_sdk.hardware.faults import BODY_FAULTS
from navila_sdk.hardware.outlet import LINK_FAULTS

KNOWN = {
    **LINK_FAULTS,
    "frozen": (0.0, "it says the same again and again, bit by bit"),
    "wrong-mode": (0.0, "it's damped, its joints limp, and won't change its mode"),
    "lying": (0.0, "it's damped, and stands up when asked"),
    "locked": (0.0, "it stands with locked joints, and walks when asked"),
    "service-gone": (0.0, "its motion service doesn't answer and doesn't move"),
    "code": (501.0, "its motion service answers everything with this code, and doesn't move"),
    "battery": (5.0, "charge in per cent"),
    **BODY_FAULTS,
    "camera-gone": (0.0, "its camera sends nothing"),
    "camera-black": (0.0, "its pictures are black"),
}
"""Name, default value, meaning."""
