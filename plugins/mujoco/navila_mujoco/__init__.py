"""The default world of navila_sdk: ray-cast camera and LiDAR, kinematic bodies, in MuJoCo without GL.

Only the record is here; MuJoCo is imported when a world is made.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from navila_sdk.world import WorldRecord, WorldRequest

if TYPE_CHECKING:
    from navila_mujoco.driver import KinematicDriver

FIDELITIES = ("kinematic",)


def make(request: WorldRequest) -> KinematicDriver:
    """Return the embodiment as a driver in its scene.

    Raises:
        ConfigError: An unknown or unfit option, or a fidelity this world doesn't offer.
        SceneError: The scene can't be built, or the robot would start inside an obstacle.
        UnknownNameError: No scene of that name.
        MissingDependencyError: The option ``renderer = "gl"`` without its package.
    """
    from navila_mujoco.build import build

    return build(request, FIDELITIES)


record = WorldRecord(
    name="mujoco",
    make=make,
    fidelities=FIDELITIES,
    summary="ray-cast camera and LiDAR, kinematic bodies; needs no graphics card",
    navila_api="1",
)
