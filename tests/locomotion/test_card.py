"""Policy cards: what they say, and everything that can be wrong with one, all at once."""

from __future__ import annotations

import json

import attrs
import pytest

from navila_sdk.errors import PolicyError
from navila_sdk.locomotion.card import History, Servo, Term, read_card
from tests.locomotion.samples import GRID, card


def _commands(**changes):
    return attrs.evolve(card().commands, **changes)


def test_a_card_survives_its_json():
    made = card(height_map=GRID, history=History(terms=("joint_position",), frames=3))
    assert read_card(made.to_json(), "x.onnx") == made


def test_the_input_is_the_terms_and_the_past():
    assert card().inputs == 3 + 3 + 3 + 2 + 2 + 2
    history = History(terms=("joint_position", "command"), frames=4)
    assert card(history=history).inputs == 15 + 4 * 5
    seeing = card(terms=(*card().terms, Term(name="height_map")), height_map=GRID)
    assert seeing.inputs == 15 + 5 * 3


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"terms": (Term(name="mood"),)}, "'mood'"),
        ({"terms": (Term(name="command", scale=(1.0, 2.0)),)}, "terms.command.scale"),
        ({"terms": (Term(name="height_map"),)}, "height_map: a term needs it"),
        ({"terms": (Term(name="gait_clock"),)}, "gait_hz"),
        ({"action_scale": (0.1, 0.2, 0.3)}, "action_scale"),
        ({"rate_hz": 0.0}, "rate_hz"),
        ({"format": 9}, "format"),
        ({"joints": {}}, "at least one joint"),
        ({"held": {"left": Servo(default_rad=0.0, kp=1.0, kd=0.0)}}, "held"),
        ({"joints": {"left": Servo(default_rad=0.0, kp=-1.0, kd=0.0)}}, "joints.left"),
        ({"history": History(terms=("command",), frames=0)}, "history.frames"),
        ({"commands": _commands(vx_mps=(0.3, 1.0))}, "commands.vx_mps"),
        ({"commands": _commands(vy_mps=(0.5, -0.5))}, "commands.vy_mps"),
        ({"commands": _commands(wz_radps=(-1e308, 1.0))}, "commands.wz_radps"),
        ({"joints": {"left": Servo(default_rad=500.0, kp=1.0, kd=0.0)}}, "joints.left: an angle within a turn"),
        ({"joints": {"left": Servo(default_rad=0.0, kp=1e30, kd=0.0)}}, "joints.left: an angle within a turn"),
        ({"terms": (Term(name="command", clip=(5.0, -5.0)),)}, "terms.command.clip"),
        ({"action_clip": -1.0}, "action_clip"),
        ({"action_scale": (1e9,)}, "action_scale"),
        ({"gait_hz": -3.0}, "gait_hz"),
        ({"base_height_m": -5.0}, "base_height_m"),
    ],
)
def test_an_unsound_card_is_told_with_its_path(changes, told):
    with pytest.raises(PolicyError, match=r"x\.onnx: the policy card doesn't fit") as caught:
        read_card(card(**changes).to_json(), "x.onnx")
    assert told in str(caught.value)


def test_every_problem_is_told_at_once():
    data = json.loads(card().to_json())
    del data["joints"]
    data["colour"] = "red"
    data["rate_hz"] = "fast"
    with pytest.raises(PolicyError) as caught:
        read_card(json.dumps(data), "x.onnx")
    assert all(word in str(caught.value) for word in ("joints", "colour", "rate_hz"))


def test_a_card_that_is_no_json():
    with pytest.raises(PolicyError, match="isn't JSON"):
        read_card("{", "x.onnx")


def test_a_card_that_is_nested_without_end():
    with pytest.raises(PolicyError, match="nested too deep"):
        read_card("[" * 200_000, "x.onnx")


def test_a_word_where_a_table_belongs_is_told_as_such():
    data = json.loads(card().to_json())
    data["joints"]["left"], data["terms"][0], data["origin"] = "stiff", 3, [1]
    data["height_map"] = {"frame": "robot"}
    with pytest.raises(PolicyError) as caught:
        read_card(json.dumps(data), "x.onnx")
    told = str(caught.value)
    assert "joints[left]: expected a table, found 'stiff' (str)" in told
    assert "terms[0]: expected a table, found 3 (int)" in told
    assert "origin: expected a table, found [1] (list)" in told
    assert "height_map.frame: expected one of heading, navila-lidar, found 'robot' (str)" in told


@pytest.mark.parametrize(("key", "value"), [("resolution_m", 1e-9), ("clip_m", [1.0, -1.0])])
def test_a_height_map_nobody_could_make(key, value):
    data = json.loads(card(height_map=GRID).to_json())
    data["height_map"][key] = value
    with pytest.raises(PolicyError, match="height_map"):
        read_card(json.dumps(data), "x.onnx")
