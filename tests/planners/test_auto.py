"""``auto``: motion commands go to ``human``, everything else to the configured planner, built when needed."""

import pytest

import navila_sdk as navila
from navila_sdk.planners import human
from navila_sdk.planners.auto import record
from navila_sdk.planners.scripted import ScriptedPlanner
from tests.planners.seeing import observation, plans_of


class Shelf:
    """Builds planners by name and remembers which."""

    def __init__(self):
        self.built = []

    def load(self, name):
        self.built.append(name)
        if name == "human":
            return human.record.make(navila.PlannerRequest())
        return ScriptedPlanner([navila.MoveForward(0.25)])


def auto(shelf, default="guide"):
    return record.make(navila.PlannerRequest(load=shelf.load, default_planner=default))


def test_motion_commands_go_to_human_and_landmarks_to_the_default():
    shelf = Shelf()
    planner = auto(shelf)
    assert shelf.built == []
    assert plans_of(planner, "turn left 90 degrees and stop", 1)[0].actions[0] == navila.TurnLeft.degrees(90)
    assert (planner.chosen, shelf.built) == ("human", ["human"])
    assert plans_of(planner, "go to the red box", 1)[0].actions == (navila.MoveForward(0.25),)
    assert (planner.chosen, shelf.built) == ("guide", ["human", "guide"])


def test_a_planner_is_built_once():
    shelf = Shelf()
    planner = auto(shelf)
    for _ in range(3):
        planner.reset("go to the red box")
    assert shelf.built == ["guide"]


@pytest.mark.parametrize(
    "instruction", ["turn left 90 degrees, then find the door", "walk forward", "walk 1 m and then"]
)
def test_partly_a_command_is_no_command(instruction):
    planner = auto(Shelf())
    planner.reset(instruction)
    assert planner.chosen == "guide"


@pytest.mark.parametrize(
    "instruction",
    ["walk forward 0 m", "walk forward -1 m", "walk forward 99999999999999 km", "turn left 1000000 degrees, then stop"],
)
def test_a_motion_of_an_impossible_amount_is_refused_and_nobody_elses_business(instruction):
    shelf = Shelf()
    with pytest.raises(navila.InstructionError, match=r"can't be carried out: .*amount"):
        auto(shelf).reset(instruction)
    assert shelf.built == []


def test_without_a_default_the_error_quotes_the_words_and_says_how_to_name_one():
    shelf = Shelf()
    with pytest.raises(navila.InstructionError) as caught:
        auto(shelf, default=None).reset("walk 1 m and admire the view")
    for word in ("'admire'", "character 13", "--planner", "default_planner"):
        assert word in str(caught.value)
    assert shelf.built == []


@pytest.mark.parametrize("instruction", ["", "x" * 10_001, b"stop", "a\0b"])
def test_what_is_no_instruction_reaches_no_planner(instruction):
    shelf = Shelf()
    with pytest.raises(navila.InstructionError):
        auto(shelf).reset(instruction)
    assert shelf.built == []


def test_a_step_without_an_instruction_is_an_error():
    with pytest.raises(navila.PlannerError, match="reset"):
        auto(Shelf()).step(observation())


def test_it_cannot_be_its_own_default():
    with pytest.raises(navila.ConfigError, match="auto"):
        auto(Shelf(), default="auto")


def test_a_failed_reset_leaves_no_earlier_episode_behind():
    planner = auto(Shelf(), default=None)
    planner.reset("walk 1 m")
    with pytest.raises(navila.InstructionError):
        planner.reset("find the door")
    assert planner.chosen == ""
    with pytest.raises(navila.PlannerError, match="reset"):
        planner.step(observation())
