"""NaVILA's frame sampler: equal to the goldens, and to sampling the full history, in bounded memory."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import navila_sdk as navila
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


def test_a_camera_that_reuses_its_buffer_does_not_change_the_past():
    memory, buffer = UniformMemory(), np.zeros((2, 3, 3), np.uint8)
    for number in range(20):
        buffer[:] = number
        memory.add(buffer)
    buffer[:] = 255
    assert [seen[0, 0, 0] for seen in memory.frames()] == navila_indices(20)
    assert not any(seen.flags.writeable for seen in memory.frames())


def test_frames_of_changing_size_come_back_as_they_were():
    memory = UniformMemory()
    for number in range(200):
        memory.add(frame(number, (1 + number % 3, 2)))
    for index, seen in zip(navila_indices(200), memory.frames(), strict=True):
        assert np.array_equal(seen, frame(index, (1 + index % 3, 2)))


@pytest.mark.parametrize("wrong", [np.zeros((2, 3, 3)), np.zeros((2, 3), np.uint8), [[0, 0, 0]], None])
def test_what_is_no_frame_is_refused_and_nothing_is_added(wrong):
    memory = UniformMemory()
    with pytest.raises(navila.ObservationError, match="rgb"):
        memory.add(wrong)
    assert len(memory) == 0


def test_the_cap_is_an_error_that_says_so_and_keeps_what_is_there(monkeypatch):
    monkeypatch.setattr("navila_sdk.memory.MAX_FILE_BYTES", 2000)
    memory = UniformMemory()
    memory.add(frame(0, (20, 20)))
    with pytest.raises(navila.OutputError, match="frame memory is full: 1 frames"):
        memory.add(frame(1, (20, 20)))
    assert np.array_equal(memory.frames()[-1], frame(0, (20, 20)))


def test_a_folder_that_cannot_be_written_is_named(monkeypatch, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "absent"))
    with pytest.raises(navila.OutputError, match="absent"):
        UniformMemory().add(frame(0))


def test_equals_the_full_history_of_a_long_episode():
    memory = UniformMemory()
    for number in range(3000):
        memory.add(np.full((1, 1, 3), number % 251, np.uint8))
        if number % 37 == 0:
            seen = [None if one is None else int(one[0, 0, 0]) for one in memory.frames()]
            assert seen == [None if i is None else i % 251 for i in navila_indices(number + 1)]


def test_nothing_seen_yet_is_an_error():
    with pytest.raises(ValueError, match="at least 1"):
        UniformMemory().frames()
