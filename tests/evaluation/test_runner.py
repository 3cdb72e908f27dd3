"""The runner in real processes: killed, interrupted, with dying workers, it loses and repeats nothing."""

import json
import os
import signal
import subprocess
import time

import pytest

from tests.evaluation.places import command, environment, navila_eval, rows_in, walk, written


def result_of(done, code=0):
    assert done.returncode == code, done.stdout + done.stderr
    return json.loads(done.stdout)


def until(happened, process):
    """Wait for something a process is sure to do, as long as it's alive."""
    while not (found := happened()):
        assert process.poll() is None, process.communicate()
        time.sleep(0.02)
    return found


def gone(pid):
    """Wait until a process is no more (a zombie counts: its parent may be slow to bury it)."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            with open(f"/proc/{pid}/stat") as file:
                if file.read().rpartition(")")[2].split()[0] == "Z":
                    return True
        except FileNotFoundError:
            return True
        time.sleep(0.02)
    return False


def test_results_depend_on_neither_workers_nor_order(tmp_path):
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    for name in ("one", "two"):
        written(tmp_path / name, *(walk(number) for number in range(5)))
    one = result_of(navila_eval(tmp_path / "one", "--json", "--workers", "1"))
    two = result_of(navila_eval(tmp_path / "two", "--json", "--workers", "3"))
    assert rows_in(tmp_path / "one") == rows_in(tmp_path / "two")
    assert one["episodes"] == 5
    assert one["SR"] == one["OSR"] == one["SR1"] == 1.0
    assert one["SPL"] > 0.97
    assert one["NE"] < 0.1
    assert one["nDTW"] > 0.9
    assert one["intervals"]["SR"] == [pytest.approx(0.5655, abs=1e-3), 1.0]
    assert set(one["tiers"]) == {"easy", "medium", "long"}
    for key in ("folder", "report"):
        one.pop(key), two.pop(key)
    assert one == two


def test_the_first_n_are_the_same_and_more_are_added(tmp_path):
    written(tmp_path, *(walk(number) for number in range(4)))
    few = result_of(navila_eval(tmp_path, "--json", "--episodes", "2"))
    before = (tmp_path / "out" / "rows.jsonl").read_bytes()
    all_of_them = result_of(navila_eval(tmp_path, "--json"))
    assert (few["episodes"], all_of_them["episodes"]) == (2, 4)
    assert (tmp_path / "out" / "rows.jsonl").read_bytes().startswith(before)
    assert len(rows_in(tmp_path)) == 4
    again = result_of(navila_eval(tmp_path, "--json", "--episodes", "2"))
    assert again == few
    assert len(rows_in(tmp_path)) == 4


@pytest.mark.skipif(not os.path.exists("/proc"), reason="asks /proc which processes are left")
def test_killed_on_the_spot_it_goes_on_where_it_was(tmp_path):
    written(tmp_path, walk(0), walk(1), walk(2, "WAIT"), walk(3, "WAIT"), walk(4))
    running = subprocess.Popen(
        command(tmp_path, "--workers", "2"),
        cwd=tmp_path,
        env=environment(tmp_path),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        waiting = until(lambda: len(found := list(tmp_path.glob("waiting-*"))) == 2 and found, running)
    finally:
        running.kill()
        running.wait()
    assert all(gone(path.name.partition("-")[2]) for path in waiting), "a worker outlived its parent"
    kept = rows_in(tmp_path)
    assert len(kept) < 4
    with (tmp_path / "out" / "rows.jsonl").open("ab") as file:
        file.write(b'{"episode_id":"walk-2","torn')
    (tmp_path / "go").touch()
    result = result_of(navila_eval(tmp_path, "--json", "--workers", "2"))
    rows = rows_in(tmp_path)
    assert sorted(rows) == [f"walk-{number}" for number in range(5)]
    assert {name: rows[name] for name in kept} == kept
    assert (result["episodes"], result["SR"], result["errors"]) == (5, 1.0, 0)


def test_interrupted_it_stops_in_order_keeps_rows_and_writes_the_report(tmp_path):
    written(tmp_path, *(walk(number) for number in range(3)), *(walk(number, "WAIT") for number in (3, 4)))
    running = subprocess.Popen(
        command(tmp_path, "--workers", "1"),
        cwd=tmp_path,
        env=environment(tmp_path),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    (waiting,) = until(lambda: list(tmp_path.glob("waiting-*")), running)
    running.send_signal(signal.SIGINT)
    _, told = running.communicate(timeout=60)
    assert running.returncode == 130
    assert "interrupted" in told
    assert "Traceback" not in told
    assert gone(waiting.name.partition("-")[2])
    rows = rows_in(tmp_path)
    assert len(rows) < 5
    if rows:
        assert f"{5 - len(rows)} of 5 episodes have no row yet" in (tmp_path / "out" / "report.html").read_text()


def test_a_worker_that_dies_costs_its_episode_and_no_other(tmp_path):
    written(tmp_path, walk(0), walk(1, "DIE"), walk(2), walk(3, "DIE"), walk(4))
    done = navila_eval(tmp_path, "--json", "--workers", "2")
    result = result_of(done, code=1)
    assert "2 episodes failed to run" in done.stderr
    assert (result["episodes"], result["errors"], result["SR"]) == (5, 2, 0.6)
    row = rows_in(tmp_path)["walk-1"]
    assert (row["outcome"], row["error"]) == ("failed to run", "WorkerDied")
    assert "killed by SIGKILL" in row["cause"]
    assert "goodbye, world" in row["cause"]
    assert row["metrics"]["ne_m"] == 1.5
    (tmp_path / "quiet").touch()
    assert result_of(navila_eval(tmp_path, "--json"), code=1)["errors"] == 2  # not run again unasked
    assert result_of(navila_eval(tmp_path, "--json", "--retry-errors"), code=1)["errors"] == 2
    lines = [json.loads(line) for line in (tmp_path / "out" / "rows.jsonl").read_text().splitlines()]
    assert len(lines) == 7
    assert all("killed by SIGKILL" in line["cause"] and "goodbye" not in line["cause"] for line in lines[5:])
    (tmp_path / "live").touch()
    assert result_of(navila_eval(tmp_path, "--json", "--retry-errors"))["SR"] == 1.0


def test_what_an_episode_raises_is_its_row(tmp_path):
    lost = walk(2, scene="nowhere.json")
    boxed = walk(3, goal_m=(300.0, 10.0))
    puzzled = walk(4, instruction="go where the sun sets")
    written(tmp_path, walk(0), walk(1, "RAISE"), lost, boxed, puzzled)
    result = result_of(navila_eval(tmp_path, "--json", "--workers", "1"), code=1)
    rows = rows_in(tmp_path)
    assert rows["walk-0"]["metrics"]["sr"] == 1.0
    assert "nobody expects this" in rows["walk-1"]["cause"]
    assert rows["walk-2"]["error"] == "SceneError"
    assert "nowhere.json" in rows["walk-2"]["cause"]
    assert rows["walk-3"]["error"] == "SceneError"
    assert "goal" in rows["walk-3"]["cause"]
    # A planner that doesn't understand has failed at the task; nothing went wrong in running it.
    assert (rows["walk-4"]["outcome"], rows["walk-4"]["error"]) == ("planner failed", "")
    assert (result["episodes"], result["errors"], result["SR"]) == (5, 3, 0.2)
