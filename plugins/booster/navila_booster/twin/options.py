"""What can be set about a T1's twin (``[driver]`` in the config, as its driver's)."""

from __future__ import annotations

import attrs

from navila_sdk.strict import within


@attrs.frozen(slots=True, kw_only=True)
class TwinOptions:
    """The twin's options.

    Attributes:
        interface: Network interface to answer on.
        domain: DDS domain.
        low_hz: Rate of the low-level state.
        camera_hz: Pictures per second.
        lens_px: Width of its pictures; the real ones are larger, and take a simulator longer.
        hold_s: How long a velocity holds. Booster doesn't say that one ever expires, so the twin takes the worst case.
        change_s: How long a change of mode takes.
    """

    interface: str = "lo"
    domain: int = attrs.field(default=0, validator=within(0, 230))
    low_hz: float = attrs.field(default=200.0, validator=within(1.0, 1000.0))
    camera_hz: float = attrs.field(default=5.0, validator=within(0.5, 60.0))
    lens_px: int = attrs.field(default=320, validator=within(64, 1280))
    hold_s: float = attrs.field(default=3600.0, validator=within(0.05, 3600.0))
    change_s: float = attrs.field(default=0.5, validator=within(0.0, 20.0))
