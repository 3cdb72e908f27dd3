"""The dice: a sequence that never changes, and draws that stay in range."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from navila_sdk.scenes.dice import Dice


def test_the_sequence_is_pinned():
    dice = Dice(7)
    assert [dice.below(1000) for _ in range(6)] == [323, 150, 650, 72, 535, 365]
    assert dice.shuffled("abcdef") == list("edbfca")


@given(st.integers(0, 2**70), st.integers(1, 10**6))
def test_below_stays_below(seed, count):
    dice = Dice(seed)
    assert all(0 <= dice.below(count) < count for _ in range(20))


@given(st.integers(0, 10**6), st.integers(-500, 500), st.integers(0, 500), st.integers(1, 20))
def test_between_gives_the_low_end_plus_whole_steps(seed, low, extent, step):
    value = Dice(seed).between(low, low + extent, step)
    assert low <= value <= low + extent
    assert (value - low) % step == 0


@given(st.integers(0, 10**6), st.lists(st.integers()))
def test_shuffling_loses_nothing(seed, items):
    assert sorted(Dice(seed).shuffled(items)) == sorted(items)


def test_every_item_is_drawn_sooner_or_later():
    dice = Dice(1)
    assert {dice.pick("abc") for _ in range(100)} == set("abc")
    assert {dice.chance(50) for _ in range(100)} == {True, False}
    assert not any(dice.chance(0) for _ in range(100))
    assert all(dice.chance(100) for _ in range(100))
