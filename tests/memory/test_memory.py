"""NaVILA's frame sampler: equal to the goldens, and to sampling the full history, in bounded memory."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from navila_sdk.memory import KEPT_IN_MEMORY, UniformMemory, navila_indices

GOLDEN = json.loads((Path(__file__).parent.parent / "data" / "sampling.json").read_text())


@pytest.mark.parametrize("length", GOLDEN)
def test_golden_indices(length):
    expected = [None if index == "P" else index for index in GOLDEN[length]]
    assert navila_indices(int(length)) == expected


@given(st.integers(8, 3000))
def test_equals_upstreams_linspace(length):
    spaced = np.linspace(0, length - 1, 7, endpoint=False).astype(int).tolist()
    assert navila_indices(length) == [*spaced, length - 1]


def frame(number, size=(2, 3)):
    return np.random.default_rng(number).integers(0, 256, (*size, 3), np.uint8)


@settings(max_examples=8, deadline=None)
@given(st.integers(1, 400), st.integers(2, 12))
def test_equals_sampling_the_full_history(length, num_frames):
    memory, history = UniformMemory(num_frames), []
    for number in range(length):
        history.append(frame(number))
        memory.add(history[-1])
        if number % 7 == 0 or number == length - 1:
            naive = [None if i is None else history[i] for i in navila_indices(number + 1, num_frames)]
            for seen, expected in zip(memory.frames(), naive, strict=True):
                assert (seen is None) == (expected is None)
                assert expected is None or np.array_equal(seen, expected)
    memory.reset()


def test_memory_stays_bounded():
    memory = UniformMemory()
    for number in range(500):
        memory.add(frame(number))
        memory.frames()
        assert len(memory._recent) <= KEPT_IN_MEMORY
    assert len(memory) == 500


def test_reset_forgets():
    memory = UniformMemory()
    memory.add(frame(0))
    memory.reset()
    memory.add(frame(1))
    assert np.array_equal(memory.frames()[-1], frame(1))
    assert memory.frames()[:7] == [None] * 7


def test_nothing_seen_yet_is_an_error():
    with pytest.raises(ValueError, match="at least 1"):
        UniformMemory().frames()
