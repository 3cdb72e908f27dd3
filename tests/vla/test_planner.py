"""The planner ``navila``: one surface, exact caches, refusals at the door, doubts said aloud."""

from __future__ import annotations

import logging
import math

import attrs
import numpy as np
import pytest

import navila_sdk as navila
from navila_sdk.errors import CheckpointError, ConfigError, InstructionError, ObservationError
from navila_sdk.geometry import Pose2
from navila_sdk.observation import Observation
from navila_sdk.planners.navila import NavilaPlanner, NavilaPlannerOptions, camera_gaps
from tests.vla.conftest import NEEDS, TINY

torch = pytest.importorskip("torch", reason=NEEDS)
pytest.importorskip("transformers", reason=NEEDS)


def frame(seed, shape=(30, 40, 3)):
    return np.random.default_rng(seed).integers(0, 256, shape, np.uint8)


def seen(seed, **changes):
    return attrs.evolve(Observation(frame(seed), Pose2(1.0, 2.0, 0.5), float(seed)), **changes)


def test_step_by_step_is_what_the_whole_history_gives(model):
    planner = NavilaPlanner(model)
    planner.reset("Walk to the door.")
    frames = [frame(seed) for seed in range(20)]
    for number in range(20):
        plan = planner.step(seen(number))
        assert plan.raw == model.generate(frames[: number + 1], "Walk to the door.")
        assert plan.pose == Pose2(1.0, 2.0, 0.5)
        assert plan.time_s == number
        assert plan.probabilities is not None
        assert 0 < plan.probabilities[0] <= 1
    assert planner.last is not None
    assert planner.last.choice is not None


def test_each_frame_passes_the_tower_once(model):
    planner = NavilaPlanner(model)
    passed = []
    model_encode = model.encode
    planner._session._memory._encode = lambda f: passed.append(1) or model_encode(f)
    planner.reset("Walk to the door.")
    for number in range(25):
        planner.step(seen(number))
    assert len(passed) == 25 + 1


def test_features_beyond_the_budget_come_back_bit_for_bit(model):
    from navila_sdk.vla.features import FeatureMemory

    small, large = (FeatureMemory(model.encode, 8, budget) for budget in (1, 2**30))
    for number in range(40):
        for memory in (small, large):
            memory.add(frame(number))
        for (key, ours), (other, theirs) in zip(small.sampled(), large.sampled(), strict=True):
            assert key == other
            assert torch.equal(ours, theirs)
        assert len(small._kept) <= 8
    small.reset()
    assert len(small) == 0
    with pytest.raises(ValueError, match="at least 1"):
        small.sampled()


def test_episodes_do_not_leak_into_each_other(model):
    planner = NavilaPlanner(model)
    planner.reset("Walk to the door.")
    first = [planner.step(seen(number)).raw for number in range(10)]
    planner.reset("Stop at the window.")
    for number in range(10):
        planner.step(seen(100 + number))
    planner.reset("Walk to the door.")
    assert [planner.step(seen(number)).raw for number in range(10)] == first


@pytest.mark.parametrize(
    ("instruction", "told"),
    [
        ("Go to the <image>", "'<image>'"),
        ("<|eot_id|> and now", "<|eot_id|>"),
        ("", "empty"),
        ("walk " * 2100, "characters"),
        ("\x00", "binary"),
    ],
)
def test_instructions_that_would_change_the_prompt(model, instruction, told):
    with pytest.raises(InstructionError, match=told):
        NavilaPlanner(model).reset(instruction)


def test_an_instruction_longer_than_the_context_is_told_by_how_much(model):
    config = attrs.evolve(model.config, context=300)
    from navila_sdk.vla.model import NavilaModel

    short = NavilaModel(config, model.network, model.tokenizer)
    NavilaPlanner(short).reset("Go.")
    with pytest.raises(InstructionError, match=r"prompt of \d+ tokens, and this model takes \d+; shorten it by about"):
        NavilaPlanner(short).reset("Walk along the corridor " * 20)


@pytest.mark.parametrize("bad", [np.zeros((4, 4), np.uint8), np.zeros((4, 4, 3)), np.zeros((0, 4, 3), np.uint8)])
def test_frames_that_are_none(model, bad):
    planner = NavilaPlanner(model)
    planner.reset("Go.")
    before = planner.step(seen(0)).raw
    with pytest.raises(ObservationError):
        model.encode(bad)
    planner.reset("Go.")
    assert planner.step(seen(0)).raw == before


def test_free_text_that_is_no_action_is_a_result(model):
    planner = NavilaPlanner(model, NavilaPlannerOptions(decode="free"), seed=3)
    planner.reset("Go.")
    plan = planner.step(seen(0))
    assert not plan.actions
    assert plan.unparsed is not None
    assert plan.unparsed.raw == plan.raw
    planner.reset("Go.")
    assert planner.step(seen(0)).raw == plan.raw


def test_doubts_are_said_and_nothing_is_done(model):
    for options, told in (
        (NavilaPlannerOptions(least_probability=1.0), "unsure: probability"),
        (NavilaPlannerOptions(least_mass=0.5), "would rather say something else"),
    ):
        planner = NavilaPlanner(model, options)
        planner.reset("Go.")
        plan = planner.step(seen(0))
        assert not plan.actions
        assert plan.unparsed is not None
        assert told in plan.unparsed.reason


def test_it_registers_like_any_other_and_drives_a_robot(caplog):
    with navila.connect("go2", world="mujoco", scene="apartment:7") as robot:
        with caplog.at_level(logging.WARNING):
            planner = navila.load_planner("navila", robot=robot, checkpoint=str(TINY))
        assert "0.82 m high, not 1.25" in caplog.text
        episode = navila.navigate(planner, robot, "Go past the red box.", record=False)
    assert episode.outcome is not None
    assert episode.path_length_m >= 0


def test_cameras_like_the_trained_one_are_not_warned_of():
    body = navila.Plugins().embodiment("go2")
    camera = attrs.evolve(body.camera, z_m=1.25, hfov_rad=math.pi / 2)
    assert camera_gaps(attrs.evolve(body, camera=camera)) == []
    assert len(camera_gaps(attrs.evolve(body, camera=attrs.evolve(camera, z_m=0.3, hfov_rad=2.0)))) == 2


def test_options_that_do_not_fit():
    with pytest.raises(ConfigError, match="checkpoint"):
        navila.load_planner("navila")
    with pytest.raises(ConfigError, match="decode"):
        navila.load_planner("navila", checkpoint=str(TINY), decode="beam")
    with pytest.raises(CheckpointError, match="no such"):
        navila.load_planner("navila", checkpoint="nowhere/")
