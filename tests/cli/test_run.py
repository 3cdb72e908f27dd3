"""``navila run``: from a typed sentence to a moved robot, a recording and a report; bad input in one line."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from navila_sdk.recording import read_log

NAVILA = [sys.executable, "-m", "navila_sdk.cli.main"]
TURN_AND_WALK = "turn left 90 degrees, walk forward 2 metres and stop"


def navila(*args, cwd, env=None, **kwargs):
    return subprocess.run(
        [*NAVILA, *args],
        cwd=cwd,
        env={**os.environ, **(env or {})},
        capture_output=True,
        text=True,
        timeout=120,
        **kwargs,
    )


def result_of(done):
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("embodiment", ["go2", "h1", "t1"])
def test_a_sentence_moves_each_body_the_same_way(embodiment, tmp_path):
    out = tmp_path / "out"
    done = navila(
        "run", TURN_AND_WALK, "--embodiment", embodiment, "--scene", "empty", "--out", str(out), "--json", cwd=tmp_path
    )
    result = result_of(done)
    assert result["outcome"] == "stopped"
    assert result["actions"] == ["turn left 90 degrees", "move forward 200 cm", "stop"]
    x_m, y_m, yaw_rad = result["final_pose"]
    assert (x_m, y_m) == pytest.approx((0, 2), abs=0.03)
    assert yaw_rad == pytest.approx(1.5708, abs=0.02)
    assert result["path_length_m"] == pytest.approx(2, abs=0.1)
    for name in ("episode.mcap", "run.json", "report.html"):
        assert (out / name).stat().st_size > 0


def test_the_body_is_one_word_of_config(tmp_path):
    (tmp_path / "navila.toml").write_text('embodiment = "h1"\nscene = "empty"\n')
    result = result_of(navila("run", "walk forward 50 cm", "--json", cwd=tmp_path))
    assert result["embodiment"] == "h1"
    assert result["folder"].startswith("runs")


def test_people_get_words_and_the_way_to_the_report(tmp_path):
    done = navila("run", "walk forward 50 cm", "--scene", "empty", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "stopped" in done.stdout
    assert "report.html" in done.stdout


ORACLE = ("--set", "default_planner=oracle")


def test_the_oracle_finds_a_landmark(tmp_path):
    from navila_sdk.scenes import load_scene

    errand = load_scene("apartment:7").errands[0]
    done = navila("run", errand.instruction, "--scene", "apartment:7", "--json", *ORACLE, cwd=tmp_path)
    assert result_of(done)["planner"] == "auto (oracle)"


BAD_INPUT = [
    ((), "INSTRUCTION"),
    (("",), "empty"),
    (("x" * 20_000,), "20000"),
    (("walk forward nan m", "-p", "human"), "nan"),
    (("walk forward -3 m", "-p", "human"), "-3"),
    (("walk forward 1000000 km", "-p", "human"), "1000000"),
    (("walk forward 0 m",), "can't be carried out"),
    (("walk forward 1 m", "--pace", "nan"), "pace: expected a finite number"),
    (("walk forward 1 m", "--pace", "0"), "pace: expected at least 0.001"),
    (("walk forward 1 m", "--out", ""), "--out: expected text that isn't empty"),
    (("walk forward 1 m", "-s", "/dev/zero"), "is over 32 MiB"),
    (("walk forward 1 m", "--config", "/dev/zero"), "at most 1000000"),
    (("walk forward 1 m", "-e", "go3"), "Did you mean 'go2'"),
    (("walk forward 1 m", "-w", "mojoco"), "Did you mean 'mujoco'"),
    (("walk forward 1 m", "-p", "humam"), "Did you mean 'human'"),
    (("walk forward 1 m", "-s", "apartment"), "apartment"),
    (("walk forward 1 m", "-s", "flat:3"), "flat:3"),
    (("walk forward 1 m", "-s", "nowhere.json"), "nowhere.json"),
    (("walk forward 1 m", "--set", "navigator.mood=1"), "navigator.mood"),
    (("walk forward 1 m", "--config", "absent.toml"), "absent.toml"),
    (("walk forward 1 m", "--fidelity", "dream"), "dream"),
]


@pytest.mark.parametrize(("args", "words"), BAD_INPUT)
def test_bad_input_is_one_message_and_exit_2(args, words, tmp_path):
    done = (
        navila("run", *args, "--scene", "empty", cwd=tmp_path)
        if "-s" not in args
        else navila("run", *args, cwd=tmp_path)
    )
    assert done.returncode == 2, done.stdout + done.stderr
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "runs").exists() or not any((tmp_path / "runs").rglob("*.mcap"))


def test_an_instruction_of_bytes_that_are_no_text(tmp_path):
    done = subprocess.run([*NAVILA, "run", b"\xff\xfe\x01"], cwd=tmp_path, capture_output=True, timeout=60, check=False)
    assert done.returncode == 2
    assert b"Traceback" not in done.stderr


def test_a_terminal_without_these_letters(tmp_path):
    plain = {**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": "ascii"}
    words = [*NAVILA, "run", "walk forward 25 cm", "-s", "empty", "--no-film", "--out", "T\u00fcr \u2603", "--json"]
    done = subprocess.run(words, cwd=tmp_path, env=plain, capture_output=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.decode("ascii"))["outcome"] == "stopped"
    folder = tmp_path / "T\u00fcr \u2603"
    assert json.loads((folder / "run.json").read_text(encoding="utf-8"))["status"] == "ended"
    assert (folder / "report.html").is_file()


def test_a_folder_that_cannot_be_written_is_exit_1_with_one_line(tmp_path):
    (tmp_path / "file").write_text("")
    done = navila("run", "walk forward 1 m", "-s", "empty", "--out", "file/inside", cwd=tmp_path)
    assert done.returncode == 1
    assert "file/inside" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_earlier_recording_is_never_overwritten(tmp_path):
    first = navila("run", "walk forward 25 cm", "-s", "empty", "--out", "one", cwd=tmp_path)
    kept = (tmp_path / "one" / "episode.mcap").read_bytes()
    second = navila("run", "walk forward 50 cm", "-s", "empty", "--out", "one", cwd=tmp_path)
    assert (first.returncode, second.returncode) == (0, 1)
    assert "one" in second.stderr
    assert (tmp_path / "one" / "episode.mcap").read_bytes() == kept


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_the_recording_is_closed_and_readable(sent, tmp_path):
    process = subprocess.Popen(
        [*NAVILA, "run", "walk forward 9 m", "-s", "empty", "--out", "out", "--pace", "2"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    recording = tmp_path / "out" / "episode.mcap"
    deadline = time.monotonic() + 60
    while not recording.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(1.0)
    process.send_signal(sent)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130, errors
    assert "Traceback" not in errors
    log = read_log(recording)
    assert not log.truncated
    assert log.outcome == "cancelled"
    assert log.commands
    run = json.loads((tmp_path / "out" / "run.json").read_text())
    assert run["result"]["outcome"] == "cancelled"


def test_blocked_runs_exit_1_and_say_why(tmp_path):
    done = navila("run", "walk forward 30 m and stop", "-s", "apartment:7", "--json", cwd=tmp_path)
    assert done.returncode == 1
    result = json.loads(done.stdout)
    assert result["outcome"] in ("blocked", "stuck")
    assert result["cause"]


def test_a_killed_run_leaves_a_readable_recording(tmp_path):
    process = subprocess.Popen(
        [*NAVILA, "run", "walk forward 9 m", "-s", "empty", "--out", "out", "--pace", "8", "--no-film"],
        cwd=tmp_path,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    recording = tmp_path / "out" / "episode.mcap"
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and not (recording.exists() and recording.stat().st_size > 20_000):
        time.sleep(0.02)
    process.kill()
    process.wait(timeout=30)
    log = read_log(recording)
    assert log.truncated
    assert log.instruction == "walk forward 9 m"
    assert len(log.commands) > 50
    assert json.loads((tmp_path / "out" / "run.json").read_text())["status"] == "running"
