"""Rewards over action sequences: worked examples, and what must hold for any."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from navila_sdk.training.rft.rewards import group_advantages, step_weights, time_decayed_reward

RIGHT = [1, 1, 2, 1, 1, 0]
ACTIONS = st.lists(st.integers(0, 3), max_size=8)


@pytest.mark.parametrize(
    ("predicted", "slow", "fast"),
    [
        ([1, 1, 2, 1, 1, 0], 4.68559, 1.96875),
        ([1, 1, 2, 1, 1, 1], 4.09510, 1.93750),
        ([2, 1, 2, 1, 1, 0], 3.68559, 0.96875),
        ([1, 2, 1, 1, 1, 0], 2.97559, 1.21875),
        ([0, 0, 0, 0, 0, 0], 0.59049, 0.03125),
        ([1, 1, 2], 2.71000, 1.75000),
    ],
)
def test_worked_examples(predicted, slow, fast):
    assert time_decayed_reward(predicted, RIGHT, gamma=0.9) == pytest.approx(slow, abs=1e-5)
    assert time_decayed_reward(predicted, RIGHT, gamma=0.5) == pytest.approx(fast, abs=1e-5)


@given(predicted=ACTIONS, right=ACTIONS, weighting=st.sampled_from(["exponential", "linear", "uniform", "hard"]))
def test_nothing_beats_being_right(predicted, right, weighting):
    found = time_decayed_reward(predicted, right, weighting)
    best = time_decayed_reward(right, right, weighting)
    assert 0.0 <= found <= best + 1e-12
    assert best == pytest.approx(float(step_weights(weighting, len(right)).sum()))


@given(right=st.lists(st.integers(0, 3), min_size=2, max_size=8), place=st.integers(0, 7))
def test_early_mistakes_cost_more(right, place):
    place %= len(right) - 1
    early, late = list(right), list(right)
    early[place], late[place + 1] = 9, 9
    for weighting in ("exponential", "linear", "hard"):
        assert time_decayed_reward(early, right, weighting) < time_decayed_reward(late, right, weighting)
    assert time_decayed_reward(early, right, "uniform") == time_decayed_reward(late, right, "uniform")


@pytest.mark.parametrize("gamma", [0.0, 1.0, -0.5, float("nan")])
def test_a_gamma_that_is_none(gamma):
    with pytest.raises(ValueError, match="between 0 and 1"):
        time_decayed_reward([1], [1], gamma=gamma)


def test_a_weighting_that_is_none():
    with pytest.raises(ValueError, match="exponential, linear, uniform, hard"):
        time_decayed_reward([1], [1], "cubic")


@given(rewards=st.lists(st.floats(-5, 5), min_size=1, max_size=16))
def test_advantages_cancel_and_keep_the_order(rewards):
    found = group_advantages(rewards)
    assert abs(float(found.sum())) < 1e-6 * len(rewards) + 1e-9
    order = np.argsort(rewards, kind="stable")
    assert all(a <= b + 1e-9 for a, b in zip(found[order], found[order][1:], strict=False))
    assert np.allclose(group_advantages([2.0] * 8), 0.0)
