"""What makes a body move by a world step: the contract, and what both ways of moving share."""

from __future__ import annotations

from typing import Protocol

import attrs
import numpy as np
from numpy.typing import NDArray

from navila_sdk.geometry import Pose2, Twist

Floats = NDArray[np.float64]

CONTACT_N = 1.0
"""What counts as touching: Isaac Lab's and legged-loco's threshold for undesired contacts."""
_SLIP = 1.2
"""Soles push sideways with at most the friction coefficient times what they carry, which is 1; a wall pushes more."""


@attrs.frozen(slots=True)
class Moved:
    """How a step went.

    Attributes:
        twist: Velocity in the heading frame.
        touching: Whether the body touches something that isn't floor.
        tilt_rad: Angle between the body's up axis and gravity's.
    """

    twist: Twist
    touching: bool
    tilt_rad: float


class Mover(Protocol):
    """Moves a body."""

    def place(self, pose: Pose2) -> None:
        """Put the body, at rest, at a pose."""
        ...

    def step(self, command: Twist, time_s: float) -> Moved:
        """Move the body by a world step.

        Args:
            command: Velocity asked.
            time_s: On the robot's clock, before the step.
        """
        ...


def touching(forces_n: Floats) -> bool:
    """Whether any link is pushed from the side harder than a sole on the floor could be; forces (B, 3)."""
    sideways = np.hypot(forces_n[:, 0], forces_n[:, 1])
    return bool(((sideways > CONTACT_N) & (sideways > _SLIP * np.abs(forces_n[:, 2]))).any())
