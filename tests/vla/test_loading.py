"""Who looks on while a checkpoint is loaded sees how far it is; who doesn't sees nothing."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

import navila_sdk as navila
from navila_sdk.cli.loading import loading_bar
from navila_sdk.vla.loading import loading_told, tell
from tests.vla.conftest import NEEDS, TINY


def screen(**options):
    return Console(file=io.StringIO(), width=100, **options)


def test_a_bar_for_each_part():
    console = screen(force_terminal=True)
    with loading_bar(console):
        for part, total in (("vision_tower", 3), ("llm", 20)):
            for done in range(1, total + 1):
                tell(part, done, total)
    shown = console.file.getvalue()
    assert "vision tower" in shown
    assert "language model" in shown
    assert "20/20" in shown


def test_nothing_where_nothing_is_loaded_or_nobody_looks_on():
    quiet, piped = screen(force_terminal=True), screen(force_terminal=False)
    with loading_bar(quiet):
        pass
    with loading_bar(piped):
        tell("llm", 1, 2)
    tell("llm", 2, 2)
    assert quiet.file.getvalue() == piped.file.getvalue() == ""


def test_a_load_that_fails_leaves_nobody_listening():
    told = []

    def load():
        with loading_told(lambda *found: told.append(found)):
            tell("llm", 1, 2)
            raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        load()
    tell("llm", 2, 2)
    assert told == [("llm", 1, 2)]


def test_a_checkpoint_tells_every_tensor():
    pytest.importorskip("transformers", reason=NEEDS)
    told = []
    with loading_told(lambda *found: told.append(found)):
        navila.load_planner("navila", checkpoint=str(TINY), dtype="float16", seed=1)
    ends = {part: (done, total) for part, done, total in told}
    assert list(ends) == ["vision_tower", "mm_projector", "llm"]
    assert all(done == total > 0 for done, total in ends.values())
