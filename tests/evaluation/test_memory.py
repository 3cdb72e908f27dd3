"""What an episode leaves behind goes back to the system."""

import subprocess
import sys

import pytest

from navila_sdk.evaluation.memory import give_back

# In a process of its own: one that has run other tests has freed pieces enough to hold these.
LEFT_BEHIND = """
from navila_sdk.evaluation.memory import give_back, held_mib
before = held_mib()
pieces = [bytearray(60_000) for _ in range(3_000)]
kept = pieces[::50]  # between what is freed, so that it can't go back by itself
full = held_mib()
del pieces
give_back()
print(full - before > 100, held_mib() - before < 60, len(kept))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells what a process holds in /proc")
def test_freed_pieces_go_back():
    done = subprocess.run([sys.executable, "-c", LEFT_BEHIND], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.split() == ["True", "True", "60"]


def test_it_asks_nothing_of_other_systems(monkeypatch):
    from navila_sdk.evaluation import memory

    monkeypatch.setattr(memory.ctypes, "CDLL", lambda _: object())
    memory._trim.cache_clear()
    try:
        give_back()
    finally:
        memory._trim.cache_clear()
