"""Compiled passes say what the others say, and whatever doesn't fit them is answered all the same."""

from __future__ import annotations

import copy
import shutil

import numpy as np
import pytest

from navila_sdk.errors import CheckpointError
from navila_sdk.observation import Observation
from navila_sdk.planners.navila import NavilaPlanner, NavilaPlannerOptions
from tests.vla.conftest import NEEDS, TINY

torch = pytest.importorskip("torch", reason=NEEDS)
pytest.importorskip("transformers", reason=NEEDS)
# Torch's own modules warn while they are loaded.
pytestmark = pytest.mark.filterwarnings("default")
INSTRUCTION = "Walk to the door."


def compiled(model, backend, capacity=512):
    from navila_sdk.vla.compiled import CompiledPasses
    from navila_sdk.vla.model import NavilaModel

    made = NavilaModel(model.config, copy.deepcopy(model.network), model.tokenizer)
    passes = CompiledPasses(made.network, capacity, backend)
    passes.warm_up(model.config.side_px)
    made.network.compiled = passes
    return made


def seen(seed):
    return Observation(np.random.default_rng(seed).integers(0, 256, (30, 40, 3), np.uint8))


def same(made, model, steps, instruction=INSTRUCTION, **options):
    ours, theirs = (NavilaPlanner(one, NavilaPlannerOptions(**options)) for one in (made, model))
    for planner in (ours, theirs):
        planner.reset(instruction)
    for number in range(steps):
        assert ours.step(seen(number)).raw == theirs.step(seen(number)).raw
        if ours.last.choice is not None:
            mine, its = (np.array(planner.last.choice.probabilities) for planner in (ours, theirs))
            assert np.abs(mine - its).max() < 1e-4
        assert ours.last.reused == theirs.last.reused


@pytest.fixture(scope="module")
def traced(model):
    """A model whose passes are traced as for compiling, and run as they are."""
    return compiled(model, "eager")


def test_traced_passes_say_the_same(model, traced):
    traced.network.compiled.runs = 0
    same(traced, model, 12)
    assert traced.network.compiled.runs == 2 * 12


def test_robots_together_and_alone_share_what_is_kept(model, traced):
    pairs = [(NavilaPlanner(traced), NavilaPlanner(model)) for _ in range(2)]
    for number, pair in enumerate(pairs):
        for planner in pair:
            planner.reset(f"{INSTRUCTION} {number}")
    for number in range(9):
        if number % 2:
            plans = NavilaPlanner.step_many([(pair[0], seen(number)) for pair in pairs])
        else:
            plans = [pair[0].step(seen(number)) for pair in pairs]
        assert [plan.raw for plan in plans] == [pair[1].step(seen(number)).raw for pair in pairs]
        assert [pair[0].last.reused for pair in pairs] == [pair[1].last.reused for pair in pairs]


def test_prompts_that_do_not_fit_are_answered_as_before(model, traced):
    traced.network.compiled.runs = 0
    same(traced, model, 3, "Walk along the corridor. " * 30)
    assert traced.network.compiled.runs == 0


def test_free_text(model, traced):
    same(traced, model, 2, decode="free", max_new_tokens=4)


def test_compiled_passes_say_the_same(model, monkeypatch, tmp_path):
    monkeypatch.setenv("TORCHINDUCTOR_CACHE_DIR", str(tmp_path))
    if shutil.which("g++") is None:
        pytest.skip("torch compiles with g++, which isn't here")
    told = []
    from navila_sdk.vla.model import NavilaModel

    made = NavilaModel.from_pretrained(TINY, compile=True, progress=lambda *found: told.append(found))
    assert told[-1] == ("compile", 3, 3)
    same(made, model, 10)
    assert made.network.compiled.runs == 2 * 10


def test_where_torch_cannot_compile(model):
    def broken(graph, inputs):
        raise RuntimeError("no compiler")

    with pytest.raises(CheckpointError, match=r"can't compile here: .*leave compile out"):
        compiled(model, broken)
