"""The vendor's SDK, imported when it's needed, and blamed by name where it can't be."""

from __future__ import annotations

import functools
import importlib
import threading
from typing import Any

import attrs

from navila_sdk.errors import ConfigError, MissingDependencyError

PACKAGE = "booster_robotics_sdk_python"
HOW_TO_INSTALL = (
    "pip install booster_robotics_sdk_python==1.6.3 (Linux with glibc 2.34 or newer, on x86-64 or arm64; docs/real.md)"
)
_NEEDED = ("ChannelFactory", "B1LocoClient", "B1LowStateSubscriber", "B1OdometerStateSubscriber")
_lock = threading.Lock()
_joined: list[Place] = []


@attrs.frozen(slots=True)
class Place:
    """Where a robot is found: the address of this computer's interface, and a DDS domain."""

    address: str
    domain: int


@functools.cache
def sdk() -> Any:  # noqa: ANN401 - the SDK publishes no types
    """Return the vendor's module.

    Raises:
        MissingDependencyError: It's missing, or installed by half.
    """
    try:
        found = importlib.import_module(PACKAGE)
    except ModuleNotFoundError as error:
        if error.name == PACKAGE:
            raise MissingDependencyError(f"the package '{PACKAGE}' isn't installed; {HOW_TO_INSTALL}") from None
        raise _by_half(f"importing it failed with {error}") from error
    # A native library fails in ways of its own: another glibc, another processor, a file that is missing.
    except Exception as error:
        raise _by_half(f"importing it failed with {type(error).__name__}: {error}") from error
    lacking = [name for name in _NEEDED if not hasattr(found, name)]
    if lacking:
        raise _by_half(f"it has no {', '.join(lacking)}")
    return found


def enter(place: Place) -> None:
    """Put this process on a domain; the SDK allows one per process, and never says that it failed.

    Raises:
        MissingDependencyError: The SDK is missing, or installed by half.
        ConfigError: This process is on another domain already.
    """
    vendor = sdk()
    with _lock:
        if _joined and _joined[0] != place:
            raise ConfigError(
                f"this process is on domain {_joined[0].domain} of {_joined[0].address} already, and the vendor's SDK "
                f"allows one per process; start another process for domain {place.domain} of {place.address}"
            )
        if not _joined:
            vendor.ChannelFactory.Instance().Init(place.domain, place.address)
            _joined.append(place)


def _by_half(why: str) -> MissingDependencyError:
    said = " ".join(why.split())[:200]
    return MissingDependencyError(f"the vendor's SDK '{PACKAGE}' is installed by half: {said}; {HOW_TO_INSTALL}")
