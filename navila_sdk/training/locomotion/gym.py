"""What a world must offer for training: many bodies at once, as arrays."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from navila_sdk.training.locomotion.mirror import Mirror
from navila_sdk.training.locomotion.recipe import Recipe


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
        levels: (N,) how hard each environment's terrain is, 0 to 1, as the curriculum has it; set it to take up a
            training.
        sums: Sum over steps of each reward term's mean, for logs; the learner clears it.
        backend: What its physics runs on, one of the names ``MakeGym`` takes; the policy's card tells.
    """

    count: int
    actions: int
    steps: int
    step_s: float
    levels: NDArray[np.float64]
    sums: dict[str, float]
    backend: str

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


class MakeGym(Protocol):
    """What a world's record names as its ``gym``."""

    def __call__(
        self,
        mjcf: str,
        recipe: Recipe,
        *,
        vision: bool,
        count: int,
        threads: int,
        seed: int,
        backend: str,
        device: str | None,
    ) -> Gym:
        """Return many copies of one body.

        Args:
            mjcf: Path of the robot's MJCF.
            recipe: What to learn.
            vision: Whether there is terrain, and a height map to see it with.
            count: Environments.
            threads: Processor threads for physics on processors.
            seed: Seed of everything random.
            backend: ``threads``, physics on processors; ``warp``, on a GPU by Warp; or ``auto``, a GPU where there is
                one.
            device: Where ``warp`` runs; its CUDA device where it's None.

        Raises:
            ConfigError: There is no such backend or device here.
            CapabilityError: The backend can't step this robot.
            MissingDependencyError: The backend isn't installed.
        """
        ...
