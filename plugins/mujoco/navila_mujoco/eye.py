"""What the driver needs of a renderer."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from navila_sdk.geometry import Pose2


class Eye(Protocol):
    """Makes the robot's camera pictures."""

    def capture(self, pose: Pose2, lift_m: float = 0.0) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
        """Return the picture, uint8 (H, W, 3), and depth in metres, float32 (H, W), seen from a base pose.

        Args:
            pose: Where the base is.
            lift_m: Height of the ground it stands on over the floor.
        """
        ...

    def close(self) -> None:
        """Let go of what the renderer holds."""
        ...
