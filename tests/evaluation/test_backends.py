"""Backends: the same rows whatever runs them; workers that hang or die, nodes that go, each counted with its cause."""

import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.evaluation.places import environment, navila_eval, rows_in, walk, written

needs_ray = pytest.mark.skipif(find_spec("ray") is None, reason="Ray isn't installed (extra 'ray')")
CLUSTER = Path(__file__).with_name("ray_cluster.py")


def test_an_episode_that_hangs_is_cut_off_tried_again_and_named(tmp_path):
    written(tmp_path, walk(0, "WAIT"))
    done = navila_eval(tmp_path, "--json", "--timeout", "1.5", "--retries", "1")
    assert done.returncode == 1
    found = json.loads(done.stdout)
    assert (found["errors"], found["retried"]) == (1, 1)
    one = rows_in(tmp_path)["walk-0"]
    assert (one["outcome"], one["error"]) == ("failed to run", "TimedOut")
    assert "longer than 1.5 s (--timeout)" in one["cause"]
    assert one["retried"] == ["TimedOut: the episode took longer than 1.5 s (--timeout)"]


def test_a_worker_that_dies_once_costs_nothing_but_a_word(tmp_path):
    written(tmp_path, walk(0), walk(1, "DIE-ONCE"), walk(2))
    done = navila_eval(tmp_path, "--workers", "1")
    assert done.returncode == 0, done.stderr
    assert "retried   1 episodes" in done.stdout
    rows = rows_in(tmp_path)
    assert all(one["metrics"]["sr"] == 1.0 for one in rows.values())
    assert "killed by SIGKILL" in rows["walk-1"]["retried"][0]
    assert rows["walk-0"]["retried"] == rows["walk-2"]["retried"] == []
    assert "walk-1 was tried again" in (tmp_path / "out" / "report.html").read_text()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--retries", "-1"], "--retries can't be negative"),
        (["--timeout", "0"], "--timeout is a positive number"),
        (["--ray-address", "here:1"], "need --backend ray"),
        (["--devices", "x"], "GPUs by number or UUID"),
        (["--backend", "ray", "--devices", "0"], "--devices is for processes"),
        (["--part", "3/2"], "K from 1 to N"),
        (["--part", "2"], "such as 2/4"),
        (["--part", "2/2"], "part 2/2 is empty: there are only 1 episodes"),
    ],
)
def test_bad_scale_is_one_line(words, told, tmp_path):
    written(tmp_path, walk(0))
    done = navila_eval(tmp_path, *words)
    assert done.returncode == 2, done.stdout + done.stderr
    assert told in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(find_spec("ray") is not None, reason="Ray is installed")
def test_without_ray_a_line_says_how_to_get_it(tmp_path):
    written(tmp_path, walk(0))
    done = navila_eval(tmp_path, "--backend", "ray")
    assert done.returncode == 1
    assert "pip install 'navila-sdk[ray]'" in done.stderr


def plain(folder):
    """Rows without what may differ between equal runs."""
    return {name: {**one, "retried": []} for name, one in rows_in(folder).items()}


@needs_ray
def test_two_nodes_give_the_rows_of_processes_and_one_that_goes_is_made_up_for(tmp_path):
    here, there = tmp_path / "here", tmp_path / "there"
    for folder in (here, there):
        folder.mkdir()
        written(folder, walk(0), walk(1, "DIE"), *(walk(number, "WAIT") for number in (2, 3)), walk(4))
    (here / "go").touch()
    navila_eval(here, "--retries", "1")
    done = subprocess.run(
        [sys.executable, str(CLUSTER), str(there)],
        env={**environment(there), "RAY_worker_niceness": "0"},  # Ray's 15 would starve them beside other tests
        capture_output=True,
        text=True,
        timeout=900,
    )
    if done.returncode == 77:
        pytest.skip(f"Ray's own cluster doesn't start on this machine: {done.stderr[-300:]}")
    assert done.returncode == 0, done.stdout + done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["nodes"] == 2
    rows = rows_in(there)
    names = {"walk-0", "walk-2", "walk-3", "walk-4"}
    assert {name: plain(there)[name] for name in names} == {name: plain(here)[name] for name in names}
    # The node went while each of the two nodes waited in an episode.
    lost = [name for name in ("walk-2", "walk-3") if rows[name]["retried"]]
    assert len(lost) == 1
    assert "WorkerDied" in rows[lost[0]]["retried"][0]
    assert (rows["walk-1"]["error"], len(rows["walk-1"]["retried"])) == ("WorkerDied", 1)


@needs_ray
def test_a_cluster_that_isnt_there_is_one_line(tmp_path):
    written(tmp_path, walk(0))
    done = navila_eval(tmp_path, "--backend", "ray", "--ray-address", "127.0.0.1:1")
    assert done.returncode == 1
    assert "the Ray cluster at '127.0.0.1:1' can't be used" in done.stderr
    assert "Traceback" not in done.stderr.split("error:")[-1]
