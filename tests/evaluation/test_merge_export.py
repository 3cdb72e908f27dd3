"""Parts of an evaluation joined, and results in the forms of upstream's tools."""

import json
import math
import subprocess

import attrs
import pytest

import navila_sdk as navila
from navila_sdk.evaluation.export import export
from navila_sdk.evaluation.merge import merge
from navila_sdk.evaluation.reopen import reopen
from navila_sdk.evaluation.row import Timings
from navila_sdk.evaluation.rowlog import read_rows
from navila_sdk.evaluation.select import Part, chosen_episodes
from navila_sdk.plugins import Plugins
from tests.evaluation.places import NAVILA, benchmark, environment, navila_eval, rows_in, walk, written
from tests.evaluation.results import error_row, results, row

EPISODES = [walk(number) for number in range(7)]


def numbered(**settings):
    """Results as of a benchmark whose ids are numbers, as upstream's are."""
    return [attrs.evolve(episode, episode_id=str(number + 1)) for number, episode in enumerate(EPISODES)]


def test_parts_are_all_of_it_and_share_nothing():
    whole = chosen_episodes(benchmark(*EPISODES), count=6)
    parts = [chosen_episodes(benchmark(*EPISODES), count=6, part=Part(number, 4)) for number in (1, 2, 3, 4)]
    assert sorted(e.episode_id for part in parts for e in part) == sorted(e.episode_id for e in whole)
    assert [len(part) for part in parts] == [2, 2, 1, 1]


def test_parts_run_apart_and_merged_are_the_run_in_one_piece(tmp_path):
    for name in ("whole", "first", "second"):
        (tmp_path / name).mkdir()
        written(tmp_path / name, *EPISODES[:4])
    navila_eval(tmp_path / "whole")
    navila_eval(tmp_path / "first", "--part", "1/2")
    navila_eval(tmp_path / "second", "--part", "2/2")
    assert len(rows_in(tmp_path / "first")) == len(rows_in(tmp_path / "second")) == 2
    (tmp_path / "both").mkdir()
    words = ["merge", "both/out", "first/out", "second/out", "--json"]
    done = subprocess.run(
        [*NAVILA, "eval", *words], cwd=tmp_path, env=environment(tmp_path), capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert (found["episodes"], found["SR"]) == (4, 1.0)
    assert rows_in(tmp_path / "both") == rows_in(tmp_path / "whole")
    page = (tmp_path / "both" / "out" / "report.html").read_text()
    assert "walks val: odd on go2" in page


def test_merging_prefers_what_ran_and_refuses_what_differs(tmp_path):
    first = [row(EPISODES[0], True), error_row(EPISODES[1], 1, "WorkerDied", "killed")]
    second = [row(EPISODES[1], False), attrs.evolve(first[0], timings=Timings(wall_s=9.0), retried=("x",))]
    results(tmp_path / "a", EPISODES, first)
    results(tmp_path / "b", EPISODES, second)
    merge(tmp_path / "out", [tmp_path / "a", tmp_path / "b"])
    found = read_rows(tmp_path / "out")
    assert (found["walk-0"], found["walk-1"].error) == (first[0], "")
    before = (tmp_path / "out" / "rows.jsonl").read_bytes()
    merge(tmp_path / "out", [tmp_path / "b", tmp_path / "a"])
    assert (tmp_path / "out" / "rows.jsonl").read_bytes() == before
    results(tmp_path / "c", EPISODES, [row(EPISODES[0], False)])
    with pytest.raises(navila.EvaluationError, match="row of 'walk-0' isn't the one another folder has"):
        merge(tmp_path / "out", [tmp_path / "c"])
    results(tmp_path / "d", EPISODES, [row(EPISODES[0], True)], embodiment="h1")
    with pytest.raises(navila.EvaluationError, match="embodiment: go2 there, h1 now"):
        merge(tmp_path / "new", [tmp_path / "a", tmp_path / "d"])
    assert not (tmp_path / "new").exists()
    with pytest.raises(navila.EvaluationError, match="holds no evaluation"):
        merge(tmp_path / "new", [tmp_path / "nowhere"])


def opened(folder, **changes):
    return attrs.evolve(reopen(folder, Plugins(env={}, folder=folder), {}), **changes)


def as_if(found, compat):
    made = attrs.evolve(found.made, settings={**found.made.settings, "compat": compat})
    return attrs.evolve(found, made=made)


def test_navilas_chunks_hold_its_measures_in_blocks_of_the_files_order(tmp_path):
    odd = row(numbered()[0], True)
    odd = attrs.evolve(odd, metrics=attrs.evolve(odd.metrics, undefined=("spl", "oracle_spl"), oracle_spl=0.0))
    results(tmp_path / "a", numbered(), [odd, *(row(episode, False) for episode in numbered()[1:])])
    found = as_if(opened(tmp_path / "a"), "navila")
    paths = export(found, "navila", tmp_path / "out", chunks=3)
    assert [path.name for path in paths] == ["val_3-0.json", "val_3-1.json", "val_3-2.json"]
    chunks = [json.loads(path.read_text()) for path in paths]
    assert [list(chunk) for chunk in chunks] == [["1", "2", "3"], ["4", "5", "6"], ["7"]]
    keys = ["distance_to_goal", "success", "spl", "ndtw", "path_length", "oracle_success", "steps_taken", "oracle_spl"]
    assert list(chunks[0]["1"]) == keys
    assert math.isnan(chunks[0]["1"]["spl"])
    assert chunks[1]["4"]["distance_to_goal"] == 4.0
    with pytest.raises(navila.EvaluationError, match="1 to 7 chunks; got 8"):
        export(found, "navila", tmp_path / "out", chunks=8)


def test_the_benchs_form_is_a_file_an_episode(tmp_path):
    results(tmp_path / "a", numbered(), [row(episode, True) for episode in numbered()])
    paths = export(as_if(opened(tmp_path / "a"), "isaac-bench"), "isaac-bench", tmp_path / "out")
    assert sorted(path.name for path in paths) == [f"{number}.json" for number in range(7)]
    assert set(json.loads(paths[0].read_text())) == {
        *("path_length", "distance_to_goal", "success", "spl", "oracle_navigation_error", "oracle_success")
    }


def test_what_cant_be_exported_is_told(tmp_path):
    results(tmp_path / "a", EPISODES, [row(EPISODES[0], True)])
    found = opened(tmp_path / "a")
    with pytest.raises(navila.EvaluationError, match="run it with --compat navila into another folder"):
        export(found, "navila", tmp_path / "out")
    with pytest.raises(navila.EvaluationError, match="ids that are numbers; found 'walk-0'"):
        export(as_if(found, "isaac-bench"), "isaac-bench", tmp_path / "out")
    with pytest.raises(navila.UnknownNameError, match="no format named 'r2r-leaderboard'"):
        export(found, "r2r-leaderboard", tmp_path / "out")
    with pytest.raises(navila.EvaluationError, match="no rows yet"):
        export(attrs.evolve(as_if(found, "navila"), rows={}), "navila", tmp_path / "out")


def test_a_benchmark_that_is_gone_costs_the_maps_and_no_more(tmp_path):
    results(tmp_path / "a", EPISODES, [row(EPISODES[0], False)])
    found = opened(tmp_path / "a")
    assert found.benchmark is None
    assert "walks" in found.without
    assert list(found.rows) == ["walk-0"]
    assert found.episodes() == ()
