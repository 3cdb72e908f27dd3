"""How a twin of these robots begins: its options, its faults, and its place on the domain."""

from __future__ import annotations

from navila_sdk.hardware.claim import Claim
from navila_sdk.hardware.options import twin_options
from navila_sdk.twin import TwinRequest
from navila_unitree import domain
from navila_unitree.options import DriverOptions
from navila_unitree.twin.faults import Faults
from navila_unitree.twin.options import TwinOptions


def begin(request: TwinRequest) -> tuple[TwinOptions, Faults, Claim]:
    """Return a twin's options and faults, and its claim on the domain this process is on now.

    Raises:
        ConfigError: An option or a fault isn't known.
        MissingDependencyError: The vendor's SDK is missing, or installed by half.
        RobotError: Another twin or another CycloneDDS is there already.
    """
    options = twin_options(TwinOptions, DriverOptions, request.options)
    faults = Faults(request.faults, request.tell)
    place = domain.Place(options.interface, options.domain)
    return options, faults, domain.join(place, "twin", request.embodiment.name)
