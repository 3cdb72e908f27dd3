"""VLN-R1's time-decayed reward: what a predicted action sequence is worth beside the right one.

Source: VLN-R1 (arXiv 2506.17221), reinforcement fine-tuning: the sum over steps of a falling weight for each action
that is right at its place. The paper compares four ways to fall; it doesn't say how fast its exponential one does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Weighting = Literal["exponential", "linear", "uniform", "hard"]
GAMMA = 0.9


def step_weights(weighting: Weighting, length: int, gamma: float = GAMMA) -> NDArray[np.float64]:
    """Return what each step of a sequence counts.

    Args:
        weighting: ``exponential`` is gamma to the power of the step, ``linear`` falls evenly to nearly nothing,
            ``uniform`` counts all alike; ``hard`` does too, but only up to the first mistake.
        length: Steps.
        gamma: Between 0 and 1; for ``exponential`` alone.

    Raises:
        ValueError: A gamma that isn't between 0 and 1, or no such weighting.
    """
    if not 0.0 < gamma < 1.0:
        raise ValueError(f"gamma lies between 0 and 1; got {gamma!r}")
    kinds: Mapping[str, Callable[[], NDArray[np.float64]]] = {
        "exponential": lambda: gamma ** np.arange(length, dtype=np.float64),
        "linear": lambda: 1.0 - np.arange(length, dtype=np.float64) / max(length, 1),
        "uniform": lambda: np.ones(length),
        "hard": lambda: np.ones(length),
    }
    if weighting not in kinds:
        raise ValueError(f"a weighting is one of {', '.join(kinds)}; got {weighting!r}")
    return kinds[weighting]()


def time_decayed_reward(
    predicted: Sequence[object], right: Sequence[object], weighting: Weighting = "exponential", gamma: float = GAMMA
) -> float:
    """Return the reward of a predicted sequence; what goes beyond the right one's end counts nothing.

    Args:
        predicted: Actions, in order.
        right: The right ones.
        weighting: How later steps count; see ``step_weights``.
        gamma: For ``exponential``.

    Raises:
        ValueError: As ``step_weights``.
    """
    weights = step_weights(weighting, len(right), gamma)
    hits = [a == b for a, b in zip(predicted, right, strict=False)]
    if weighting == "hard" and False in hits:
        hits = hits[: hits.index(False)]
    return float(sum(weight for weight, hit in zip(weights, hits, strict=False) if hit))


def group_advantages(rewards: Sequence[float], floor: float = 1e-4) -> NDArray[np.float64]:
    """Return GRPO's advantages of one prompt's answers: rewards less their mean, over their deviation.

    Args:
        rewards: Of each answer.
        floor: Added to the deviation, so that answers that are all alike teach nothing rather than noise.
    """
    values = np.asarray(rewards, np.float64)
    return (values - values.mean()) / (values.std() + floor) if values.size else values
