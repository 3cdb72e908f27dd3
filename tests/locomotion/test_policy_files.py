"""Policy files: written, read, run; and every way a file can be no policy."""

from __future__ import annotations

import attrs
import numpy as np
import onnx
import pytest

from navila_sdk.errors import PolicyError
from navila_sdk.locomotion.network_file import read_layers, save_model, write_network
from navila_sdk.locomotion.policy import load_policy
from tests.locomotion.samples import answer, card, layers, policy


def test_the_file_computes_the_network(tmp_path):
    loaded, network = policy(tmp_path)
    for seed in range(5):
        x = np.random.default_rng(seed).normal(size=loaded.card.inputs).astype(np.float32)
        np.testing.assert_allclose(loaded.act(x), answer(network, x), atol=1e-5)
    assert loaded.card == card()


def test_bodies_that_share_a_policy_have_memory_of_their_own(tmp_path):
    loaded, network = policy(tmp_path)
    random = np.random.default_rng(0)
    seats = [loaded.seat() for _ in range(2)]
    seen = [random.normal(size=loaded.card.inputs).astype(np.float32) for _ in seats]
    actions = [seat.act(x) for seat, x in zip(seats, seen, strict=True)]
    for seat in seats:
        seat.act(random.normal(size=loaded.card.inputs).astype(np.float32))
    for action, x in zip(actions, seen, strict=True):
        np.testing.assert_allclose(action, answer(network, x), atol=1e-5)


def test_layers_are_read_back(tmp_path):
    loaded, network = policy(tmp_path)
    for (weight, bias), (wanted, wanted_bias) in zip(read_layers(loaded.path), network, strict=True):
        np.testing.assert_array_equal(weight, wanted)
        np.testing.assert_array_equal(bias, wanted_bias)


def test_layers_of_other_files(tmp_path):
    loaded, _ = policy(tmp_path)
    model = onnx.load(loaded.path)
    model.graph.node[0].op_type = "MatMul"
    onnx.save(model, loaded.path)
    with pytest.raises(PolicyError, match=r"holds a MatMul.*plain layers"):
        read_layers(loaded.path)
    loaded.path.write_bytes(b"not an onnx file")
    with pytest.raises(PolicyError, match="isn't a readable ONNX file"):
        read_layers(loaded.path)


@pytest.mark.parametrize("damage", [b"", b"not an onnx file", None])
def test_a_file_that_is_no_onnx(tmp_path, damage):
    path = tmp_path / "x.onnx"
    if damage is not None:
        path.write_bytes(damage)
    with pytest.raises(PolicyError, match=r"x\.onnx"):
        load_policy(path)


def test_a_cut_file(tmp_path):
    loaded, _ = policy(tmp_path)
    whole = loaded.path.read_bytes()
    loaded.path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(PolicyError, match="no ONNX file"):
        load_policy(loaded.path)


def test_an_onnx_without_a_card(tmp_path):
    loaded, _ = policy(tmp_path)
    model = onnx.load(loaded.path)
    del model.metadata_props[:]
    onnx.save(model, loaded.path)
    with pytest.raises(PolicyError, match="carries no policy card"):
        load_policy(loaded.path)


def test_a_card_of_another_network(tmp_path):
    loaded, _ = policy(tmp_path)
    wider = attrs.evolve(card(), terms=(*card().terms, card().terms[0]))
    save_model(loaded.path, onnx.load(loaded.path), wider)
    with pytest.raises(PolicyError, match=r"reads \[1, 15\], but its card describes 18 numbers"):
        load_policy(loaded.path)


def test_weights_that_are_no_numbers(tmp_path):
    loaded, network = policy(tmp_path)
    network[0][0][0, 0] = np.nan
    with pytest.raises(PolicyError, match="layer 0: holds NaN"):
        write_network(tmp_path / "y.onnx", network, card())
    model = onnx.load(loaded.path)
    model.graph.initializer[1].CopyFrom(onnx.numpy_helper.from_array(np.full(8, np.nan, np.float32), "b0"))
    onnx.save(model, loaded.path)
    with pytest.raises(PolicyError, match="weights are damaged"):
        load_policy(loaded.path)


def test_layers_that_do_not_fit_are_all_told(tmp_path):
    network = layers(card())
    network[0] = (network[0][0][:, :-1], network[0][1])
    network[1] = (network[1][0][:1], network[1][1][:1])
    with pytest.raises(PolicyError) as caught:
        write_network(tmp_path / "y.onnx", network, card())
    assert "layer 0: 14 inputs, but it's fed 15" in str(caught.value)
    assert "1 outputs for 2 joints" in str(caught.value)
    assert not (tmp_path / "y.onnx").exists()
