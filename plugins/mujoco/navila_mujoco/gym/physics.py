"""What the training environment asks of its physics: two modules answer, over processor threads and over Warp."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ids = NDArray[np.intp]

VARIED = (
    "geom_friction",
    "geom_pos",
    "actuator_gainprm",
    "actuator_biasprm",
    "body_mass",
    "dof_armature",
    "dof_damping",
)
"""Fields of the model that may differ between environments."""


class Physics(Protocol):
    """Many copies of one training body, each with parameters and terrain of its own.

    The arrays stay the same for good. What is written to the state counts from the next call on; after a call they hold
    what it computed. Sensors and torques after ``advance`` are of the state before its last substep, as after mj_step.

    Attributes:
        backend: ``threads`` or ``warp``, as users choose it.
        device: Where it computes, as its library names it.
        qpos: (N, nq) positions, to read and write.
        qvel: (N, nv) velocities, to read and write.
        ctrl: (N, nu) controls, to read and write.
        sensors: (N, nsensordata), to read.
        torque: (N, nu) force of each actuator, to read.
        lost: (N,) environments whose last ``advance`` isn't to be trusted, for they had more contacts than there is
            room for.
    """

    backend: str
    device: str
    qpos: Floats
    qvel: Floats
    ctrl: Floats
    sensors: Floats
    torque: Floats
    lost: NDArray[np.bool_]

    def vary(self, values: Mapping[str, Floats]) -> None:
        """Give the environments model fields of their own, and work out what the model derives from them.

        It comes before ``place``: the terrain's boxes, too, are then where the values have them.

        Args:
            values: Fields of ``VARIED``, each (N, ...) as in the model.
        """
        ...

    def place(self, ids: Ids, center: NDArray[np.floating], half: NDArray[np.floating]) -> None:
        """Move the terrain's boxes of some environments; it counts from the next call on.

        Args:
            ids: Environments (M,).
            center: Middles of their boxes (M, B, 3), m.
            half: Half their sides (M, B, 3), m.
        """
        ...

    def reset(self, ids: Ids) -> None:
        """Put some environments in the model's rest state, and forget what their solver remembers.

        Args:
            ids: Environments (M,).
        """
        ...

    def forward(self, ids: Ids) -> None:
        """Work out the sensors of some environments' positions; nothing moves, and the others' sensors stand.

        Args:
            ids: Environments (M,).
        """
        ...

    def advance(self, target: Floats, late: int) -> None:
        """Move all environments by one control period.

        Args:
            target: New controls of the policy's joints (N, J), rad.
            late: Substeps that pass with the old ones first.
        """
        ...
