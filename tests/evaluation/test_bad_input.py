"""Bad input, episode by episode: what can't be run is a row that says why, and everything else is run."""

import json

import pytest

from navila_sdk.errors import EvaluationError
from navila_sdk.evaluation.failures import failing
from navila_sdk.evaluation.file import read_benchmark
from navila_sdk.scenes.load import load_scene
from navila_sdk.scenes.text import scene_to_json
from tests.evaluation.places import navila_eval, rows_in, walk, written
from tests.evaluation.results import error_row

CRASHING = """
import os
import signal

import navila_sdk as navila
from navila_sdk.plugins import Plugins


def make(request):
    if request.scene.name == "cursed":
        os.kill(os.getpid(), signal.SIGSEGV)
    return Plugins(env={}).world("mujoco").make(request)


record = navila.WorldRecord("crashing", make, navila_api="1")
"""


def spoilt(folder, changes, count=8):
    """Write walks of which some records are changed, or replaced where the change is no dict."""
    path = written(folder, *(walk(number) for number in range(count)))
    data = json.loads(path.read_text())
    for number, change in changes.items():
        if isinstance(change, dict):
            data["episodes"][number].update(change)
        else:
            data["episodes"][number] = change
    path.write_text(json.dumps(data))
    return path


CHANGES = {
    1: {"instruction": "  "},
    2: {"goal_m": [float("nan"), 1.0]},
    3: {"start": {"x_m": float("inf"), "y_m": 1.0, "yaw_rad": 0.0}},
    4: {"episode_id": "walk-0"},
    5: 17,
    6: {"goal_m": [300.0, 10.0]},
}
TOLD = {
    "walk-0": "the id 'walk-0' is given 2 times",
    "walk-0#2": "the id 'walk-0' is given 2 times",
    "walk-1": "the instruction is empty",
    "walk-2": "expected a finite number",
    "walk-3": "expected a finite number",
    "record-5": "episode 'record-5' is unsound",
    "walk-6": "goal",
}


def test_each_unsound_record_is_a_row_that_says_why_and_the_rest_is_run(tmp_path):
    spoilt(tmp_path, CHANGES)
    done = navila_eval(tmp_path, "--workers", "1")
    assert done.returncode == 1
    rows = rows_in(tmp_path)
    assert len(rows) == 8
    assert {name for name, one in rows.items() if one["error"]} == set(TOLD)
    for name, told in TOLD.items():
        assert told in rows[name]["cause"], name
    assert rows["walk-7"]["metrics"]["sr"] == 1.0
    assert "7 of 8 episodes failed to run and count as failures" in done.stdout
    assert "the id 'walk-0' is given 2 times (walk-0" in done.stdout
    page = (tmp_path / "out" / "report.html").read_text()
    assert "Failed to run" in page
    assert "the instruction is empty" in page
    found = json.loads(navila_eval(tmp_path, "--json").stdout)
    assert (found["episodes"], found["errors"], found["SR"]) == (8, 7, 0.125)
    # Nobody knows how far the goals of unsound records are: NE's mean is that of the two whose goals are known.
    assert found["undefined"]["NE"] == 6
    assert sum(len(one["episodes"]) for one in found["failures"]) == 7


def test_the_strict_reader_still_refuses_the_whole_file(tmp_path):
    path = spoilt(tmp_path, {1: {"instruction": " "}})
    with pytest.raises(EvaluationError, match=r"episodes\[1\].instruction"):
        read_benchmark(path)
    assert [bool(episode.fault) for episode in read_benchmark(path, faults=True).all_episodes].count(True) == 1


@pytest.mark.parametrize("change", [{"format": 9}, {"name": ""}, {"episodes": []}, {"more": 1}])
def test_a_file_that_is_wrong_as_a_whole_is_refused(change, tmp_path):
    path = spoilt(tmp_path, {1: {"instruction": " "}}, 2)
    path.write_text(json.dumps({**json.loads(path.read_text()), **change}))
    done = navila_eval(tmp_path)
    assert done.returncode == 2, done.stdout
    assert "doesn't fit" in done.stderr


def test_a_scene_that_crashes_the_simulator_costs_its_own_episodes(tmp_path, monkeypatch):
    (tmp_path / "crashing_world.py").write_text(CRASHING)
    cursed = json.loads(scene_to_json(load_scene("empty")))
    cursed["name"] = "cursed"
    (tmp_path / "cursed.json").write_text(json.dumps(cursed))
    written(tmp_path, walk(0), walk(1, scene="cursed.json"), walk(2), walk(3, scene="cursed.json"))
    monkeypatch.setattr("tests.evaluation.places.PLUGINS", "odd=odd_planner:odd,crashing=crashing_world:record")
    done = navila_eval(tmp_path, "--world", "crashing", "--workers", "1", "--retries", "0")
    assert done.returncode == 1, done.stderr
    rows = rows_in(tmp_path)
    assert {name: one["error"] for name, one in rows.items()} == {
        "walk-0": "",
        "walk-1": "WorkerDied",
        "walk-2": "",
        "walk-3": "WorkerDied",
    }
    assert "killed by SIGSEGV" in rows["walk-1"]["cause"]
    assert "2 of 4 episodes failed to run" in done.stdout
    assert "2 x WorkerDied" in done.stdout


def test_reasons_that_differ_only_in_names_and_numbers_are_one():
    rows = [error_row(walk(n), 1, "SceneError", f"there is no scene file 'a{n}.json' at {n}.5") for n in range(5)]
    rows.append(error_row(walk(9), 1, "WorkerDied", "killed"))
    reasons = failing(rows)
    assert [(one.error, len(one.episodes)) for one in reasons] == [("SceneError", 5), ("WorkerDied", 1)]
    assert reasons[0].told().endswith("(walk-0, walk-1, walk-2 and 2 more)")
