"""The world ``real``: the robot itself, by the driver its embodiment record names.

Nothing here knows a vendor; options come from ``[driver]`` and are the driver's own.
"""

from __future__ import annotations

import attrs

from navila_sdk.errors import CapabilityError, ConfigError, PluginLoadError
from navila_sdk.world import Driver, WorldRecord, WorldRequest
from navila_sdk.worlds.named import named

FIDELITIES = ("hardware",)


def make(request: WorldRequest) -> Driver:
    """Return the driver of the real robot, connected.

    Raises:
        CapabilityError: The embodiment has no driver, or a fidelity of a simulator was asked for.
        ConfigError: A locomotion policy was asked for: the robot walks by its own controller.
        MissingDependencyError: The vendor's software isn't installed.
        RobotError: The robot can't be reached, refuses, or is driven by someone else.
    """
    body = request.embodiment
    if request.fidelity not in (None, *FIDELITIES):
        raise CapabilityError(
            f"the world 'real' has no fidelity {request.fidelity!r:.60}; it offers: {', '.join(FIDELITIES)}"
        )
    if request.locomotion is not None:
        raise ConfigError(
            f"locomotion {request.locomotion!r:.60} was asked for, and in the world 'real' {body.name} walks by its "
            "own controller; leave locomotion out"
        )
    if body.driver is None:
        raise CapabilityError(
            f"{body.name} has no driver for the real robot: its record's field 'driver' names none; "
            "choose another world"
        )
    connect = named(body.driver, f"the driver of {body.name}")
    driver = connect(attrs.evolve(request, options={**request.driver, **request.options}))
    if not isinstance(driver, Driver):
        raise PluginLoadError(f"the driver of {body.name} ({body.driver}) made a {type(driver).__name__}, no Driver")
    return driver


record = WorldRecord(
    name="real",
    make=make,
    fidelities=FIDELITIES,
    summary="the robot itself, by its maker's software",
    navila_api="1",
)
