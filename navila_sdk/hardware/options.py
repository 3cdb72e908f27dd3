"""What can be set about the link to any real robot (``[driver]`` in the config); plugins add what is the vendor's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

import attrs

from navila_sdk.strict import read_options, within

PATH = "driver"
Options = TypeVar("Options")


@attrs.frozen(slots=True, kw_only=True)
class LinkOptions:
    """What every driver's options begin with.

    Attributes:
        interface: Network interface the robot is on; ``lo`` for a twin on this computer.
        domain: DDS domain; robots are on 0.
        timeout_s: How long to wait for the robot at the start, and for each change of its mode.
        send_hz: How often a command is repeated to the robot.
        stale_s: A command older than this becomes zero in the sender's own thread.
        guard: Whether a process of its own stops the robot where this one can't any more.
        camera: Where pictures come from: ``"vendor"`` (the robot's own), or the URL of a JPEG (``http://...``).
        camera_hz: How many pictures are taken per second.
        camera_stale_s: An older picture is none.
        stand_up: Whether the driver may stand the robot up at the start, and make it walk.
        least_battery: Charge in per cent below which nothing begins.
    """

    interface: str = ""
    domain: int = attrs.field(default=0, validator=within(0, 230))
    timeout_s: float = attrs.field(default=5.0, validator=within(0.5, 120.0))
    send_hz: float = attrs.field(default=20.0, validator=within(5.0, 100.0))
    stale_s: float = attrs.field(default=0.25, validator=within(0.05, 0.5))
    guard: bool = True
    camera: str = "vendor"
    camera_hz: float = attrs.field(default=5.0, validator=within(0.5, 30.0))
    camera_stale_s: float = attrs.field(default=2.0, validator=within(0.1, 60.0))
    stand_up: bool = False
    least_battery: float = attrs.field(default=15.0, validator=within(0.0, 100.0))


def twin_options(cls: type[Options], driver: type[LinkOptions], given: Mapping[str, Any]) -> Options:
    """Return a twin's options. They stand in one table with its driver's, which it passes over.

    Args:
        cls: attrs class of the twin's options.
        driver: The options its driver has.
        given: As they stand in the configuration.

    Raises:
        ConfigError: One is neither's, or doesn't fit.
    """
    mine = {field.name for field in attrs.fields(attrs.resolve_types(cls))}
    others = {field.name for field in attrs.fields(driver)} - mine
    return read_options(cls, {name: value for name, value in given.items() if name not in others}, PATH)
