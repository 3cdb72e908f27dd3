"""``random``: seeded draws from the trained actions, the same in every run, then stop."""

import pytest

import navila_sdk as navila
from navila_sdk.planners.random import record
from tests.planners.seeing import plans_of

TRAINED = {
    *(navila.MoveForward.cm(amount) for amount in (25, 50, 75)),
    *(turn.degrees(amount) for turn in (navila.TurnLeft, navila.TurnRight) for amount in (15, 30, 45)),
}


def drawn(seed, count, **options):
    planner = record.make(navila.PlannerRequest(options=options, seed=seed))
    return [plan.action for plan in plans_of(planner, "go", count)]


def test_twenty_motions_then_stop():
    actions = drawn(0, 22)
    assert set(actions[:20]) <= TRAINED
    assert actions[20:] == [navila.Stop()] * 2


def test_every_trained_motion_is_drawn():
    assert set(drawn(0, 500, steps=500)) == TRAINED


def test_runs_repeat_and_seeds_differ():
    planner = record.make(navila.PlannerRequest(seed=3))
    first, second = ([plan.action for plan in plans_of(planner, "go", 20)] for _ in range(2))
    assert first == second == drawn(3, 20)
    assert first != drawn(4, 20)


def test_the_raw_text_says_the_same_as_the_action():
    planner = record.make(navila.PlannerRequest(seed=1))
    for plan in plans_of(planner, "go", 21):
        assert navila.parse_action(plan.raw) == plan.action
        assert plan.model_id == "random"


@pytest.mark.parametrize("steps", [0, 1, 3])
def test_the_number_of_steps_is_an_option(steps):
    actions = drawn(0, 5, steps=steps)
    assert actions.index(navila.Stop()) == steps


@pytest.mark.parametrize("options", [{"steps": -1}, {"steps": True}, {"steps": "many"}, {"steps": 1.5}, {"step": 3}])
def test_other_options_are_refused_with_an_example(options):
    with pytest.raises(navila.ConfigError, match=r"planners\.random\.step"):
        drawn(0, 1, **options)
