"""A small model as a planner: without torch, deterministic, never an answer that is no action."""

import json
import shutil
import subprocess
import sys

import attrs
import numpy as np
import pytest
from navila_nano.both_ways import BothWays
from navila_nano.model import NanoModel
from navila_nano.planner import NanoOptions, NanoPlanner
from navila_nano.session import NanoSession

import navila_sdk as navila
from navila_sdk.errors import CheckpointError, ConfigError, InstructionError, ObservationError
from navila_sdk.geometry import Pose2
from navila_sdk.observation import Observation
from navila_sdk.vla.mirror import mirrored_text
from tests.nano.tiny import TINY


@pytest.fixture(scope="module")
def model():
    return NanoModel(TINY)


def views(count, seed=0, size=(48, 64)):
    random = np.random.default_rng(seed)
    for index in range(count):
        yield Observation(random.integers(0, 256, (*size, 3), np.uint8), Pose2(index * 0.1), float(index))


def told(model, instruction, count=12, **options):
    planner = NanoPlanner(model, NanoOptions(**options))
    planner.reset(instruction)
    return [planner.step(view) for view in views(count)]


def test_every_plan_is_one_of_the_ten_actions(model):
    legal = {str(navila.parse_action(text)) for text in model.card.sentences}
    for plan in told(model, "Go past the red box and stop at the blue cylinder."):
        assert str(plan.action) in legal
        assert navila.parse_action(plan.raw) == plan.action
        assert 0 < plan.probabilities[0] <= 1
        assert plan.model_id == TINY.name


def test_the_same_episode_gives_the_same_plans(model):
    def once():
        return [(plan.raw, plan.probabilities) for plan in told(model, "Walk to the kitchen.")]

    assert once() == once()


def test_probabilities_are_those_of_the_ten(model):
    session = NanoSession(model)
    session.reset("Go to the red box.")
    for view in views(9):
        session.see(view.rgb)
        choice = session.answer()
        assert sum(choice.probabilities) == pytest.approx(1.0)
        assert choice.legal_mass <= 1.0 + 1e-6


def test_an_unsure_model_says_so(model):
    plans = told(model, "Go to the red box.", least_probability=1.0)
    assert all(plan.unparsed is not None and "unsure" in plan.unparsed.reason for plan in plans if not plan.actions)
    assert any(not plan.actions for plan in plans)


def test_pictures_of_any_size(model):
    planner = NanoPlanner(model)
    planner.reset("Go to the red box.")
    for view in views(2, size=(480, 640)):
        assert planner.step(view).actions
    with pytest.raises(ObservationError):
        planner.step(Observation(np.zeros((4, 4), np.uint8), Pose2(), 0.0))


@pytest.mark.parametrize("text", ["", "Go <image> there.", "Stop<|end_of_text|>", "box " * 1100])
def test_instructions_that_are_refused(model, text):
    with pytest.raises(InstructionError):
        NanoPlanner(model).reset(text)


def test_models_that_cannot_be_read(tmp_path):
    with pytest.raises(CheckpointError, match=r"nano\.json"):
        NanoModel(tmp_path)
    for name in ("nano.json", "tokenizer.json", "vision.onnx", "language.onnx"):
        shutil.copyfile(TINY / name, tmp_path / name)
    (tmp_path / "language.onnx").write_bytes(b"torn")
    with pytest.raises(CheckpointError, match=r"language\.onnx: onnxruntime can't read"):
        NanoModel(tmp_path)
    card = json.loads((TINY / "nano.json").read_text())
    (tmp_path / "nano.json").write_text(json.dumps({**card, "format": 2}))
    with pytest.raises(CheckpointError, match="another format"):
        NanoModel(tmp_path)
    (tmp_path / "nano.json").write_text(json.dumps({**card, "frames": "eight"}))
    with pytest.raises(CheckpointError, match="can't be read"):
        NanoModel(tmp_path)


def test_it_comes_with_its_weights(tmp_path, monkeypatch):
    import navila_nano.model as module

    shipped = NanoModel()
    assert shipped.name == "nano"
    assert sum(file.stat().st_size for file in module.WEIGHTS.rglob("*") if file.is_file()) < 30e6
    planner = navila.load_planner("nano")
    planner.reset("Leave the kitchen.")
    assert str(planner.step(next(views(1))).action) in {str(navila.parse_action(t)) for t in shipped.card.sentences}
    monkeypatch.setattr(module, "WEIGHTS", tmp_path)
    with pytest.raises(CheckpointError, match="pip install navila-nano"):
        NanoModel()


def test_its_checkpoint_is_the_same_model():
    pytest.importorskip("torch", reason="torch isn't installed: pip install 'navila-sdk[vla]'")
    pytest.importorskip("transformers", reason="transformers isn't installed: pip install 'navila-sdk[vla]'")
    from navila_nano.model import CHECKPOINT, WEIGHTS

    from navila_sdk.training.vla.export_onnx import difference
    from navila_sdk.vla.model import NavilaModel

    assert difference(NavilaModel.from_pretrained(CHECKPOINT), WEIGHTS) < 1e-3


def test_options_are_checked():
    with pytest.raises(ConfigError, match=r"planners\.nano\.least_probability"):
        navila.load_planner("nano", least_probability=2.0)


def test_it_needs_no_torch():
    code = (
        "import sys, numpy as np, navila_sdk as navila\n"
        "for name in ('torch', 'transformers', 'tokenizers', 'safetensors'): sys.modules[name] = None\n"
        f"planner = navila.load_planner('nano', model={str(TINY)!r}); planner.reset('Go to the red box.')\n"
        "print(planner.step(navila.Observation(np.zeros((48, 64, 3), np.uint8), navila.Pose2(), 0.0)).raw)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert navila.parse_action(done.stdout.strip()) is not None


def test_a_control_without_a_sense_answers_the_same_whatever_that_sense_gives(model):
    def told_of(instruction, seed, without, count=10):
        planner = NanoPlanner(model, NanoOptions(without=without))
        planner.reset(instruction)
        return [planner.step(view).probabilities for view in views(count, seed)]

    one, other = "Go to the red box.", "Turn left, then walk to the kitchen."
    assert told_of(one, 1, ("images",)) == told_of(one, 2, ("images",)) != told_of(one, 1, ())
    assert told_of(one, 1, ("instruction",)) == told_of(other, 1, ("instruction",)) != told_of(one, 1, ())
    apart = [told_of(one, 1, ("history",), count)[-1] for count in (1, 10)]
    alone = NanoPlanner(model, NanoOptions(without=("history",)))
    alone.reset(one)
    assert alone.step(list(views(10, 1))[-1]).probabilities == apart[1] != apart[0]


def test_asked_both_ways_left_and_right_are_treated_alike(model):
    def chances(instruction, mirrored, mirror):
        planner = NanoPlanner(model, NanoOptions(heed_moves=False, mirror=mirror))
        planner.reset(mirrored_text(instruction) if mirrored else instruction)
        found = []
        for view in views(10):
            frame = view.rgb[:, ::-1] if mirrored else view.rgb
            plan = planner.step(attrs.evolve(view, rgb=frame))
            found.append((mirrored_text(plan.raw) if mirrored else plan.raw, plan.probabilities))
        return found

    told = "Turn left, go past the red box on your right."
    one, other = chances(told, False, True), chances(told, True, True)
    assert [raw for raw, _ in one] == [raw for raw, _ in other]
    assert [chance for _, (chance,) in one] == pytest.approx([chance for _, (chance,) in other])
    assert chances(told, False, False) != chances(told, True, False)


def test_a_model_that_cannot_answer_in_the_mirror_says_so(model):
    with pytest.raises(ConfigError, match=r"mirror = false"):
        BothWays(NanoSession(model), NanoSession(model), ("turn left 15 degrees", "stop"))
