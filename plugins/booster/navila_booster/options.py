"""The options of a T1's driver (``[driver]`` in the config), read strictly."""

from __future__ import annotations

import attrs

from navila_sdk.strict import within

PATH = "driver"


@attrs.frozen(slots=True, kw_only=True)
class DriverOptions:
    """What can be set about the link to a robot.

    Attributes:
        interface: Network interface the robot is on; ``lo`` for a twin on this computer.
        domain: DDS domain; robots are on 0.
        timeout_s: How long to wait for the robot at the start, and for each change of mode.
        send_hz: How often a command is repeated to the robot.
        stale_s: A command older than this becomes zero in the sender's own thread.
        guard: Whether a process of its own stops the robot where this one dies.
        camera: Where pictures come from: ``"vendor"`` (the robot's topic), or the URL of a JPEG (``http://...``).
        camera_topic: The topic of compressed pictures.
        camera_hz: How many pictures are taken per second.
        camera_stale_s: An older picture is none.
        stand_up: Whether the driver may stand the robot up and start its walking.
        least_battery: Charge in per cent below which nothing begins.
    """

    interface: str = ""
    domain: int = attrs.field(default=0, validator=within(0, 230))
    timeout_s: float = attrs.field(default=5.0, validator=within(0.5, 120.0))
    send_hz: float = attrs.field(default=20.0, validator=within(5.0, 100.0))
    stale_s: float = attrs.field(default=0.25, validator=within(0.05, 0.5))
    guard: bool = True
    camera: str = "vendor"
    camera_topic: str = "rt/booster/camera/color/image_raw/compressed"
    camera_hz: float = attrs.field(default=5.0, validator=within(0.5, 30.0))
    camera_stale_s: float = attrs.field(default=2.0, validator=within(0.1, 60.0))
    stand_up: bool = False
    least_battery: float = attrs.field(default=15.0, validator=within(0.0, 100.0))
