"""What an episode leaves behind goes back to the system."""

import gc
import subprocess
import sys

import pytest
from navila_mujoco.scene_driver import SceneDriver

from navila_sdk.config import load_config
from navila_sdk.evaluation.attempt import Attempts
from navila_sdk.evaluation.memory import give_back
from navila_sdk.evaluation.settings import EvalSettings
from tests.evaluation.places import walk

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


def worlds():
    """The robots' worlds that are in memory."""
    return {id(thing) for thing in gc.get_objects() if issubclass(type(thing), SceneDriver)}


@pytest.mark.parametrize("fidelity", ["kinematic", "physics"])
def test_an_episode_leaves_no_world_behind(fidelity, tmp_path):
    config = load_config(flags={"planner": "oracle", "fidelity": fidelity}, cwd=tmp_path, env={}).config
    attempts = Attempts(EvalSettings(config=config, workers=1), tmp_path)
    before = worlds()
    gc.disable()  # it would find what refers to itself, some day: tens of MiB an episode
    try:
        for number in range(2):
            row = attempts.run(walk(number), seed=1)
            assert not row.error
        assert worlds() <= before
    finally:
        gc.enable()
