"""What leaderboards take: every episode of the split, in Habitat's frame, with the files' heights and headings."""

import gzip
import json
import math

import attrs
import pytest
from navila_vlnce.read import read_vlnce
from navila_vlnce.write import write_vlnce

from navila_sdk.errors import EvaluationError
from navila_sdk.evaluation.apartments.benchmark import ApartmentBenchmark
from navila_sdk.evaluation.registry import load_benchmark
from navila_sdk.evaluation.row import error_row
from tests.evaluation.results import row


@pytest.fixture(scope="module")
def ours():
    return ApartmentBenchmark().episodes("val-unseen")[:3]


def lifted(path, height_m):
    """Put every point of a file so much higher, as a storey would."""
    data = json.loads(gzip.decompress(path.read_bytes()))
    for episode in data["episodes"]:
        points = [episode["start_position"], *episode["reference_path"], episode["goals"][0]["position"]]
        for point in points:
            point[1] += height_m
    path.write_bytes(gzip.compress(json.dumps(data).encode()))


def driven(episode, stopped=True):
    """A row that goes a step ahead and half a turn round."""
    start = episode.start
    x, y = start.x_m + math.cos(start.yaw_rad), start.y_m + math.sin(start.yaw_rad)
    made = row(episode, False, path_m=((start.x_m, start.y_m), (x, y)), yaws_rad=(start.yaw_rad, start.yaw_rad + 3.0))
    return attrs.evolve(made, outcome="stopped" if stopped else "step limit")


def test_r2rs_predictions_begin_where_the_file_does(ours, tmp_path):
    path = write_vlnce(tmp_path, "r2r", "val_unseen", ours)
    path.with_name("val_unseen_gt.json.gz").unlink()
    lifted(path, 3.0)
    bench = load_benchmark("r2r", None, {"data": str(tmp_path)})
    episodes = bench.episodes("val_unseen")
    rows = [driven(episodes[0]), driven(episodes[1], stopped=False), error_row(episodes[2], 1, "WorkerDied", "killed")]
    ((name, text),) = bench.exports["r2r-leaderboard"]("val_unseen", rows).items()
    found = json.loads(text)
    assert name == "predictions_val_unseen.json"
    for record in read_vlnce(path):
        raw = next(
            e
            for e in json.loads(gzip.decompress(path.read_bytes()))["episodes"]
            if str(e["episode_id"]) == record.episode_id
        )
        first = found[record.episode_id][0]
        assert first["position"] == pytest.approx(raw["start_position"], abs=2e-3)
        _, y, _, w = raw["start_rotation"]
        assert math.remainder(first["heading"] - 2 * math.atan2(y, w), math.tau) == pytest.approx(0.0, abs=1e-4)
        # A metre along the heading: Habitat looks along -z at 0 and turns left about +y.
        if len(found[record.episode_id]) > 1:
            second = found[record.episode_id][1]["position"]
            ahead = [second[0] - first["position"][0], second[2] - first["position"][2]]
            assert ahead == pytest.approx([-math.sin(first["heading"]), -math.cos(first["heading"])], abs=2e-3)
    assert [entry["stop"] for entry in found["1"]] == [False, True]
    assert [entry["stop"] for entry in found["2"]] == [False, False]
    assert [entry["stop"] for entry in found["3"]] == [False]
    with pytest.raises(EvaluationError, match="1 of 3 have no row yet, such as 3"):
        bench.exports["r2r-leaderboard"]("val_unseen", rows[:2])


def test_rxrs_lines_are_sorted_by_instruction(ours, tmp_path):
    write_vlnce(tmp_path, "rxr", "val_unseen", ours)
    bench = load_benchmark("rxr", None, {"data": str(tmp_path)})
    rows = [driven(episode) for episode in reversed(bench.episodes("val_unseen"))]
    ((name, text),) = bench.exports["rxr-leaderboard"]("val_unseen", rows).items()
    lines = [json.loads(line) for line in text.splitlines()]
    assert name == "predictions_val_unseen.jsonl"
    assert [line["instruction_id"] for line in lines] == [1, 2, 3]
    assert all(len(line["path"]) == 2 and len(line["path"][0]) == 3 for line in lines)


def test_a_test_split_without_goals_is_run_and_what_needs_one_is_undefined(ours, tmp_path):
    from navila_sdk.config import load_config
    from navila_sdk.evaluation.runner import evaluate
    from navila_sdk.evaluation.settings import EvalSettings
    from navila_sdk.evaluation.summary import summarised, summary_json

    path = write_vlnce(tmp_path / "data", "r2r", "test", ours[:2])
    path.with_name("test_gt.json.gz").unlink()
    data = json.loads(gzip.decompress(path.read_bytes()))
    for episode in data["episodes"]:
        episode.update(goals=None, reference_path=None, info=None)
    path.write_bytes(gzip.compress(json.dumps(data).encode()))
    bench = load_benchmark("r2r", None, {"data": str(tmp_path / "data")})
    config = load_config(None, (), {"planner": "random"}).config
    found = evaluate(bench, EvalSettings(config=config, workers=1), tmp_path / "out", count=1)
    (only,) = found.rows
    assert (only.error, len(only.actions)) == ("", 21)
    told = summary_json(summarised(found.rows))
    assert (told["SR"], told["NE"], told["nDTW"]) == (None, None, None)
    assert told["TL"] > 0


def test_the_bench_has_no_leaderboard():
    assert load_benchmark("vln-ce-isaac").exports == {}
