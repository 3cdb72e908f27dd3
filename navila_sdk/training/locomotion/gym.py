"""What a world must offer for training: many bodies at once, as arrays."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from navila_sdk.training.locomotion.mirror import Mirror


class GymStep(Protocol):
    """What a step gives back, arrays over environments (N,)."""

    @property
    def observations(self) -> dict[str, NDArray[np.float32]]:
        """``policy`` and ``critic``, float32 (N, ...)."""
        ...

    @property
    def reward(self) -> NDArray[np.float32]:
        """Reward of the step."""
        ...

    @property
    def ended(self) -> NDArray[np.bool_]:
        """Whether the episode is over; the observation is then the next one's first."""
        ...

    @property
    def timed_out(self) -> NDArray[np.bool_]:
        """Whether it's over because of its length only."""
        ...


class Gym(Protocol):
    """Many copies of one body.

    Attributes:
        count: Environments N.
        actions: Joints the policy moves.
        steps: Environment steps done; set it to take up a training.
        step_s: Control period.
        sums: Sum over steps of each reward term's mean, for logs; the learner clears it.
    """

    count: int
    actions: int
    steps: int
    step_s: float
    sums: dict[str, float]

    def observe(self) -> dict[str, NDArray[np.float32]]:
        """Return the observations now."""
        ...

    def step(self, action: NDArray[np.float32]) -> GymStep:
        """Move every environment by one control period."""
        ...

    def mirrors(self) -> dict[str, Mirror]:
        """Return the mirrors of ``policy``, ``critic`` and ``action``."""
        ...

    def status(self) -> dict[str, float]:
        """Return numbers for the log, such as the curriculum's level."""
        ...
