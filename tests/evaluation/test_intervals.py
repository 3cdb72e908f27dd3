"""Intervals and paired tests against values from the textbooks."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

import navila_sdk as navila
from navila_sdk.evaluation import intervals


@pytest.mark.parametrize(
    ("successes", "count", "low", "high"),
    # Newcombe (1998), Statistics in Medicine 17, table I, method 3
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilsons_interval(successes, count, low, high):
    found = intervals.rate([1.0] * successes + [0.0] * (count - successes))
    assert found.mean == pytest.approx(successes / count)
    assert (found.low, found.high) == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))


@given(st.lists(st.sampled_from([0.0, 1.0]), min_size=1, max_size=60))
def test_a_rates_interval_holds_it(values):
    found = intervals.rate(values)
    assert 0 <= found.low <= found.mean <= found.high <= 1


@given(st.lists(st.floats(-100, 100), min_size=1, max_size=30))
def test_a_means_interval_holds_it_or_nearly_and_repeats(values):
    found = intervals.mean(values)
    assert min(values) - 1e-9 <= found.low <= found.high <= max(values) + 1e-9
    assert found == intervals.mean(values)


def test_a_bootstrap_is_near_the_normal_interval():
    values = [math.sin(7 * n) for n in range(400)]
    found = intervals.mean(values)
    spread = math.sqrt(sum((v - found.mean) ** 2 for v in values) / (len(values) - 1))
    assert found.high - found.low == pytest.approx(2 * intervals.Z * spread / 20, rel=0.1)


def test_nothing_has_no_mean():
    for find in (intervals.rate, intervals.mean):
        with pytest.raises(navila.EvaluationError, match="nothing to average"):
            find([])


@pytest.mark.parametrize(
    ("only_a", "only_b", "p"),
    # two-sided sign test: 2 * sum of binomials / 2**n
    [(0, 0, 1.0), (0, 5, 0.0625), (1, 9, 22 / 1024), (10, 2, 158 / 4096), (4, 4, 1.0)],
)
def test_mcnemar(only_a, only_b, p):
    a = [1.0] * only_a + [0.0] * only_b + [1.0, 0.0]
    b = [0.0] * only_a + [1.0] * only_b + [1.0, 0.0]
    assert intervals.mcnemar(a, b) == pytest.approx(p)
    assert intervals.mcnemar(b, a) == pytest.approx(p)


def test_a_paired_difference_knows_its_pairs():
    a = [float(n % 7) for n in range(50)]
    found = intervals.paired(a, [value + 0.5 for value in a])
    assert found == intervals.Estimate(0.5, 0.5, 0.5)
