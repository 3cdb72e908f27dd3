"""Weights in 8 and 4 bits: nearly the same numbers from less memory, and a word where it can't be."""

from __future__ import annotations

import sys

import numpy as np
import pytest

import navila_sdk as navila
from navila_sdk.errors import CheckpointError, ConfigError, MissingDependencyError
from tests.vla.conftest import NEEDS, TINY

torch = pytest.importorskip("torch", reason=NEEDS)
pytest.importorskip("transformers", reason=NEEDS)
NEEDS_PACKAGE = "the extra 'quantize' isn't installed: pip install 'navila-sdk[quantize]'"


def load(**options):
    from navila_sdk.vla.model import NavilaModel

    return NavilaModel.from_pretrained(TINY, **options)


def small(kind, **options):
    pytest.importorskip("bitsandbytes", reason=NEEDS_PACKAGE)
    return load(quantize=kind, **options)


@pytest.mark.parametrize(("kind", "off", "bytes_"), [("int8", 0.01, 1.0), ("int4", 0.12, 0.5)])
def test_every_layer_says_nearly_the_same_from_less(model, kind, off, bytes_):
    from torch import nn

    made = small(kind)
    changed = 0
    generator = torch.Generator().manual_seed(0)
    for name, layer in made.network.named_modules():
        whole = model.network.get_submodule(name) if name else None
        if not isinstance(whole, nn.Linear):
            continue
        if type(layer) is nn.Linear:
            assert not name.startswith("llm.model.layers")
            assert torch.equal(layer.weight, whole.weight)
            continue
        changed += 1
        seen = torch.randn((40, whole.in_features), generator=generator)
        with torch.inference_mode():
            ours, theirs = layer(seen), whole(seen)
        assert float((ours - theirs).norm() / theirs.norm()) < off
        assert float((ours - theirs).norm()) > 0
        assert layer.weight.nbytes == pytest.approx(bytes_ * whole.weight.numel())
    assert changed == 7 * model.config.llm["num_hidden_layers"]


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
@pytest.mark.parametrize(("kind", "alike"), [("int8", 0.998), ("int4", 0.8)])
def test_logits_stay_close(golden, told, kind, alike, dtype):
    frames, instruction = list(golden["short2/frames_uint8"]), told["short2"]["instruction"]
    whole, made = (one.logits(frames, instruction).ravel() for one in (load(dtype=dtype), small(kind, dtype=dtype)))
    assert alike < np.corrcoef(made, whole)[0, 1] < 1


@pytest.mark.parametrize("kind", ["int8", "int4"])
def test_the_planner_takes_it(kind, golden):
    pytest.importorskip("bitsandbytes", reason=NEEDS_PACKAGE)
    planner = navila.load_planner("navila", checkpoint=str(TINY), quantize=kind)
    planner.reset("Go.")
    plan = planner.step(navila.Observation(golden["short2/frames_uint8"][0]))
    assert plan.raw in small(kind).trie.sentences


def test_what_cannot_be_is_refused_with_the_way_out(monkeypatch):
    with pytest.raises(CheckpointError, match="one of int8, int4"):
        load(quantize="int2")
    with pytest.raises(ConfigError, match="quantize"):
        navila.load_planner("navila", checkpoint=str(TINY), quantize="int2")
    with pytest.raises(CheckpointError, match=r"runs on cpu and cuda, not on 'mps'.*float16"):
        load(quantize="int8", device="mps")
    monkeypatch.setitem(sys.modules, "bitsandbytes", None)
    with pytest.raises(MissingDependencyError, match=r"pip install 'navila-sdk\[quantize\]'"):
        load(quantize="int4")
