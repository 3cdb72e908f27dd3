"""Habitat as a world: GLB scenes, motion on a navmesh, VLN-CE's discrete steps.

Only the record is here; habitat_sim is imported when a world is made.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from navila_sdk.world import WorldRecord, WorldRequest

if TYPE_CHECKING:
    from navila_habitat.driver import HabitatDriver
    from navila_sdk.embodiment import Camera

FIDELITIES = ("kinematic",)


def make(request: WorldRequest) -> HabitatDriver:
    """Return the embodiment as a driver in its scene.

    Raises:
        ConfigError: An unknown or unfit option.
        CapabilityError: A fidelity this world doesn't offer, or a scene with ground to climb.
        MissingDependencyError: habitat_sim isn't installed, or is of a version this plugin doesn't speak.
        RenderError: There is no OpenGL to draw with.
        SceneError: The scene isn't there, has no floor for this body, or the start lies off it.
        SimulatorBusyError: Another simulator is open in this process.
    """
    from navila_habitat.build import build

    return build(request, FIDELITIES)


def camera_of(of_body: Camera, options: Mapping[str, Any]) -> Camera:
    """Return what the world's options make of an embodiment's camera.

    Raises:
        ConfigError: An unknown or unfit option.
    """
    from navila_habitat.options import PATH, HabitatOptions
    from navila_sdk.strict import read_options

    return read_options(HabitatOptions, options, PATH).camera(of_body)


record = WorldRecord(
    name="habitat",
    make=make,
    fidelities=FIDELITIES,
    summary="habitat-sim 0.3: GLB scenes, motion on a navmesh, continuous or by VLN-CE's steps; from conda",
    navila_api="1",
    camera=camera_of,
)
