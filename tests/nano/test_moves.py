"""What the last actions came to: nothing is tried for ever, and nobody turns back and forth on the spot."""

import math

from hypothesis import given
from hypothesis import strategies as st
from navila_nano.moves import Moves

import navila_sdk as navila
from navila_sdk.geometry import Pose2

ACTIONS = (
    navila.MoveForward(0.75),
    navila.TurnLeft.degrees(15),
    navila.TurnLeft.degrees(45),
    navila.TurnRight.degrees(30),
    navila.Stop(),
)
FORWARD, LEFT, LEFT45, RIGHT, STOP = range(5)


def chances(*order):
    """Likeliest first."""
    return [1.0 - order.index(index) / 10 if index in order else 0.0 for index in range(len(ACTIONS))]


def test_without_a_reason_the_likeliest_is_taken():
    moves = Moves()
    for step in range(20):
        assert moves.best(ACTIONS, chances(FORWARD, LEFT), Pose2(0.5 * step)) == FORWARD


def test_a_move_that_leads_nowhere_is_given_up_until_something_changes():
    moves, here = Moves(), Pose2(1.0, 2.0, 0.3)
    found = [moves.best(ACTIONS, chances(FORWARD, RIGHT, STOP), here) for _ in range(3)]
    assert found == [FORWARD, FORWARD, RIGHT]
    turned = Pose2(1.0, 2.0, 0.3 - math.radians(30))
    assert moves.best(ACTIONS, chances(FORWARD, RIGHT), turned) == FORWARD
    moved = Pose2(1.2, 2.0, 0.3)
    assert moves.best(ACTIONS, chances(FORWARD, RIGHT), moved) == FORWARD


def test_a_turn_is_not_taken_back_on_the_spot():
    moves, here = Moves(), Pose2()
    assert moves.best(ACTIONS, chances(LEFT, FORWARD), here) == LEFT
    left = Pose2(0, 0, math.radians(15))
    assert moves.best(ACTIONS, chances(RIGHT, FORWARD), left) == FORWARD
    assert moves.best(ACTIONS, chances(RIGHT, FORWARD), Pose2(0.5, 0.1, math.radians(15))) == RIGHT


def test_nobody_spins_for_ever():
    moves, yaw = Moves(), 0.0
    for _ in range(8):
        assert moves.best(ACTIONS, chances(LEFT45, STOP), Pose2(0, 0, yaw)) == LEFT45
        yaw += math.radians(45)
    assert moves.best(ACTIONS, chances(LEFT45, STOP), Pose2(0, 0, yaw)) == STOP


def test_a_new_episode_begins_anew():
    moves = Moves()
    moves.best(ACTIONS, chances(LEFT), Pose2())
    moves.reset()
    assert moves.best(ACTIONS, chances(RIGHT), Pose2()) == RIGHT


@given(st.lists(st.permutations(range(len(ACTIONS))), min_size=30, max_size=60))
def test_a_body_that_cannot_move_ends_by_stop_or_has_tried_everything(orders):
    """Held in place, it never answers the same fruitless thing on and on while anything else is left."""
    moves, yaw, taken = Moves(), 0.0, []
    for order in orders:
        index = moves.best(ACTIONS, chances(*order), Pose2(0, 0, yaw))
        taken.append(index)
        action = ACTIONS[index]
        if isinstance(action, navila.TurnLeft | navila.TurnRight):
            yaw += action.angle_rad if isinstance(action, navila.TurnLeft) else -action.angle_rad
    turns = [index for index in taken if index in (LEFT, LEFT45, RIGHT)]
    assert not ({LEFT, LEFT45} & set(turns) and RIGHT in turns)
    assert sum(abs(ACTIONS[index].angle_rad) for index in turns) < math.tau + math.radians(45)
