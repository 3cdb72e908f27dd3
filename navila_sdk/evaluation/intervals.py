"""Intervals of 95 %: Wilson's for rates, a seeded bootstrap for means; and tests of paired differences."""

from __future__ import annotations

import math
from collections.abc import Sequence

import attrs
import numpy as np

from navila_sdk.errors import EvaluationError

Z = 1.959963984540054
RESAMPLES = 2000
_SEED = 20250617
_CHUNK = 200


@attrs.frozen(slots=True)
class Estimate:
    """A mean and the interval in which the true one lies with 95 % confidence."""

    mean: float
    low: float
    high: float


def rate(values: Sequence[float]) -> Estimate:
    """Return the rate of successes among zeros and ones, with Wilson's score interval.

    Raises:
        EvaluationError: There are no values.
    """
    count, share = len(values), _mean(values)
    scale = 1 + Z * Z / count
    middle = (share + Z * Z / (2 * count)) / scale
    half = Z / scale * math.sqrt(share * (1 - share) / count + Z * Z / (4 * count * count))
    # Rounding must not push the interval off the rate itself, or out of what a rate can be.
    return Estimate(share, max(min(middle - half, share), 0.0), min(max(middle + half, share), 1.0))


def mean(values: Sequence[float]) -> Estimate:
    """Return the mean with a percentile bootstrap interval; the same values always give the same one.

    Raises:
        EvaluationError: There are no values.
    """
    low, high = np.quantile(_resampled(values), (0.025, 0.975))
    return Estimate(_mean(values), float(low), float(high))


def mcnemar(a: Sequence[float], b: Sequence[float]) -> float:
    """Return the exact two-sided p-value that two paired lists of zeros and ones have the same rate."""
    only_a = sum(x > y for x, y in zip(a, b, strict=True))
    only_b = sum(x < y for x, y in zip(a, b, strict=True))
    unlike = only_a + only_b
    if unlike == 0:
        return 1.0
    tail = sum(math.comb(unlike, k) for k in range(min(only_a, only_b) + 1))
    return min(1.0, 2 * tail / 2**unlike)


def paired(a: Sequence[float], b: Sequence[float]) -> Estimate:
    """Return the mean of ``b - a`` over pairs, with a bootstrap interval over the pairs."""
    return mean([y - x for x, y in zip(a, b, strict=True)])


def _mean(values: Sequence[float]) -> float:
    if not values:
        raise EvaluationError("there is nothing to average: no episode was evaluated")
    return math.fsum(values) / len(values)


def _resampled(values: Sequence[float]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    _mean(values)
    data, draw = np.asarray(values, dtype=np.float64), np.random.default_rng(_SEED)
    means = [data[draw.integers(0, len(data), (_CHUNK, len(data)))].mean(axis=1) for _ in range(RESAMPLES // _CHUNK)]
    return np.concatenate(means)
