"""Planners with one fault each fail exactly the check for it."""

from __future__ import annotations

import pytest

from navila_sdk.actions import NAVILA_VERBS
from navila_sdk.testing import fake_embodiment
from navila_sdk.testing.conformance import check_planner

PLANNER = '''"""A planner that turns and walks."""

import random
import time
from typing import ClassVar

import attrs

import navila_sdk as navila
from navila_sdk.actions import Action, Verb
from navila_sdk.instruction import checked_instruction


@attrs.frozen(kw_only=True)
class Options:
    """What can be set."""

    amount_m: float = 0.5


@attrs.frozen
class Hop(Action):
    """An action no grammar knows."""

    verb: ClassVar[Verb] = Verb.MOVE_FORWARD

    def __str__(self):
        return "hop"


class Thing:
    """Turns by what it sees, then walks."""

    def __init__(self, request):
        options = navila.read_options(Options, request.options, "planners.thing")
        self.amount_m, self.count = options.amount_m, 0

    def reset(self, instruction):
        """Take an instruction."""
        checked_instruction(instruction)
        self.count = 0

    def step(self, observation):
        """Turn on even steps, walk on odd ones."""
        self.count += 1
        bright = float(observation.rgb.mean()) / 255
        turn = navila.TurnLeft.degrees(round(15 + 30 * bright))
        action = navila.MoveForward(self.amount_m) if self.count % 2 else turn
        return navila.Plan((action,), observation.pose, observation.time_s, raw=str(action), model_id="thing")


record = navila.PlannerRecord(name="NAME", make=Thing, summary="turns and walks")
'''
RETURN = 'return navila.Plan((action,), observation.pose, observation.time_s, raw=str(action), model_id="thing"'

# The check it fails, changes in its text, and words of the message.
FAULTS = {
    "no summary": ("builds", [('summary="turns and walks"', 'summary=""')], "summary"),
    "no step": ("builds", [("def step(", "def stepp(")], "without step"),
    "no docstring": ("explained", [('        """Take an instruction."""\n', "")], "Thing.reset"),
    "a model at the top": ("imports-light", [("import attrs\n", "import attrs\nimport onnxruntime\n")], "onnxruntime"),
    "options ignored": (
        "refuses-unknown",
        [('navila.read_options(Options, request.options, "planners.thing")', "Options()")],
        "no_such_option",
    ),
    "no words needed": ("refuses-empty", [("        checked_instruction(instruction)\n", "")], "without a word"),
    "another error": ("refuses-empty", [("checked_instruction(instruction)", "instruction.split()[0]")], "IndexError"),
    "a sentence for a plan": ("plans", [(RETURN, "return str(action) and (str(action)")], "Plan"),
    "set up in reset": (
        "step-before-reset",
        [("self.amount_m, self.count = options.amount_m, 0", "self.amount_m = options.amount_m")],
        "AttributeError",
    ),
    "dice without a seed": ("deterministic", [("15 + 30 * bright", "15 + 30 * random.random()")], "one seed"),
    "a reset that forgets to": (
        "deterministic",
        [("instruction)\n        self.count = 0", "instruction)")],
        "another reset",
    ),
    "small frames": (
        "odd-frames",
        [("self.count += 1", "self.count += 1\n        observation.rgb[5, 5]")],
        "(1, 1, 3)",
    ),
    "a verb of its own": ("canonical-sentences", [("navila.MoveForward(self.amount_m)", "Hop()")], "hop"),
    "an anonymous plan": ("says-what-it-said", [('model_id="thing"', 'model_id=""')], "model_id"),
    "a silent plan": ("says-what-it-said", [("raw=str(action)", 'raw=""')], "raw"),
    "a plan from nowhere": ("stamped", [("observation.pose, observation.time_s, ", "")], "the frame's"),
    "more than certain": ("probabilities", [('model_id="thing"', 'model_id="thing", probabilities=(1.2,)')], "1.2"),
    "side steps": ("within-the-body", [("navila.MoveForward(self.amount_m)", "navila.StepLeft(0.2)")], "step left"),
    "a made-up latency": ("latency", [('model_id="thing"', 'model_id="thing", latency_s=5.0')], "5.0"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_fails_its_own_check(fault, name, on, tmp_path):
    check, changes, words = FAULTS[fault]
    text = PLANNER
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    (tmp_path / f"{name}.py").write_text(text.replace("NAME", name), encoding="utf-8")
    body = fake_embodiment("plain", verbs=NAVILA_VERBS)
    report = check_planner(name, on=on(f"{name}={name}:record"), embodiment=body)
    assert [result.check for result in report.failed] == [check], str(report)
    (found, *_) = report.failed[0].faults
    assert words in str(found)
    assert found.value
    assert found.expected
    assert f"{name}.py" in found.mend


def test_the_sound_one_passes(name, on, tmp_path):
    (tmp_path / f"{name}.py").write_text(PLANNER.replace("NAME", name), encoding="utf-8")
    report = check_planner(name, on=on(f"{name}={name}:record"))
    assert report.ok, str(report)
    assert not [result for result in report.results if result.why]
