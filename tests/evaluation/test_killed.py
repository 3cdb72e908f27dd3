"""An evaluation killed at some moment loses no row and repeats none; benchmarks/evaluation.py kills at random ones."""

import subprocess
import time

from tests.evaluation.places import command, environment, navila_eval, rows_in, walk, written


def lines_of(folder):
    path = folder / "out" / "rows.jsonl"
    return path.read_bytes().count(b"\n") if path.exists() else 0


def test_killed_twice_it_ends_as_one_that_was_left_alone(tmp_path):
    calm, shot = tmp_path / "calm", tmp_path / "shot"
    for folder in (calm, shot):
        folder.mkdir()
        written(folder, *(walk(number) for number in range(6)))
    kept = 0
    for rows in (1, 3):
        running = subprocess.Popen(
            command(shot, "--workers", "2"),
            cwd=shot,
            env=environment(shot),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        while lines_of(shot) < rows and running.poll() is None:
            time.sleep(0.02)
        running.kill()
        running.wait()
        assert lines_of(shot) >= max(rows, kept)
        kept = lines_of(shot)
    for folder in (calm, shot):
        assert navila_eval(folder, "--workers", "1").returncode == 0
    assert rows_in(shot) == rows_in(calm)
    assert len(rows_in(shot)) == 6
