"""``navila eval``: tables for people, one object for programs, and bad input in one line."""

import json
import subprocess

import pytest

from tests.evaluation.places import NAVILA, navila_eval, walk, written


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--planner", "orakel"], "Did you mean 'oracle'"),
        (["--embodiment", "dog"], "no embodiment named 'dog'"),
        (["--world", "moon"], "no world named 'moon'"),
        (["--fidelity", "dreamlike"], "dreamlike"),
        (["--split", "test"], "no split named 'test'"),
        (["--tier", "absurd"], "no tier named 'absurd'"),
        (["--episodes", "0"], "at least one episode"),
        (["--workers", "0"], "at least one worker"),
        (["--set", "worlds.mujoco.no_such=1"], "no_such"),
        (["--set", "worlds.mujoco.start=[1.0, 1.0, 0.0]"], "take the start out"),
        (["--set", "safety.speed_scael=1"], "speed_scael"),
        (["--set", "planners.odd.since=2024-01-01"], "plain numbers"),
        (["more"], "one benchmark at a time"),
    ],
)
def test_bad_input_is_one_line_and_no_row(words, told, tmp_path):
    written(tmp_path, walk(0))
    done = navila_eval(tmp_path, *words)
    assert done.returncode == 2, done.stdout + done.stderr
    assert told in done.stderr
    assert done.stderr.startswith("error: "), "no bar before anything runs"
    assert "Traceback" not in done.stderr
    rows = tmp_path / "out" / "rows.jsonl"
    assert not rows.exists() or not rows.read_bytes()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ([], "name a benchmark"),
        (["--compare"], "name folders of results"),
        (["apartment"], "Did you mean 'apartments'?"),
        (["absent.json"], "there is no episodes file absent.json"),
        (["--compare", "one"], "at least two folders"),
    ],
)
def test_nothing_to_evaluate(words, told, tmp_path):
    done = subprocess.run([*NAVILA, "eval", *words], cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    assert told in done.stderr
    assert not list(tmp_path.iterdir())


def test_a_wrong_word_leaves_no_folder(tmp_path):
    path = written(tmp_path, walk(0))
    words = [*NAVILA, "eval", str(path), "--planner", "nobody"]
    assert subprocess.run(words, cwd=tmp_path, capture_output=True, timeout=60).returncode == 2
    assert not list((tmp_path / "runs").iterdir())


def test_a_folder_keeps_to_its_settings(tmp_path):
    written(tmp_path, walk(0), walk(1))
    assert navila_eval(tmp_path, "--episodes", "1").returncode == 0
    for words, told in (
        (["--seed", "5"], "seed: 0 there, 5 now"),
        (["--planner", "human"], "planner: odd there, human now"),
        (["--embodiment", "h1"], "embodiment: go2 there, h1 now"),
        (["--set", "navigator.mode=sync"], "navigator.mode: pipelined there, sync now"),
        (["--ndtw", "fastdtw"], "ndtw: exact there, fastdtw now"),
    ):
        done = navila_eval(tmp_path, *words)
        assert done.returncode == 2
        assert told in done.stderr
    written(tmp_path, walk(0), walk(1), walk(2))
    done = navila_eval(tmp_path)
    assert done.returncode == 2
    assert "episodes_sha256" in done.stderr


def test_a_folder_of_something_else_is_left_alone(tmp_path):
    written(tmp_path, walk(0))
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.txt").write_text("precious")
    done = navila_eval(tmp_path)
    assert done.returncode == 2
    assert "isn't empty and holds no evaluation" in done.stderr
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["thesis.txt"]


def test_people_get_a_table_and_the_way_to_the_report(tmp_path):
    written(tmp_path, walk(0), walk(1))
    done = navila_eval(tmp_path)
    assert done.returncode == 0, done.stderr
    for words in (
        "walks 1, val: odd on go2",
        "SR (%)",
        "nDTW (%)",
        "100.0 [34.2, 100.0]",
        "easy",
        "medium",
        "stopped 2",
    ):
        assert words in done.stdout
    assert (tmp_path / "out" / "report.html").stat().st_size > 0


@pytest.mark.parametrize(("kept", "folders"), [("all", {"walk-0", "walk-1"}), ("failures", {"walk-1"})])
def test_recordings_are_kept_as_asked(kept, folders, tmp_path):
    written(tmp_path, walk(0), walk(1, goal_m=(14.0, 10.0), geodesic_m=6.0))
    done = navila_eval(tmp_path, "--record", kept, "--json")
    assert json.loads(done.stdout)["SR"] == 0.5, done.stderr
    found = {path.name for path in (tmp_path / "out" / "episodes").iterdir()}
    assert found == folders
    assert (tmp_path / "out" / "episodes" / "walk-1" / "report.html").exists()
    assert 'href="episodes/walk-1/report.html"' in (tmp_path / "out" / "report.html").read_text()
