"""``navila policy``: what a stranger does with a policy file."""

from __future__ import annotations

import json

import numpy as np
import pytest
from click.testing import CliRunner

from navila_sdk.cli.policy import command
from navila_sdk.errors import PolicyError
from navila_sdk.locomotion.card import History
from navila_sdk.locomotion.policy import load_policy
from tests.locomotion.samples import answer, card, layers, policy

CARD = """
embodiment = "sample"
kind = "blind"
action_scale = [0.5]
base_height_m = 0.3
terms = [{ name = "projected_gravity" }, { name = "command" }, { name = "joint_position" }]
commands = { vx_mps = [-0.5, 1.0], vy_mps = [0.0, 0.0], wz_radps = [-1.0, 1.0] }
[joints]
a = { default_rad = 0.1, kp = 1.0, kd = 0.1 }
b = { default_rad = 0.2, kp = 2.0, kd = 0.2 }
"""


def _run(*arguments):
    return CliRunner().invoke(command, [str(a) for a in arguments], catch_exceptions=False)


@pytest.fixture
def actor(tmp_path):
    (tmp_path / "card.toml").write_text(CARD)
    random = np.random.default_rng(0)
    sizes = (8, 16, 2)
    network = [(random.normal(size=(b, a)), random.normal(size=b)) for a, b in ((8, 16), (16, 2))]
    assert sizes[0] == 8
    arrays = {}
    for i, (weight, bias) in enumerate(network):
        arrays |= {f"actor.{2 * i}.weight": weight, f"actor.{2 * i}.bias": bias}
    np.savez(tmp_path / "actor.npz", **arrays)
    return tmp_path, network, arrays


def test_plain_arrays_become_a_policy(actor):
    folder, network, _ = actor
    out = folder / "policy.onnx"
    done = _run("import", folder / "actor.npz", "--card", folder / "card.toml", "--out", out, "--json")
    assert json.loads(done.output) == {
        "file": str(folder / "actor.npz"),
        "policy": str(out),
        "inputs": 8,
        "joints": 2,
    }
    x = np.linspace(-1, 1, 8)
    np.testing.assert_allclose(load_policy(out).act(x.astype(np.float32)), answer(network, x), atol=1e-5)
    shown = _run("show", out).output
    assert "sample, blind, 50 Hz, 8 inputs, 2 joints" in shown
    assert json.loads(_run("show", out, "--json").output)["joints"]["b"]["kp"] == 2.0


def test_a_past_is_shown(tmp_path):
    policy(tmp_path, history=History(terms=("projected_gravity", "last_action"), frames=4))
    shown = " ".join(_run("show", tmp_path / "policy.onnx").output.split())
    assert "20 numbers of the last 4 moments, oldest-first, frame by frame: projected_gravity, last_action" in shown


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda a: {k: v for k, v in a.items() if k != "actor.2.bias"}, "missing of actor.2"),
        (lambda a: {"something": a["actor.0.bias"]}, "no array is named"),
        (lambda a: {**a, "actor.0.weight": a["actor.0.weight"][:, :7]}, "7 inputs, but it's fed 8"),
        (lambda a: {**a, "actor.0.bias": a["actor.0.bias"] * np.nan}, "NaN"),
        (lambda a: {**a, "actor.0.bias": np.array([object()])}, "plain arrays"),
    ],
)
def test_arrays_that_are_no_actor(actor, change, told):
    folder, _, arrays = actor
    np.savez(folder / "bad.npz", **change(arrays))
    with pytest.raises(PolicyError, match=told):
        _run("import", folder / "bad.npz", "--card", folder / "card.toml", "--out", folder / "x.onnx")
    assert not (folder / "x.onnx").exists()


def test_files_that_are_not_there_or_no_card(actor):
    folder, _, _ = actor
    for file in (folder / "none.npz", "nobody:x.npz"):
        with pytest.raises(PolicyError, match=r"no such file|can't be found"):
            _run("import", file, "--card", folder / "card.toml", "--out", folder / "x.onnx")
    (folder / "card.toml").write_text("kind =")
    with pytest.raises(PolicyError, match="isn't TOML"):
        _run("import", folder / "actor.npz", "--card", folder / "card.toml", "--out", folder / "x.onnx")
    (folder / "card.toml").write_text(CARD.replace('kind = "blind"', ""))
    with pytest.raises(PolicyError, match="kind"):
        _run("import", folder / "actor.npz", "--card", folder / "card.toml", "--out", folder / "x.onnx")
    (folder / "text.npz").write_text("no zip")
    (folder / "card.toml").write_text(CARD)
    with pytest.raises(PolicyError, match="plain arrays"):
        _run("import", folder / "text.npz", "--card", folder / "card.toml", "--out", folder / "x.onnx")


def test_shipped_policies_fit_their_robots_and_no_others():
    assert json.loads(_run("check", "navila_go2:policies/blind.onnx", "--json").output)["ok"]
    with pytest.raises(PolicyError, match="doesn't have: FL_hip_joint"):
        _run("check", "navila_go2:policies/blind.onnx", "-e", "h1")


def test_the_cards_that_ship_are_sound():
    from navila_sdk.locomotion.read_card import card_from_toml, named_file

    assert card_from_toml(named_file("navila_go2:cards/navila_go2_base.toml")).inputs == 450
    assert card_from_toml(named_file("navila_h1:cards/navila_h1_base.toml")).inputs == 69
    assert card_from_toml(named_file("navila_go2:cards/navila_go2_vision.toml")).inputs == 909
    assert card_from_toml(named_file("navila_h1:cards/navila_h1_vision.toml")).inputs == 256
    assert layers(card())
