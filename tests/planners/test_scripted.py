"""``scripted``: the given actions, one per step, then stop."""

import pytest

import navila_sdk as navila
from navila_sdk.planners.scripted import ScriptedPlanner, record
from tests.planners.seeing import observation, plans_of


def scripted(options):
    return record.make(navila.PlannerRequest(options=options))


def test_one_action_per_step_then_stop_and_again_after_a_reset():
    planner = scripted({"actions": ["move forward 75 cm", "The next action is turn left 30 degree."]})
    for _ in range(2):
        plans = plans_of(planner, "anything", 4)
        assert [plan.actions for plan in plans] == [
            (navila.MoveForward(0.75),),
            (navila.TurnLeft.degrees(30),),
            (navila.Stop(),),
            (navila.Stop(),),
        ]
        assert [plan.pose for plan in plans] == [observation(number).pose for number in range(4)]
        assert {plan.model_id for plan in plans} == {"scripted"}


def test_actions_are_taken_too():
    actions = [navila.StepLeft(0.1), navila.Wait(1 / 3)]
    for planner in (ScriptedPlanner(actions), scripted({"actions": actions})):
        assert [plan.action for plan in plans_of(planner, "go", 3)] == [*actions, navila.Stop()]


def test_an_empty_script_stops_at_once():
    assert plans_of(scripted({"actions": []}), "go", 1)[0].action == navila.Stop()


def test_every_bad_sentence_is_named():
    with pytest.raises(navila.ConfigError) as caught:
        scripted({"actions": ["move forward", "stop", "jump", 7]})
    problems = caught.value.problems
    assert [line.split(":")[0] for line in problems] == [f"planners.scripted.actions[{number}]" for number in (0, 2, 3)]
    assert "jump" in problems[1]


@pytest.mark.parametrize("options", [{}, {"actions": "stop"}, {"actions": None}, {"actions": ["stop"], "action": []}])
def test_other_options_are_refused_with_an_example(options):
    with pytest.raises(navila.ConfigError, match=r"planners\.scripted\.actions = \["):
        scripted(options)


def test_an_empty_instruction_is_refused():
    with pytest.raises(navila.InstructionError, match="empty"):
        scripted({"actions": []}).reset("")
