"""The network interface a robot is on, checked before vendors' software: not all of it says when it fails."""

from __future__ import annotations

import socket

from navila_sdk.errors import ConfigError

LOOPBACK = ("lo", "lo0")


def check_interface(name: str, field: str) -> None:
    """Refuse an interface this computer hasn't got.

    Args:
        name: As the user wrote it.
        field: Where, for the message: ``driver.interface``.

    Raises:
        ConfigError: Lists those it has.
    """
    known = [found for _, found in socket.if_nameindex()]
    if name not in known:
        hint = "set it to the one the robot is plugged into, or lo for a twin"
        what = f"there is no network interface {name!r:.40}" if name else "no network interface is given"
        raise ConfigError(f"{field}: {what}; this computer has: {', '.join(known)}; {hint}")
