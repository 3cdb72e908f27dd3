"""What is due on a way: fewer things the farther one has come, and bearings that turn with the body."""

import math

import pytest

from navila_sdk.embodiment import Footprint
from navila_sdk.evaluation.apartments.benchmark import train_episodes
from navila_sdk.geometry import Pose2
from navila_sdk.planners.oracle_planner import COMFORT_M
from navila_sdk.scenes.geodesic import DistanceField
from navila_sdk.scenes.occupancy import occupancy
from navila_sdk.training.data.course import KINDS, Course
from navila_sdk.training.data.shards import Track
from navila_sdk.training.vla.lesson_plan import Plan

BODY = Footprint(length_m=0.6, width_m=0.4, height_m=0.5, clearance_m=0.05)


def ways(count):
    for seed in range(count):
        for episode in train_episodes(seed):
            scene = episode.place()
            grid = occupancy(scene, BODY.radius_m, BODY.clearance_m, BODY.height_m)
            yield episode, scene, DistanceField(grid, episode.goal_m, COMFORT_M)


@pytest.fixture(scope="module")
def courses():
    found = []
    for episode, scene, field in ways(3):
        course = Course(scene, episode.start, field)
        told = []
        for x_m, y_m in episode.reference_path_m:
            told.append((Pose2(x_m, y_m, 0.3), course.ahead(Pose2(x_m, y_m, 0.3))))
        found.append((episode, field, told))
    assert len(found) >= 5
    return found


def test_along_the_way_ever_less_is_still_to_come(courses):
    for episode, _, told in courses:
        coming = [ahead[0] for _, ahead in told]
        assert coming == sorted(coming, reverse=True), episode.episode_id
        assert coming[-1] == 0
        assert KINDS[told[-1][1][1]] == "end"
    assert max(told[0][1][0] for _, _, told in courses) >= 3


def test_bearings_and_distances_lead_to_what_they_name(courses):
    for episode, field, told in courses:
        for pose, (coming, _, due_deg, _, corner_deg, corner_cm, end_deg) in told:
            corner = field.next_corner(pose.x_m, pose.y_m)
            heading = pose.yaw_rad + math.radians(corner_deg)
            x_m = pose.x_m + corner_cm / 100 * math.cos(heading)
            y_m = pose.y_m + corner_cm / 100 * math.sin(heading)
            assert math.hypot(x_m - corner[0], y_m - corner[1]) < 0.01 + 0.01 * corner_cm / 100
            if not coming:
                assert due_deg == end_deg
        _, (_, _, _, due_cm, _, _, _) = told[-1]
        assert due_cm < 30, episode.episode_id


def test_bearings_turn_with_the_body():
    episode, scene, field = next(ways(1))
    for yaw in (0.0, 1.0, -2.5):
        pose = Pose2(episode.start.x_m, episode.start.y_m, yaw)
        straight = Course(scene, episode.start, field).ahead(Pose2(pose.x_m, pose.y_m, 0.0))
        turned = Course(scene, episode.start, field).ahead(pose)
        for index in (2, 4, 6):
            off = math.remainder(straight[index] - math.degrees(yaw) - turned[index], 360)
            assert abs(off) <= 1
        assert [straight[i] for i in (0, 1, 3, 5)] == [turned[i] for i in (0, 1, 3, 5)]


def test_where_there_is_no_way():
    episode, scene, field = next(ways(1))
    lost = DistanceField(field.grid, (-1000.0, -1000.0), COMFORT_M)
    assert Course(scene, episode.start, lost).ahead(episode.start)[0] == -1


def test_hints_are_classes_and_nothing_where_nothing_is_known():
    pytest.importorskip("torch", reason="torch isn't installed: pip install 'navila-sdk[train-vla]'")
    from navila_sdk.training.vla.hints import SIZES, hints_of
    from navila_sdk.training.vla.samples import IGNORE

    ahead = ((3, 2, 10, 120, -170, 20, 180), (-1, 0, 0, 0, 0, 0, 0))
    track = Track(
        "a", "s", "Go.", "go2", "", ("stop",) * 3, ("stop",) * 3, (4.0, 2.0, 0.1), ("",) * 3, (), ((),) * 3, ahead
    )
    known = hints_of(track, 0)
    assert all(0 <= value < size for value, size in zip(known, SIZES, strict=True))
    assert (known[0], known[1]) == (3, 2)
    assert known[6] == 12  # right behind
    for step in (1, 2):
        assert set(hints_of(track, step)) == {IGNORE}
    assert Plan().hints == 0
