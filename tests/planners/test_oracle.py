"""The oracle on the move: always there, never through anything, never in circles."""

from __future__ import annotations

import math
import random
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from navila_sdk.actions import NAVILA_VERBS, Action, Stop, Verb
from navila_sdk.embodiment import Embodiment, Footprint
from navila_sdk.errors import CapabilityError, ConfigError, InstructionError, PlannerError
from navila_sdk.geometry import Pose2
from navila_sdk.grammar import parse_action
from navila_sdk.observation import Observation
from navila_sdk.planner import Planner, PlannerRequest
from navila_sdk.planners.oracle import record
from navila_sdk.scenes import Errand, Scene, Shape, Solid, load_scene
from navila_sdk.scenes.geodesic import DistanceField
from navila_sdk.scenes.occupancy import occupancy
from navila_sdk.testing.fake import fake_embodiment

LONG = fake_embodiment("long", footprint=Footprint(length_m=0.70, width_m=0.32, height_m=0.9, clearance_m=0.1))
WIDE = fake_embodiment("wide", footprint=Footprint(length_m=0.40, width_m=0.60, height_m=1.8, clearance_m=0.08))
SMALL = fake_embodiment("small", footprint=Footprint(length_m=0.36, width_m=0.50, height_m=1.2, clearance_m=0.05))
TEN = {
    *(f"move forward {cm} cm" for cm in (25, 50, 75)),
    *(f"turn {side} {degrees} degrees" for side in ("left", "right") for degrees in (15, 30, 45)),
    "stop",
}


def seen(pose: Pose2, time_s: float = 0.0) -> Observation:
    return Observation(np.zeros((2, 2, 3), np.uint8), pose, time_s)


def oracle(scene: Scene, body: Embodiment = SMALL, **options: object) -> Planner:
    return record.make(PlannerRequest(scene=scene, embodiment=body, options=options))


def walk(planner: Planner, most: int = 100, error=lambda motion: motion) -> tuple[list[Pose2], list[Action]]:
    """Carry out the planner's actions and return the odometry poses and the actions, Stop included."""
    poses, actions = [Pose2()], []
    while len(actions) < most:
        plan = planner.step(seen(poses[-1]))
        actions.append(plan.action)
        if plan.action == Stop():
            break
        poses.append(poses[-1].compose(error(plan.action.displacement())))
    return poses, actions


def carried_out(scene: Scene, errand: Errand, body: Embodiment, **kwargs: object) -> tuple[list[Pose2], list[Action]]:
    planner = oracle(scene, body, start=list(errand.start.as_tuple()))
    planner.reset(errand.instruction)
    poses, actions = walk(planner, **kwargs)
    return [errand.start.compose(pose) for pose in poses], actions


@pytest.mark.parametrize("body", [LONG, WIDE, SMALL], ids=lambda body: body.name)
@pytest.mark.parametrize("seed", range(16))
def test_every_errand_is_reached_clear_of_everything_in_the_ten_sentences(seed, body):
    scene = load_scene(f"apartment:{seed}")
    clear = occupancy(scene, 0.30, high_m=body.footprint.height_m)
    for errand in scene.errands:
        poses, actions = carried_out(scene, errand, body)
        assert actions[-1] == Stop(), errand.instruction
        assert len(actions) <= 60
        assert {str(action) for action in actions} <= TEN
        assert math.dist((poses[-1].x_m, poses[-1].y_m), errand.goal_m) <= 0.35
        places = [(pose.x_m, pose.y_m) for pose in poses]
        assert all(clear.segment_free(a, b) for a, b in pairwise(places))


@pytest.mark.parametrize("seed", range(16, 26))
def test_turns_never_undo_each_other(seed):
    for errand in (scene := load_scene(f"apartment:{seed}")).errands:
        _, actions = carried_out(scene, errand, LONG)
        for a, b in pairwise(actions):
            assert {a.verb, b.verb} != {Verb.TURN_LEFT, Verb.TURN_RIGHT}


@pytest.mark.parametrize("seed", range(10))
def test_sloppy_motion_still_gets_there(seed):
    dice = random.Random(seed)

    def slip(motion: Pose2) -> Pose2:
        sideways_m = dice.gauss(0, 0.02) if motion.x_m else 0.0
        return Pose2(
            motion.x_m * dice.gauss(1, 0.08), sideways_m, motion.yaw_rad * dice.gauss(1, 0.08) + dice.gauss(0, 0.02)
        )

    scene = load_scene(f"apartment:{seed}")
    for errand in scene.errands:
        poses, actions = carried_out(scene, errand, LONG, error=slip)
        assert actions[-1] == Stop()
        assert math.dist((poses[-1].x_m, poses[-1].y_m), errand.goal_m) <= 0.35


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 19), st.randoms(use_true_random=False))
def test_from_anywhere_in_mid_motion_it_gets_there(seed, dice):
    """Odd poses, as a moving robot's frames have them: any place the body fits at, any heading."""
    scene = load_scene(f"apartment:{seed}")
    planner = oracle(scene)
    planner.reset(dice.choice(scene.errands).instruction)
    grid = occupancy(scene, 0.42, high_m=1.9)
    here = DistanceField(grid, planner.goal_m)
    free = np.argwhere(here.reachable)
    pose = Pose2(*grid.center_m(*free[dice.randrange(len(free))]), dice.uniform(-math.pi, math.pi))
    for _ in range(100):
        action = planner.step(seen(scene.start.relative(pose))).action
        if action == Stop():
            break
        pose = pose.compose(action.displacement())
    assert action == Stop()
    assert math.dist((pose.x_m, pose.y_m), planner.goal_m) <= 0.35


def hall(*solids: Solid) -> Scene:
    return Scene("hall", (6.0, 4.0), Pose2(1.0, 2.0), walls=solids)


def test_straight_ahead_takes_the_longest_moves_and_does_not_overshoot():
    planner = oracle(hall(), goal=[3.0, 2.0])
    planner.reset("go")
    _, actions = walk(planner)
    assert [str(action) for action in actions] == [
        "move forward 75 cm",
        "move forward 75 cm",
        "move forward 50 cm",
        "stop",
    ]


def test_what_a_plan_says_of_itself():
    planner = oracle(hall(), goal=[1.0, 3.5])
    planner.reset("go")
    pose = Pose2(0.1, 0.0, 0.2)
    plan = planner.step(seen(pose, 3.5))
    assert (plan.pose, plan.time_s, plan.model_id, plan.committed) == (pose, 3.5, "oracle", 0)
    assert plan.raw == "The next action is turn left 45 degrees."
    assert parse_action(plan.raw) == plan.action
    assert planner.step(seen(pose, 3.5)).action == plan.action


def test_a_new_instruction_starts_afresh():
    scene = load_scene("apartment:2")
    planner = oracle(scene)
    goals = []
    for errand in scene.errands:
        planner.reset(errand.instruction)
        goals.append(planner.goal_m)
    assert goals == [errand.goal_m for errand in scene.errands]


def test_a_body_pressed_against_a_wall_gets_off_it():
    wall = Solid(Shape.BOX, (3.0, 1.0, 1.0), (0.2, 2.0, 2.0))
    planner = oracle(hall(wall), start=[2.75, 1.0, 0.0], goal=[4.5, 1.0])
    planner.reset("go")
    poses, actions = walk(planner)
    assert actions[-1] == Stop()
    end = Pose2(2.75, 1.0, 0.0).compose(poses[-1])
    assert math.dist((end.x_m, end.y_m), (4.5, 1.0)) <= 0.35


def test_the_stop_radius_is_an_option():
    planner = oracle(hall(), goal=[5.0, 2.0], stop_radius_m=2.0)
    planner.reset("go")
    poses, _ = walk(planner)
    assert 1.25 <= 4.0 - poses[-1].x_m <= 2.0


def test_a_goal_without_a_way_is_said_with_its_distance():
    wall = Solid(Shape.BOX, (3.0, 2.0, 1.0), (0.2, 4.0, 2.0))
    for goal in ([5.0, 2.0], [9.0, 2.0]):
        with pytest.raises(PlannerError, match=rf"{goal[0] - 1:.2f} m from the robot"):
            oracle(hall(wall), goal=goal).reset("go")


def test_a_robot_that_got_where_there_is_no_way_is_told_so():
    planner = oracle(hall(), goal=[5.0, 2.0])
    planner.reset("go")
    with pytest.raises(PlannerError, match="no way to the goal"):
        planner.step(seen(Pose2(50.0, 0.0)))


def test_a_step_before_an_instruction_is_refused():
    with pytest.raises(PlannerError, match="reset"):
        oracle(hall()).step(seen(Pose2()))
    planner = oracle(load_scene("apartment:0"))
    planner.reset("Go to the kitchen.")
    with pytest.raises(InstructionError):
        planner.reset("Sing.")
    with pytest.raises(PlannerError, match="reset"):
        planner.step(seen(Pose2()))


def test_what_is_missing_is_named():
    with pytest.raises(PlannerError, match="scene"):
        record.make(PlannerRequest(embodiment=SMALL))
    with pytest.raises(PlannerError, match="embodiment"):
        record.make(PlannerRequest(scene=hall()))
    legless = fake_embodiment(verbs=NAVILA_VERBS - {Verb.TURN_LEFT})
    with pytest.raises(CapabilityError, match="turn left"):
        record.make(PlannerRequest(scene=hall(), embodiment=legless))


@pytest.mark.parametrize("instruction", ["", "  ", "x" * 20_000, "\x00\x01"])
def test_what_is_no_instruction_is_refused_even_with_a_goal(instruction):
    with pytest.raises(InstructionError):
        oracle(hall(), goal=[2.0, 2.0]).reset(instruction)


def test_every_bad_option_is_named_at_once():
    with pytest.raises(ConfigError) as caught:
        oracle(hall(), gaol=[1, 2], goal=[1, "2"], start=[1, 2], stop_radius_m=True, radius_m=-1)
    assert len(caught.value.problems) == 5
    assert "did you mean 'goal'" in str(caught.value)
