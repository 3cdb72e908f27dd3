"""Which episodes come first is fixed, whatever else is asked; and so is each one's seed."""

import pytest

import navila_sdk as navila
from navila_sdk.evaluation.select import chosen_episodes, episode_seed
from tests.evaluation.places import benchmark, walk

MANY = benchmark(*(walk(number) for number in range(60)))


def ids(episodes):
    return [episode.episode_id for episode in episodes]


def test_the_first_n_begin_the_whole_and_mix_the_tiers():
    whole = ids(chosen_episodes(MANY))
    assert sorted(whole) == sorted(ids(MANY.all_episodes))
    assert whole != ids(MANY.all_episodes)
    first = chosen_episodes(MANY, count=20)
    assert ids(first) == whole[:20]
    assert min(sum(e.tier == tier for e in first) for tier in ("easy", "medium", "long")) >= 3


def test_the_order_doesnt_hang_on_the_files():
    backwards = benchmark(*reversed(MANY.all_episodes))
    assert ids(chosen_episodes(backwards)) == ids(chosen_episodes(MANY))


def test_a_tier_is_the_whole_without_the_others():
    easy = ids(chosen_episodes(MANY, tier="easy", count=5))
    assert easy == [e.episode_id for e in chosen_episodes(MANY) if e.tier == "easy"][:5]


def test_words_that_mean_nothing():
    with pytest.raises(navila.UnknownNameError, match=r"no tier named 'eazy'.*'easy'"):
        chosen_episodes(MANY, tier="eazy")
    with pytest.raises(navila.UnknownNameError, match="no split named 'x'"):
        chosen_episodes(MANY, split="x")
    with pytest.raises(navila.EvaluationError, match="at least one episode"):
        chosen_episodes(MANY, count=-1)


def test_seeds_are_fixed_and_unlike():
    assert episode_seed(0, "walk-0") == 1664478734
    seeds = {episode_seed(seed, f"walk-{number}") for seed in range(20) for number in range(50)}
    assert len(seeds) == 1000
    assert all(0 <= seed < 2**31 for seed in seeds)
