"""The world ``isaac``: bodies in Isaac Lab 2.3, walked by the SDK's own policy cards or moved as told.

Only the record is here. Isaac is looked for, started and imported when a world is made.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from navila_sdk.world import WorldRecord, WorldRequest

if TYPE_CHECKING:
    from navila_isaac.driver import IsaacDriver
    from navila_sdk.embodiment import Camera

FIDELITIES = ("physics", "kinematic")


def make(request: WorldRequest) -> IsaacDriver:
    """Return the embodiment as a driver in its scene.

    Raises:
        ConfigError: An unknown or unfit option.
        CapabilityError: A fidelity this world doesn't offer, or a body without legs to walk with.
        SceneError: The scene's file is missing or of another kind, or its start isn't known.
        UnknownNameError: No scene of that name.
        PolicyError: The policy doesn't fit the body, or runs at a rate that physics steps can't make up.
        MissingDependencyError: Isaac Lab isn't installed, or another version of it or of Python is.
        NoGpuError: This machine has no NVIDIA card.
        WorldBusyError: This process has a world open already.
    """
    from navila_isaac.build import build

    return build(request)


def camera_of(of_body: Camera, options: Mapping[str, Any]) -> Camera:
    """Return what the world's options make of an embodiment's camera: pictures of another size.

    Raises:
        ConfigError: An unknown or unfit option.
    """
    from navila_isaac.options import PATH, WorldOptions
    from navila_sdk.strict import read_options

    size_px = read_options(WorldOptions, options, PATH).picture_px
    return of_body.sized(*size_px) if size_px else of_body


record = WorldRecord(
    name="isaac",
    make=make,
    fidelities=FIDELITIES,
    summary="Isaac Lab 2.3: legs in PhysX, RTX pictures, Matterport scans; needs an RTX card",
    navila_api="1",
    camera=camera_of,
)
