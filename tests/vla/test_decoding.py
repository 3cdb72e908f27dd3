"""One pass over the grammar is the same as going step by step, whatever the weights and the sentences."""

from __future__ import annotations

import copy

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from navila_sdk.vla.sentences import TRAINED
from navila_sdk.vla.trie import ROOT, choose, make_trie
from tests.vla.conftest import NEEDS

torch = pytest.importorskip("torch", reason=NEEDS)
pytest.importorskip("transformers", reason=NEEDS)
SLOW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
words = st.lists(st.integers(260, 300), min_size=1, max_size=6)
grammars = st.lists(words, min_size=1, max_size=12, unique_by=tuple)


def shaken(model, seed, size):
    """Return a copy with other weights, so that answers differ."""
    network = copy.deepcopy(model.network)
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for parameter in network.llm.parameters():
            parameter.add_(size * torch.randn(parameter.shape, generator=generator))
    return network


def prompt(network, seed, length=20):
    from navila_sdk.vla.decode import Block, Prefill

    generator = torch.Generator().manual_seed(seed)
    ids = torch.randint(0, 500, (length,), generator=generator)
    prefill = Prefill(network)
    return prefill, prefill.run([Block("a", network.embed(ids[:7])), Block("b", network.embed(ids[7:]))])


@SLOW
@given(st.integers(0, 10**6), st.floats(0.01, 0.3), grammars)
def test_one_pass_is_constrained_greedy(model, seed, size, ids):
    from navila_sdk.vla.decode import TreeDecoder, choose_step_by_step

    network = shaken(model, seed, size)
    trie = make_trie([str(found) for found in ids], ids)
    with torch.inference_mode():
        prefill, logits = prompt(network, seed)
        choice = TreeDecoder(network, trie, model.tokenizer.stop_ids).choose([prefill], logits[None])[0]
        slow = choose_step_by_step(network, prefill, logits, trie, model.tokenizer.stop_ids)
    assert choice.index == slow
    assert sum(choice.probabilities) == pytest.approx(1.0)
    assert 0.0 <= choice.legal_mass <= 1.0 + 1e-5


@SLOW
@given(st.integers(0, 10**6), st.floats(0.01, 0.3), grammars)
def test_an_answer_that_is_legal_is_the_one_free_decoding_gives(model, seed, size, others):
    from navila_sdk.vla.decode import TreeDecoder, write_freely

    network, stops = shaken(model, seed, size), model.tokenizer.stop_ids
    # Half the vocabulary ends an answer, or most would run on for ever.
    ends = [*stops, *range(250)]
    with torch.inference_mode():
        prefill, logits = prompt(network, seed)
        free = write_freely(network, prefill, logits, ends, 6)
        if not 0 < len(free) < 6:
            return
        ids = [free, *(other for other in others if other != free)]
        trie = make_trie([str(found) for found in ids], ids)
        choice = TreeDecoder(network, trie, ends).choose([prefill], logits[None])[0]
    assert choice.index == 0


@SLOW
@given(st.integers(0, 10**6), grammars)
def test_probabilities_are_those_of_saying_the_sentence_word_by_word(model, seed, ids):
    from navila_sdk.vla.decode import TreeDecoder

    stops = model.tokenizer.stop_ids
    trie = make_trie([str(found) for found in ids], ids)
    network = model.network
    with torch.inference_mode():
        prefill, logits = prompt(network, seed)
        choice = TreeDecoder(network, trie, stops).choose([prefill], logits[None])[0]
        generator = torch.Generator().manual_seed(seed)
        before = torch.randint(0, 500, (20,), generator=generator)
        for number, found in enumerate(ids):
            whole = torch.cat([before, torch.tensor(found)])
            out = network.llm(inputs_embeds=network.embed(whole)[None], use_cache=False).logits[0]
            logs = out.float().log_softmax(dim=1)
            said = sum(float(logs[19 + i, token]) for i, token in enumerate(found))
            ended = float(torch.logsumexp(logs[-1, list(stops)], dim=0))
            assert choice.log_probabilities[number] == pytest.approx(said + ended, abs=2e-3)


def test_a_prompt_that_begins_like_the_last_one_is_not_computed_again(model):
    from navila_sdk.vla.decode import Block, Prefill

    with torch.inference_mode():
        ids = torch.arange(60)
        first = [Block(i, model.network.embed(ids[10 * i : 10 * i + 10])) for i in range(5)]
        other = [*first[:3], Block("else", model.network.embed(ids[50:60])), first[4]]
        kept, fresh = Prefill(model.network), Prefill(model.network)
        kept.run(first)
        again = kept.run(other)
        assert kept.reused == 30
        assert torch.allclose(again, fresh.run(other), atol=1e-5)
        assert torch.allclose(kept.run(other), again, atol=1e-5)
        assert kept.reused == 40
        shorter = kept.run(other[:2])
        assert torch.allclose(shorter, Prefill(model.network).run(other[:2]), atol=1e-5)


def test_the_trained_sentences_make_a_trie(model):
    assert model.trie.sentences == TRAINED
    for node, sentence in model.trie.ends.items():
        assert model.tokenizer.text_of(model.trie.path(node)) == TRAINED[sentence]
    seen = model.trie.mask()
    assert seen.diagonal().all()
    assert not np.triu(seen, 1).any()


def test_a_sentence_that_begins_another():
    trie = make_trie(["a", "a b"], [[1], [1, 2]])
    logs = np.log(np.array([[0.1, 0.8, 0.05, 0.05], [0.1, 0.1, 0.7, 0.1], [0.1, 0.1, 0.1, 0.7]]))
    assert choose(trie, logs, [3]).index == 1
    logs[1] = np.log([0.1, 0.1, 0.3, 0.5])
    choice = choose(trie, logs, [3])
    assert choice.index == 0
    assert choice.legal_mass == pytest.approx(0.8 * 0.5 + 0.8 * 0.3 * 0.7)
    assert trie.children[ROOT] == {1: 0}


@pytest.mark.parametrize(
    ("sentences", "ids", "told"),
    [([], [], "at least one"), (["a"], [[]], "no tokens"), (["a", "b"], [[1], [1]], "same")],
)
def test_grammars_that_are_none(sentences, ids, told):
    with pytest.raises(ValueError, match=told):
        make_trie(sentences, ids)
