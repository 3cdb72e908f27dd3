"""What can be set about a twin (``[driver]`` in the config, as its driver's)."""

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
        cloud_hz: Rate of the LiDAR's cloud.
        map_hz: Rate of the height map, of robots that make one.
        camera_hz: Pictures per second at most.
        lens_px: Width of the camera's pictures; the real one's are larger, and take a simulator longer.
        hangs_s: How long a robot that starts hanging is held once its joints are stiff.
    """

    interface: str = "lo"
    domain: int = attrs.field(default=0, validator=within(0, 230))
    low_hz: float = attrs.field(default=500.0, validator=within(1.0, 1000.0))
    cloud_hz: float = attrs.field(default=10.0, validator=within(0.5, 50.0))
    map_hz: float = attrs.field(default=10.0, validator=within(0.5, 50.0))
    camera_hz: float = attrs.field(default=10.0, validator=within(0.5, 60.0))
    lens_px: int = attrs.field(default=320, validator=within(64, 1280))
    hangs_s: float = attrs.field(default=3.5, validator=within(0.0, 60.0))
