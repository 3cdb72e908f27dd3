"""How long a physics step, a control period and a world step are, and how they nest."""

from __future__ import annotations

import attrs

from navila_isaac.faults import RateError
from navila_isaac.options import PATH, WorldOptions
from navila_sdk.locomotion.policy import Policy

_EPSILON_S = 1e-9


@attrs.frozen(slots=True)
class Timing:
    """The clocks of a world.

    Attributes:
        physics_s: Length of a physics step.
        substeps: Physics steps in a world step: Isaac Lab's decimation.
    """

    physics_s: float
    substeps: int

    @property
    def step_s(self) -> float:
        """Length of a world step; of a control period too, where a policy walks."""
        return self.physics_s * self.substeps


def timing_of(options: WorldOptions, policy: Policy | None) -> Timing:
    """Return the clocks that the options ask for and the policy can run on.

    Raises:
        RateError: The policy's period isn't the world's step, or the step no whole number of physics steps.
    """
    substeps = round(options.step_s / options.physics_s)
    whole = substeps >= 1 and abs(substeps * options.physics_s - options.step_s) < _EPSILON_S
    if policy is not None and abs(options.step_s - 1 / policy.card.rate_hz) > _EPSILON_S:
        raise RateError(
            f"{policy.path}: the policy runs every {1 / policy.card.rate_hz:g} s, and {PATH}.step_s is "
            f"{options.step_s:g} s; set {PATH}.step_s to the policy's"
        )
    if not whole:
        raise RateError(
            f"{PATH}.step_s is {options.step_s:g} s, which is no whole number of physics steps of "
            f"{options.physics_s:g} s; change {PATH}.physics_s"
        )
    return Timing(options.physics_s, substeps)
