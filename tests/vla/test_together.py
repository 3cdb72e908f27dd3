"""Robots answered together get what each would get alone, whatever the weights, histories and instructions."""

from __future__ import annotations

import copy

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from navila_sdk.errors import ObservationError, PlannerError
from navila_sdk.observation import Observation
from navila_sdk.planner import BatchPlanner
from navila_sdk.planners.navila import NavilaPlanner, NavilaPlannerOptions
from tests.vla.conftest import NEEDS

torch = pytest.importorskip("torch", reason=NEEDS)
pytest.importorskip("transformers", reason=NEEDS)
INSTRUCTIONS = ("Go.", "Walk past the kitchen and wait by the door.", "Turn left at the second window, then stop.")


def seen(seed):
    random = np.random.default_rng(seed)
    height, width = random.integers(20, 60, 2)
    return Observation(random.integers(0, 256, (height, width, 3), np.uint8), time_s=float(seed))


def shaken(model, seed, size):
    """Return a model with other weights, so that answers differ."""
    from navila_sdk.vla.model import NavilaModel

    network = copy.deepcopy(model.network)
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.add_(size * torch.randn(parameter.shape, generator=generator))
    return NavilaModel(model.config, network, model.tokenizer)


def near(plan, alone, planner, other):
    ours, theirs = (np.array(p.last.choice.log_probabilities) for p in (planner, other))
    assert np.abs(np.exp(ours) - np.exp(theirs)).max() < 1e-4
    mine, its = (np.array(p.last.choice.probabilities) for p in (planner, other))
    assert np.abs(mine - its).max() < 1e-4
    assert planner.last.reused == other.last.reused
    assert planner.last.tokens == other.last.tokens
    assert plan.raw == alone.raw


robots = st.lists(st.tuples(st.sampled_from(INSTRUCTIONS), st.integers(0, 11)), min_size=2, max_size=4)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 10**6), st.floats(0.01, 0.2), robots, st.integers(1, 2))
def test_together_is_one_by_one(model, seed, size, told, rounds):
    other = shaken(model, seed, size)
    pairs = []
    for number, (instruction, before) in enumerate(told):
        pair = NavilaPlanner(other), NavilaPlanner(other)
        for planner in pair:
            planner.reset(instruction)
            for frame in range(before):
                planner.watch(seen(100 * number + frame))
        pairs.append(pair)
    for time in range(rounds):
        # Not every robot asks every time, so what is kept of their prompts differs.
        asking = [pair for number, pair in enumerate(pairs) if (number + time) % 3 or time == 0]
        observations = [seen(1000 * time + number) for number in range(len(asking))]
        plans = NavilaPlanner.step_many([(pair[0], one) for pair, one in zip(asking, observations, strict=True)])
        for plan, pair, observation in zip(plans, asking, observations, strict=True):
            near(plan, pair[1].step(observation), *pair)
            assert plan.time_s == observation.time_s


def three(model, **options):
    planners = [NavilaPlanner(model, NavilaPlannerOptions(**options)) for _ in range(3)]
    for planner, instruction in zip(planners, INSTRUCTIONS, strict=True):
        planner.reset(instruction)
    return planners


def test_a_robot_without_a_picture_spoils_no_others(model):
    alone, planners = three(model), three(model)
    bad = copy.copy(seen(1))
    object.__setattr__(bad, "rgb", np.zeros((4, 4), np.uint8))
    for number in range(3):
        plans = NavilaPlanner.step_many([(planners[0], seen(number)), (planners[1], bad), (planners[2], seen(7))])
        assert isinstance(plans[1], ObservationError)
        assert plans[0].raw == alone[0].step(seen(number)).raw
        assert plans[2].raw == alone[2].step(seen(7)).raw
    # What couldn't be seen isn't part of its history.
    assert planners[1].step(seen(3)).raw == alone[1].step(seen(3)).raw
    assert planners[1].last.tokens == alone[1].last.tokens


@pytest.mark.parametrize("most", [1, 2, 10])
def test_a_pass_that_is_too_much_is_done_in_parts(model, monkeypatch, most):
    alone, planners = three(model), three(model)
    sizes = []
    choose, encode = type(model).choose, type(model).encode_pixels

    def limited(self, prefills, prompts):
        sizes.append(len(prefills))
        if len(prefills) > most:
            raise torch.OutOfMemoryError("out of memory")
        return choose(self, prefills, prompts)

    def looking(self, pixels):
        if len(pixels) > most:
            raise torch.OutOfMemoryError("out of memory")
        return encode(self, pixels)

    with monkeypatch.context() as patched:
        patched.setattr(type(model), "choose", limited)
        patched.setattr(type(model), "encode_pixels", looking)
        plans = NavilaPlanner.step_many([(planner, seen(4)) for planner in planners])
    assert [plan.raw for plan in plans] == [planner.step(seen(4)).raw for planner in alone]
    assert max(sizes) == 3
    assert sizes[-1] <= most


def test_a_robot_the_model_fails_for_is_told_alone(model, monkeypatch):
    alone, planners = three(model), three(model)
    choose = type(model).choose
    target = planners[1]._session._prefill

    def failing(self, prefills, prompts):
        if target in prefills:
            raise RuntimeError("a kernel failed")
        return choose(self, prefills, prompts)

    with monkeypatch.context() as patched:
        patched.setattr(type(model), "choose", failing)
        plans = NavilaPlanner.step_many([(planner, seen(4)) for planner in planners])
    assert isinstance(plans[1], PlannerError)
    assert "a kernel failed" in str(plans[1])
    for number in (0, 2):
        assert plans[number].raw == alone[number].step(seen(4)).raw


def test_prompts_beyond_one_pass_are_answered_in_several(model, monkeypatch):
    from navila_sdk.vla import together

    alone, planners = three(model), three(model)
    monkeypatch.setattr(together, "MOST_TOKENS", 300)
    plans = NavilaPlanner.step_many([(planner, seen(4)) for planner in planners])
    assert [plan.raw for plan in plans] == [planner.step(seen(4)).raw for planner in alone]


def test_who_can_be_asked_together(model):
    one, other = three(model)[:2]
    assert isinstance(one, BatchPlanner)
    assert one.batch_key == other.batch_key is not None
    assert one.batch_key != NavilaPlanner(shaken(model, 0, 0.1)).batch_key
    assert three(model, decode="free")[0].batch_key is None
    with pytest.raises(ValueError, match="twice"):
        NavilaPlanner.step_many([(one, seen(0)), (one, seen(1))])
    with pytest.raises(ValueError, match="one model"):
        NavilaPlanner.step_many([(one, seen(0)), (NavilaPlanner(shaken(model, 0, 0.1)), seen(1))])
    assert NavilaPlanner.step_many([]) == []
