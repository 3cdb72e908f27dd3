"""Onto the robot's DDS domain: the interface checked, the versions checked, the vendor's factory made once.

The vendor's factory is one per process and ignores whoever asks for another domain later; that is an error here.
"""

from __future__ import annotations

import atexit
import os
import threading
import weakref
from typing import Any, Protocol, cast

import attrs

from navila_sdk.errors import ConfigError, RobotError, RobotUnreachableError
from navila_sdk.hardware.claim import Claim, Presence
from navila_sdk.hardware.interfaces import LOOPBACK, check_interface
from navila_unitree import sdk

MAX_DOMAIN = 230
# No trace file in a shared folder, and room for more processes than the vendor's settings leave on loopback.
_XML = """<?xml version="1.0" encoding="UTF-8" ?>
<CycloneDDS><Domain Id="any">
<General><Interfaces>
<NetworkInterface name="$__IF_NAME__$" priority="default" multicast="default"/>
</Interfaces></General>
<Discovery>
<ParticipantIndex>auto</ParticipantIndex><MaxAutoParticipantIndex>60</MaxAutoParticipantIndex>PEERS
</Discovery>
<Tracing><Verbosity>none</Verbosity></Tracing>
</Domain></CycloneDDS>"""
_PEERS = '<Peers><Peer address="127.0.0.1"/></Peers>'

_lock = threading.Lock()
_joined: dict[str, Any] = {}


class _Closing(Protocol):
    def close(self) -> None: ...


_open: weakref.WeakSet[_Closing] = weakref.WeakSet()


def close_at_exit(thing: _Closing) -> None:
    """Close something before this process leaves the domain at its end."""
    _open.add(thing)


def _leave() -> None:
    """Leave the domain while the interpreter still lives.

    A message that arrives later would end its DDS thread in the middle of a callback, with DDS's locks held, and the
    process would wait for that thread for ever.
    """
    for thing in list(_open):
        thing.close()
    participant: Any = _joined.pop("participant", None)
    if participant is None:
        return
    # The SDK's clients and servers can't be closed; their readers go with the participant, silenced first.
    channel: Any = _joined["channel"]
    entities = cast("dict[int, Any]", participant._entities)
    for entity in tuple(entities.values()):
        if isinstance(entity, (channel.DataReader, channel.DataWriter)):
            entity.set_listener(None)
    participant.__del__()


@attrs.frozen(slots=True)
class Place:
    """Where a robot is found: network interface and DDS domain."""

    interface: str
    domain: int


def join(place: Place, role: str, robot: str) -> Claim:
    """Put this process on the robot's domain.

    Args:
        place: Where.
        role: "driver" or "twin".
        robot: The embodiment's name.

    Raises:
        ConfigError: The interface or domain can't be, or this process is on another one already.
        MissingDependencyError: The SDK is missing, or installed by half.
        RobotError: CycloneDDS is of a version the robot doesn't speak.
        RobotBusyError: Another process of this computer has the same role here.
        RobotUnreachableError: The interface can't be used.
    """
    check_interface(place.interface, "driver.interface")
    if not 0 <= place.domain <= MAX_DOMAIN:
        raise ConfigError(f"driver.domain: a DDS domain is 0 to {MAX_DOMAIN}; got {place.domain}")
    version = sdk.cyclonedds_version()
    if place.interface not in LOOPBACK and not sdk.speaks_to_robots():
        raise RobotError(
            f"CycloneDDS {version} doesn't speak to robots, whose firmware has 0.10: a rehearsal on lo works with it, "
            f"{place.interface} doesn't; {sdk.HOW_TO_INSTALL}"
        )
    mine = Presence(
        role=role,
        robot=robot,
        domain=place.domain,
        interface=place.interface,
        middleware=f"CycloneDDS {version}",
        pid=os.getpid(),
    )
    claim = Claim(mine)
    try:
        _initialize(place)
    except BaseException:
        claim.release()
        raise
    return claim


def enter(place: Place) -> None:
    """Put this process on a domain without claiming a role there: for helpers of a driver.

    Raises:
        RobotError: As ``join`` lists.
    """
    _initialize(place)


def _initialize(place: Place) -> None:
    channel = sdk.module("core.channel")
    with _lock:
        before = _joined.get("place")
        if before is not None:
            if before != place:
                raise ConfigError(
                    f"this process is on domain {before.domain} of {before.interface} already, and the vendor's SDK "
                    f"allows one per process; start another process for domain {place.domain} of {place.interface}"
                )
            return
        channel.ChannelConfigHasInterface = _XML.replace("PEERS", _PEERS if place.interface in LOOPBACK else "")
        try:
            channel.ChannelFactoryInitialize(place.domain, place.interface)
        # The SDK raises a bare Exception, and prints the reason.
        except Exception as error:
            raise RobotUnreachableError(
                f"DDS can't use {place.interface} (domain {place.domain}): {error}; see that the interface is up and "
                "has an address (a Go2 wants 192.168.123.99/24)"
            ) from error
        _joined["place"] = place
        _joined["channel"] = channel
        _joined["participant"] = channel.ChannelFactory()._ChannelFactory__participant
        atexit.register(_leave)
