"""``human``: a command is carried out whole, or action by action, and never guessed."""

import pytest

import navila_sdk as navila
from navila_sdk.planners.human import record
from navila_sdk.testing import FakeDriver, fake_embodiment
from tests.planners.seeing import observation, plans_of

COMMAND = "turn left 90 degrees, walk forward 2 metres"
SENTENCES = ["turn left 90 degrees", "move forward 200 cm", "stop"]


def human():
    return record.make(navila.PlannerRequest())


def test_each_step_returns_what_is_left_committed():
    plans = plans_of(human(), COMMAND, 5)
    assert [[str(action) for action in plan.actions] for plan in plans] == [
        SENTENCES,
        SENTENCES[1:],
        ["stop"],
        ["stop"],
        ["stop"],
    ]
    assert all(plan.committed == len(plan.actions) for plan in plans)
    assert all(plan.raw == COMMAND and plan.model_id == "human" for plan in plans)
    seen = observation(1)
    assert (plans[1].pose, plans[1].time_s) == (seen.pose, seen.time_s)


def test_a_stop_that_is_said_is_not_added_again():
    assert plans_of(human(), "walk 1 m and stop", 1)[0].actions == (navila.MoveForward(1), navila.Stop())


def test_a_reset_starts_over():
    planner = human()
    plans_of(planner, COMMAND, 3)
    assert len(plans_of(planner, COMMAND, 1)[0].actions) == 3


@pytest.mark.parametrize("mode", list(navila.NavigatorMode))
def test_the_navigator_executes_the_command_once(mode):
    with navila.Robot(fake_embodiment(), FakeDriver()) as robot:
        episode = navila.Navigator(human(), robot, navila.NavigatorSettings(mode=mode)).navigate(COMMAND)
    assert episode.outcome.ok
    assert [str(action) for action in episode.actions] == SENTENCES
    assert (episode.final_pose.x_m, episode.final_pose.y_m) == pytest.approx((0, 2), abs=0.03)


def test_a_loop_of_single_actions_executes_it_once_too():
    planner, done = human(), []
    with navila.Robot(fake_embodiment(), FakeDriver()) as robot:
        planner.reset(COMMAND)
        while (plan := planner.step(robot.observe())).action != navila.Stop():
            robot.execute(plan.action)
            done.append(str(plan.action))
        pose = robot.state().pose
    assert done == SENTENCES[:2]
    assert (pose.x_m, pose.y_m) == pytest.approx((0, 2), abs=0.03)


@pytest.mark.parametrize(
    ("instruction", "words"),
    [
        ("go to the red box", ["'to'", "character 3", "walk forward 2 m"]),
        ("walk 1 m and turn left", ["'turn left'", "an angle", "character 13"]),
        ("walk 5 km", ["'5 km'", "character 5", "1000 metres"]),
        ("walk 2,5 m", ["'2,5'", "2.5"]),
        ("walk 2", ["unit", "end of the sentence"]),
        ("  ", ["empty"]),
        ("\0", ["binary"]),
        (b"walk 2 m", ["bytes"]),
        (None, ["NoneType"]),
    ],
)
def test_what_is_not_understood_is_quoted_with_its_place(instruction, words):
    with pytest.raises(navila.InstructionError) as caught:
        human().reset(instruction)
    for word in words:
        assert word in str(caught.value)


def test_a_step_without_an_instruction_is_an_error():
    with pytest.raises(navila.PlannerError, match="reset"):
        human().step(observation())


def test_after_a_refused_command_nothing_of_an_earlier_one_is_left():
    planner = human()
    planner.reset(COMMAND)
    with pytest.raises(navila.InstructionError):
        planner.reset("go to the red box")
    with pytest.raises(navila.PlannerError, match="reset"):
        planner.step(observation())


def test_it_takes_no_options():
    with pytest.raises(navila.ConfigError, match=r"planners\.human\.speed"):
        record.make(navila.PlannerRequest(options={"speed": 2}))
