"""The seam: what the driver needs of a simulator, and what a simulator must know to be one.

On this side everything is NumPy, SI units and the scene's frame. Isaac stands on the other side (``sim``); the tests
put MuJoCo there, so that all of this runs on machines without a card.
"""

from __future__ import annotations

from typing import Protocol

import attrs
import numpy as np
from numpy.typing import NDArray

from navila_isaac.blocks import Lamp
from navila_isaac.cameras import CameraPlan
from navila_isaac.frames import Xyz
from navila_isaac.options import Rendering
from navila_isaac.places import Scan, Solids
from navila_isaac.rays import RayBundle
from navila_isaac.servos import RobotPlan
from navila_isaac.timing import Timing

Floats = NDArray[np.float64]


@attrs.frozen(slots=True)
class Figure:
    """What stands for a body that's moved, not walked: a box below its camera; nothing touches it.

    Attributes:
        size_m: Full extents.
        below_m: How far its middle lies below the base origin.
    """

    size_m: Xyz
    below_m: float


@attrs.frozen(slots=True, kw_only=True)
class WorldPlan:
    """A world to build.

    Attributes:
        timing: Its clocks.
        holds: What stands there.
        lamps: What lights it.
        body: The body: a robot that walks, or a figure that's moved.
        camera: The camera on its base.
        bundles: The rays on its base.
        device: Where physics and rays run.
        rendering: The renderer's preset.
        seed: Of everything random in the simulator.
        overview_px: Width and height of third-person pictures; None has no camera for them.
    """

    timing: Timing
    holds: Solids | Scan
    lamps: tuple[Lamp, ...]
    body: RobotPlan | Figure
    camera: CameraPlan
    bundles: tuple[RayBundle, ...]
    device: str
    rendering: Rendering
    seed: int
    overview_px: tuple[int, int] | None = None


@attrs.frozen(slots=True, eq=False)
class Reading:
    """A body at one moment.

    Attributes:
        position_m: (3,) the base origin.
        wxyz: (4,) its orientation.
        linear_mps: (3,) velocity of the base origin, in the base frame.
        angular_radps: (3,) in the base frame.
        joint_rad: (N,); empty for a figure.
        joint_radps: (N,).
        forces_n: (B, 3) net contact force on each link, in the scene's frame; (0, 3) for a figure.
    """

    position_m: Floats
    wxyz: Floats
    linear_mps: Floats
    angular_radps: Floats
    joint_rad: Floats
    joint_radps: Floats
    forces_n: Floats


class Simulator(Protocol):
    """One body in one place."""

    @property
    def joints(self) -> tuple[str, ...]:
        """Names of the body's joints, in the simulator's order; empty for a figure."""
        ...

    def read(self) -> Reading:
        """Return the body now."""
        ...

    def put(self, position_m: Floats, wxyz: Floats, joint_rad: Floats | None = None) -> None:
        """Put the base somewhere, at rest; with joint angles (N,) the joints as well, their targets included."""
        ...

    def target(self, joint_rad: Floats) -> None:
        """Set the servos' targets (N,), held until the next call."""
        ...

    def step(self) -> None:
        """Let one physics step pass."""
        ...

    def cast(self, name: str) -> Floats:
        """Cast a bundle of rays from where the base is now; return where they end (N, 3), infinite where nowhere."""
        ...

    def look(self) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
        """Return the camera's picture of this moment, uint8 (H, W, 3), and depth along the axis, float32 (H, W)."""
        ...

    def overview(self, eye_m: Xyz, target_m: Xyz) -> NDArray[np.uint8]:
        """Return a picture from a point towards another, uint8 (H, W, 3), of the size the plan asks for."""
        ...

    def close(self) -> None:
        """Let go of the world; the simulator may be used for another."""
        ...
