"""What reinforcement fine-tuning is set by."""

from __future__ import annotations

import attrs

from navila_sdk.strict import within
from navila_sdk.training.rft.rewards import GAMMA, Weighting


@attrs.frozen(slots=True, kw_only=True)
class RftSettings:
    """Settings of GRPO (DeepSeekMath, arXiv 2402.03300) with VLN-R1's time-decayed reward.

    Attributes:
        steps: Updates.
        prompts: Situations of an update.
        group: Plans drawn in each.
        horizon: Actions of a plan.
        rate: Learning rate.
        clip: How far a probability may move within an update's passes, as a share.
        kl: What straying from the model at the beginning costs.
        passes: Passes over an update's plans.
        temperature: Of the draws.
        weighting: How later actions count; see ``rewards.step_weights``.
        gamma: For ``exponential``.
        norm: Largest gradient norm.
        seed: Of all draws.
        save_every: Updates between two states.
    """

    steps: int = attrs.field(default=200, validator=within(1, 10_000_000))
    prompts: int = attrs.field(default=8, validator=within(1, 1024))
    group: int = attrs.field(default=8, validator=within(2, 256))
    horizon: int = attrs.field(default=6, validator=within(1, 16))
    rate: float = attrs.field(default=2e-5, validator=within(1e-9, 1.0))
    clip: float = attrs.field(default=0.2, validator=within(1e-3, 10.0))
    kl: float = attrs.field(default=0.04, validator=within(0.0, 100.0))
    passes: int = attrs.field(default=1, validator=within(1, 16))
    temperature: float = attrs.field(default=1.0, validator=within(0.05, 10.0))
    weighting: Weighting = "exponential"
    gamma: float = GAMMA
    norm: float = attrs.field(default=1.0, validator=within(1e-6, 1e6))
    seed: int = 1
    save_every: int = attrs.field(default=50, validator=within(1, 1_000_000))
