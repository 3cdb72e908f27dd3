"""The judge: distances wherever a robot can get to, steps as VLN-CE counts them, contacts and waits."""

import math

import pytest

import navila_sdk as navila
from navila_sdk.evaluation.judge import GoalDistance, Judge
from navila_sdk.geometry import Pose2
from navila_sdk.robot import Robot
from navila_sdk.scenes.load import load_scene
from navila_sdk.scenes.scene import Scene, Shape, Solid
from navila_sdk.testing.fake import FakeDriver, FakePlanner, fake_embodiment
from tests.evaluation.places import walk

WALL = Solid(Shape.BOX, (5.0, 4.0, 1.0), (0.2, 8.0, 2.0))


def test_a_way_round_a_wall_counts_as_it_is_walked():
    scene = Scene("walled", (10.0, 10.0), Pose2(2.0, 2.0, 0.0), walls=(WALL,))
    distance = GoalDistance(walk(0, start=scene.start, goal_m=(8.0, 2.0)), scene)
    corner = math.hypot(2.6, 6.3) + math.hypot(3.4 - 0.2 - 0.4, 6.3) + 0.8  # past (4.6, 8.3) and (5.4, 8.3)
    assert distance((2.0, 2.0)) == pytest.approx(corner, rel=0.03)
    assert distance((8.0, 3.0)) == pytest.approx(1.0, abs=0.03)


def test_there_is_a_distance_in_a_wall_and_off_the_floor():
    scene = Scene("walled", (10.0, 10.0), Pose2(2.0, 2.0, 0.0), walls=(WALL,))
    distance = GoalDistance(walk(0, start=scene.start, goal_m=(8.0, 2.0)), scene)
    against, free = distance((5.3, 2.0)), distance((5.45, 2.0))  # nearer to the wall than the body is wide
    assert against == pytest.approx(free + 0.15, abs=0.06)
    assert distance((12.0, 2.0)) == pytest.approx(4.0, abs=0.1)
    assert distance((8.0, -3.0)) == pytest.approx(5.0, abs=0.4)


def test_an_episode_nobody_can_do_is_refused():
    box = tuple(
        Solid(Shape.BOX, (x, y, 1.0), size)
        for x, y, size in (
            *((8.0, 1.0, (2.2, 0.2, 2.0)), (8.0, 3.0, (2.2, 0.2, 2.0))),
            *((7.0, 2.0, (0.2, 2.2, 2.0)), (9.0, 2.0, (0.2, 2.2, 2.0))),
        )
    )
    scene = Scene("boxed", (10.0, 10.0), Pose2(2.0, 2.0, 0.0), walls=box)
    with pytest.raises(navila.EvaluationError, match="finds no way from its start"):
        GoalDistance(walk(0, start=scene.start, goal_m=(8.0, 2.0)), scene)


def judged(actions, driver=None, episode=None):
    driver = driver or FakeDriver()
    robot = Robot(fake_embodiment(), driver)
    episode = episode or walk(0, start=driver.scene.start, goal_m=(12.0, 10.0), reference_path_m=((10, 10), (12, 10)))
    judge = Judge(episode, driver.scene, robot)
    robot.listen(judge)
    with robot:
        result = navila.Navigator(FakePlanner(actions), robot).navigate("go")
        return judge.verdict(result), judge


def test_a_drive_is_counted_by_its_steps():
    found, judge = judged(
        [navila.MoveForward(1.0), navila.TurnLeft.degrees(90), navila.MoveForward(0.5), navila.Stop()]
    )
    assert found.tl_m == pytest.approx(1.5, abs=0.03)
    assert found.driven_m == pytest.approx(1.5, abs=0.03)
    assert found.ne_m == pytest.approx(math.hypot(1.0, 0.5), abs=0.05)
    assert (found.sr, found.sr_1m, found.osr) == (1, 0, 1)
    assert (found.steps, found.actions) == (4 + 6 + 2 + 1, 4)
    gaps = [math.dist(a, b) for a, b in zip(judge.path_m, judge.path_m[1:], strict=False)]
    assert max(gaps) < 0.30
    assert len(judge.path_m) <= 1 + 4 + 2 + 2  # the start, the steps, the ends of moves; a turn adds none


def test_contacts_are_counted_when_they_begin():
    class Bumping(FakeDriver):
        def advance(self):
            super().advance()
            self.contact = 0.2 < self.pose.x_m < 0.4 or 0.6 < self.pose.x_m < 0.7

    found, _ = judged([navila.MoveForward(1.0), navila.Stop()], Bumping())
    assert found.collisions == 2
    assert 0.1 < found.contact_s < found.duration_s


def test_a_body_that_is_stuck_fails_where_it_stands():
    stuck = FakeDriver(actuation=lambda _: navila.Twist())
    found, _ = judged([navila.MoveForward(1.0)] * 20, stuck)
    assert (found.sr, found.spl, found.tl_m) == (0, 0, 0)
    assert found.ne_m == pytest.approx(2.0, abs=0.05)


def test_the_start_of_an_apartments_errand_is_as_far_as_its_path():
    scene = load_scene("apartment:3")
    errand = scene.errands[0]
    distance = GoalDistance(walk(0, start=errand.start, goal_m=errand.goal_m), scene)
    assert distance((errand.start.x_m, errand.start.y_m)) > 3.0
    assert distance(errand.goal_m) < 0.3
