"""What an episode leaves behind goes back to the system."""

import sys

import pytest

from navila_sdk.evaluation.memory import give_back, held_mib


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells what a process holds in /proc")
def test_freed_pieces_go_back():
    before = held_mib()
    pieces = [bytearray(60_000) for _ in range(3_000)]
    kept = pieces[::50]  # between what is freed, so that it can't go back by itself
    assert held_mib() > before + 100
    del pieces
    give_back()
    assert held_mib() < before + 60
    assert len(kept) == 60


def test_it_asks_nothing_of_other_systems(monkeypatch):
    from navila_sdk.evaluation import memory

    monkeypatch.setattr(memory.ctypes, "CDLL", lambda _: object())
    memory._trim.cache_clear()
    try:
        give_back()
    finally:
        memory._trim.cache_clear()
