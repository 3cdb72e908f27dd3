"""The default world of navila_sdk: ray-cast camera and LiDAR, kinematic or walking bodies, in MuJoCo without GL.

Only the record is here; MuJoCo is imported when a world is made.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from navila_sdk.world import WorldRecord, WorldRequest

if TYPE_CHECKING:
    from navila_mujoco.scene_driver import SceneDriver
    from navila_sdk.embodiment import Camera

FIDELITIES = ("kinematic", "physics")


def make(request: WorldRequest) -> SceneDriver:
    """Return the embodiment as a driver in its scene.

    Raises:
        ConfigError: An unknown or unfit option, or a fidelity this world doesn't offer.
        SceneError: The scene can't be built, or the robot would start inside an obstacle.
        UnknownNameError: No scene of that name.
        MissingDependencyError: The option ``renderer = "gl"`` without its package.
    """
    from navila_mujoco.build import build

    return build(request, FIDELITIES)


def camera_of(of_body: Camera, options: Mapping[str, Any]) -> Camera:
    """Return what the world's options make of an embodiment's camera: pictures of another size.

    Raises:
        ConfigError: An unknown or unfit option.
    """
    from navila_mujoco.options import PATH, WorldOptions
    from navila_sdk.strict import read_options

    size_px = read_options(WorldOptions, options, PATH).picture_px
    return of_body.sized(*size_px) if size_px else of_body


record = WorldRecord(
    name="mujoco",
    make=make,
    fidelities=FIDELITIES,
    gym="navila_mujoco.gym.env:LeggedGym",
    summary="ray-cast camera and LiDAR, kinematic or walking bodies; needs no graphics card",
    navila_api="1",
    camera=camera_of,
)
