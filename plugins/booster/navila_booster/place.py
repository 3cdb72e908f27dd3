"""Where a robot is found: network interface and DDS domain, checked here, as the vendor's SDK never says it failed."""

from __future__ import annotations

import fcntl
import os
import socket
import struct

from navila_sdk.errors import RobotUnreachableError
from navila_sdk.hardware.claim import Claim, Presence
from navila_sdk.hardware.interfaces import check_interface
from navila_sdk.hardware.options import PATH

MIDDLEWARE = "Fast DDS 2"
_GET_ADDRESS = 0x8915  # SIOCGIFADDR


def address_of(interface: str) -> str:
    """Return an interface's IPv4 address.

    Raises:
        RobotUnreachableError: It has none.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        try:
            found = fcntl.ioctl(any_socket.fileno(), _GET_ADDRESS, struct.pack("256s", interface.encode()[:15]))
        except OSError as error:
            raise RobotUnreachableError(
                f"the interface {interface} has no IPv4 address ({error.strerror}); give it one in the "
                "robot's network, like 192.168.10.10/24"
            ) from None
    return socket.inet_ntoa(found[20:24])


def join(interface: str, domain: int, role: str, robot: str) -> tuple[Claim, str]:
    """Return this process's claim on a place, and the interface's address.

    Args:
        interface: Network interface.
        domain: DDS domain.
        role: "driver" or "twin".
        robot: The embodiment's name.

    Raises:
        ConfigError: There is no such interface.
        RobotUnreachableError: It has no address.
        RobotBusyError: Another process of this computer has the same role here.
    """
    check_interface(interface, f"{PATH}.interface")
    address = address_of(interface)
    mine = Presence(role=role, robot=robot, domain=domain, interface=interface, middleware=MIDDLEWARE, pid=os.getpid())
    return Claim(mine), address
