"""The field's files: frames, forms, ground truth; bad ones named; ours written in their forms and read back."""

import gzip
import json
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from navila_vlnce.frames import (
    from_habitat,
    to_habitat,
    yaw_from_habitat,
    yaw_from_isaac,
    yaw_to_habitat,
    yaw_to_isaac,
)
from navila_vlnce.read import read_vlnce, with_ground_truth
from navila_vlnce.write import followed, write_vlnce

from navila_sdk.errors import ConfigError, EvaluationError, SceneError, UnknownNameError
from navila_sdk.evaluation.apartments.benchmark import ApartmentBenchmark
from navila_sdk.evaluation.judge import GoalDistance
from navila_sdk.evaluation.registry import load_benchmark
from navila_sdk.geometry import Pose2

FORMS = ("r2r", "rxr", "vln-ce-isaac")
YAWS = st.floats(-math.pi, math.pi)


@pytest.fixture(scope="module")
def ours():
    return ApartmentBenchmark().episodes("val-unseen")[:6]


def benchmark(form, folder, **options):
    return load_benchmark(form, None, {"data": str(folder), **options})


def near(a, b):
    return abs(math.remainder(a - b, math.tau)) < 1e-6


def test_a_recorded_rotation_and_the_way_it_was_walked():
    """From RxR_VLNCE_v0: 20 actions of 25 cm and 30 degrees, begun at this rotation, lead where the record says."""
    yaw = yaw_from_habitat((0, 0.9676598, 0, -0.2522588))
    assert math.degrees(yaw) % 360 == pytest.approx((209.2224 + 90) % 360, abs=1e-3)
    actions = [2, 2, 2, 2, 2, 1, 1, 3, 1, 1, 2, 1, 3, 1, 2, 1, 3, 1, 1, 0]
    x = y = 0.0
    habitat, there = math.radians(209.2224), [0.0, 0.0]
    for action in actions:
        if action == 1:
            x, y = x + 0.25 * math.cos(yaw), y + 0.25 * math.sin(yaw)
            there[0] -= 0.25 * math.sin(habitat)
            there[1] -= 0.25 * math.cos(habitat)
        turn = {2: 1, 3: -1}.get(action, 0) * math.radians(30)
        yaw, habitat = yaw + turn, habitat + turn
    assert to_habitat((x, y, 0.0)) == pytest.approx((there[0], 0.0, there[1]), abs=1e-5)
    assert math.degrees(habitat) == pytest.approx(329.2224, abs=1e-6)


@given(yaw=YAWS)
def test_headings_survive_both_frames(yaw):
    assert near(yaw_from_habitat(yaw_to_habitat(yaw)), yaw)
    assert near(yaw_from_isaac(yaw_to_isaac(yaw)), yaw)
    # Forward along -z is ahead; a quarter turn to the left about +y looks along -x.
    assert near(yaw_from_habitat((0, 0, 0, 1)), math.pi / 2)
    assert near(yaw_from_habitat((0, math.sin(math.pi / 4), 0, math.cos(math.pi / 4))), math.pi)


@given(st.tuples(*[st.floats(-1e4, 1e4)] * 3))
def test_points_survive(point):
    assert from_habitat(to_habitat(point)) == point


@pytest.mark.parametrize("form", FORMS)
def test_what_is_written_in_their_form_is_read_as_it_was(ours, form, tmp_path):
    write_vlnce(tmp_path, form, "val_unseen", ours)
    bench = benchmark(form, tmp_path)
    assert bench.splits == ("val_unseen",)
    found = bench.episodes("val_unseen")
    assert len(found) == len(ours)
    for theirs, mine in zip(found, ours, strict=True):
        assert theirs.instruction == mine.instruction
        assert theirs.start.as_tuple()[:2] == pytest.approx(mine.start.as_tuple()[:2], abs=1e-6)
        assert near(theirs.start.yaw_rad, mine.start.yaw_rad)
        assert theirs.goal_m == pytest.approx(mine.goal_m)
        assert theirs.climb_m == 0
        if form == "rxr":
            assert theirs.geodesic_m is None
        else:
            assert theirs.geodesic_m == mine.geodesic_m
        assert math.dist(theirs.reference_path_m[-1], mine.goal_m) < 0.3
        scene = theirs.place()
        distance = GoalDistance(theirs, scene)
        assert distance((theirs.start.x_m, theirs.start.y_m)) == pytest.approx(mine.geodesic_m, abs=0.1)


def test_the_follower_is_where_its_actions_lead(ours):
    for episode in ours:
        places, actions = followed(episode.start, episode.reference_path_m)
        pose, walked = episode.start, [(episode.start.x_m, episode.start.y_m)]
        for action in actions[:-1]:
            turn = {2: 1, 3: -1}.get(action, 0) * math.radians(15)
            step = 0.25 if action == 1 else 0.0
            pose = Pose2(
                pose.x_m + step * math.cos(pose.yaw_rad), pose.y_m + step * math.sin(pose.yaw_rad), pose.yaw_rad + turn
            )
            if action == 1:
                walked.append((pose.x_m, pose.y_m))
        assert actions[-1] == 0
        assert len(places) == actions.count(1) + 1
        assert [x for p in places for x in p] == pytest.approx([x for p in walked for x in p], abs=1e-6)
        assert math.dist(places[-1], episode.goal_m) < 0.25


def spoil(path, change):
    data = json.loads(gzip.decompress(path.read_bytes()))
    change(data)
    path.write_bytes(gzip.compress(json.dumps(data).encode()))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda d: d.update(episodes=[]), "list of episodes"),
        (lambda d: d["episodes"].__setitem__(1, 7), r"episodes\[1\]: expected an object"),
        (lambda d: d["episodes"][1].update(episode_id=1), "the id '1' is given 2 times"),
        (lambda d: d["episodes"][0].pop("start_position"), "episode 1: start_position: .* found nothing"),
        (lambda d: d["episodes"][0].update(start_position=[1, float("nan"), 0]), "start_position: .* finite"),
        (lambda d: d["episodes"][0].update(start_rotation=[0, 2, 0, 1]), "length 1"),
        (lambda d: d["episodes"][0].update(goals=[]), "goals"),
        (lambda d: d["episodes"][0]["instruction"].update(instruction_text="  "), "instruction_text"),
        (lambda d: d["episodes"][0].update(reference_path=[[0, 0]]), r"reference_path\[0\]"),
        (lambda d: d["episodes"][0]["info"].update(geodesic_distance="far"), "geodesic_distance"),
        (lambda d: d["episodes"][0]["info"].update(geodesic_distance=-4), "geodesic_distance: .* at least 0; found -4"),
        (lambda d: d["episodes"][0].update(start_position=[10**400, 0, 0]), "start_position: .* finite"),
        (lambda d: d["episodes"][0].update(start_rotation=[1, 0, 0, 0]), "start_rotation: .* about the vertical"),
        (lambda d: d["episodes"][0].update(goals=[{"position": [0, 0]}]), r"goals\[0\].position: expected 3"),
    ],
)
def test_misfits_are_named(ours, tmp_path, change, told):
    path = write_vlnce(tmp_path, "r2r", "val_seen", ours)
    spoil(path, change)
    with pytest.raises(EvaluationError, match=told) as caught:
        read_vlnce(path)
    assert str(path) in str(caught.value)
    if "list of episodes" in told:  # wrong as a whole
        with pytest.raises(EvaluationError, match=told):
            benchmark("r2r", tmp_path).episodes("val_seen")
        return
    # As a benchmark, the others go on, and the unsound one says why.
    found = benchmark("r2r", tmp_path).episodes("val_seen")
    bad = [episode for episode in found if episode.fault]
    assert len(found) == len(ours)
    assert len({episode.episode_id for episode in found}) == len(found)
    assert len(bad) == (2 if "2 times" in told else 1)
    for episode in bad:
        with pytest.raises(EvaluationError, match="unsound"):
            episode.place()


def test_each_data_set_lists_the_splits_it_has():
    assert load_benchmark("r2r").splits == ("val_unseen", "val_seen", "test", "train")
    assert "test_challenge" in load_benchmark("rxr").splits
    assert load_benchmark("vln-ce-isaac").splits == ("val_unseen",)


def test_damaged_files_missing_ones_and_wrong_splits(ours, tmp_path):
    path = write_vlnce(tmp_path, "r2r", "val_seen", ours)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(EvaluationError, match="breaks off"):
        benchmark("r2r", tmp_path).episodes("val_seen")
    path.write_bytes(b"no gzip at all")
    with pytest.raises(EvaluationError, match="no gzip"):
        benchmark("r2r", tmp_path).episodes("val_seen")
    with pytest.raises(UnknownNameError, match="val_seen"):
        benchmark("r2r", tmp_path).episodes("train")
    with pytest.raises(ConfigError, match="holds no split"):
        _ = benchmark("rxr", tmp_path).splits
    with pytest.raises(ConfigError, match=r"benchmarks\.r2r\.data"):
        load_benchmark("r2r").episodes("val_unseen")
    with pytest.raises(ConfigError, match="folder"):
        load_benchmark("r2r", None, {"folder": "x"})
    with pytest.raises(ConfigError, match="takes no options"):
        load_benchmark("apartments", None, {"data": "x"})


def test_ground_truth_that_does_not_fit(ours, tmp_path):
    path = write_vlnce(tmp_path, "r2r", "val_seen", ours)
    truth = path.with_name("val_seen_gt.json.gz")
    episodes = read_vlnce(path)
    spoil(truth, lambda d: d.pop("2"))
    found = with_ground_truth(episodes, truth)
    assert found[0].locations
    assert not found[1].locations
    spoil(truth, lambda d: d["1"].update(actions=[9]))
    with pytest.raises(EvaluationError, match="episode 1: actions"):
        with_ground_truth(episodes, truth)


def test_languages_and_roles(ours, tmp_path):
    path = write_vlnce(tmp_path, "rxr", "val_unseen", ours)
    spoil(path, lambda d: d["episodes"][0]["instruction"].update(language="hi-IN"))
    path.with_name("val_unseen_follower.json.gz").write_bytes(path.read_bytes())
    assert len(benchmark("rxr", tmp_path).episodes("val_unseen")) == len(ours) - 1
    both = benchmark("rxr", tmp_path, roles=["guide", "follower"], languages=["hi-IN"]).episodes("val_unseen")
    assert [episode.episode_id for episode in both] == ["guide-1", "follower-1"]
    with pytest.raises(EvaluationError, match="te-IN"):
        benchmark("rxr", tmp_path, languages=["te-IN"]).episodes("val_unseen")


def test_stairs_are_refused_by_name(ours, tmp_path):
    path = write_vlnce(tmp_path, "r2r", "val_seen", ours)
    spoil(path, lambda d: d["episodes"][0]["reference_path"][-1].__setitem__(1, 2.8))
    first, second = benchmark("r2r", tmp_path).episodes("val_seen")[:2]
    with pytest.raises(EvaluationError, match=r"2\.8 m up or down"):
        first.place()
    assert second.place()
    spoil(path, lambda d: d["episodes"][1]["goals"][0]["position"].__setitem__(1, 9.0))
    with pytest.raises(EvaluationError, match=r"9\.0 m up or down"):
        benchmark("r2r", tmp_path).episodes("val_seen")[1].place()


def test_a_way_that_no_memory_could_hold_is_its_episode_s_fault(ours, tmp_path):
    path = write_vlnce(tmp_path, "r2r", "val_seen", ours)
    path.with_name("val_seen_gt.json.gz").unlink()
    spoil(path, lambda d: d["episodes"][0].update(reference_path=[[1e9, 0, 0], [-1e9, 0, 0]]))
    first, second = benchmark("r2r", tmp_path).episodes("val_seen")[:2]
    with pytest.raises(EvaluationError, match=r"a way of 2e\+09 m; at most 2000 m"):
        first.place()
    assert second.place()


def test_scenes_that_are_missing_are_named_as_what_they_would_be(ours, tmp_path):
    path = write_vlnce(tmp_path, "r2r", "val_seen", ours)
    (tmp_path / "scenes").rename(tmp_path / "there")
    with pytest.raises(ConfigError, match=r"no folder of scenes .*scenes; .*--set benchmarks\.r2r\.scenes=DIR"):
        benchmark("r2r", tmp_path).episodes("val_seen")
    spoil(path, lambda d: d["episodes"][0].update(scene_id="mp3d/gone/gone.glb"))
    spoil(path, lambda d: d["episodes"][1].update(scene_id="mp3d/" + "a" * 5000 + "/x.glb"))
    found = benchmark("r2r", tmp_path, scenes=str(tmp_path / "there")).episodes("val_seen")
    assert found[0].scene == str(tmp_path / "there" / "gone.json")
    (tmp_path / "scans").mkdir()
    found = benchmark("r2r", tmp_path, scenes=str(tmp_path / "scans")).episodes("val_seen")
    with pytest.raises(SceneError, match=r"there is no mesh .*scans/mp3d/gone/gone\.glb"):
        found[0].place()
    with pytest.raises(SceneError, match="mesh"):
        found[1].place()


def test_an_evaluation_of_their_file(ours, tmp_path):
    from navila_sdk.config import load_config
    from navila_sdk.evaluation.runner import evaluate
    from navila_sdk.evaluation.settings import EvalSettings

    other = next(episode for episode in ours if episode.scene != ours[0].scene)
    write_vlnce(tmp_path / "data", "rxr", "val_unseen", [*ours[:2], other])
    (tmp_path / "data" / "scenes").rename(tmp_path / "elsewhere")
    bench = benchmark("rxr", tmp_path / "data", scenes=str(tmp_path / "elsewhere"))
    gone = Path(bench.episodes("val_unseen")[-1].scene)
    lost = [e.episode_id for e in bench.episodes("val_unseen") if e.scene == str(gone)]
    gone.unlink()
    config = load_config(None, (), {"planner": "oracle"}).config
    found = evaluate(bench, EvalSettings(config=config, workers=1), tmp_path / "out")
    assert {row.episode_id: bool(row.error) for row in found.rows} == {str(n): str(n) in lost for n in range(1, 4)}
    assert 0 < sum(row.metrics.sr for row in found.rows) <= 3 - len(lost)
    for row in found.rows:
        if row.error:
            assert gone.name in row.cause
