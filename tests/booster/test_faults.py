"""What goes wrong while a T1 walks: its command becomes zero, the run says why, and nothing resumes."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest

from navila_sdk.recording import read_log
from tests.booster.rig import EMPTY, STALE, needs_robot
from tests.real.rig import run, twin
from tests.real.test_faults import seconds_to_zero

pytestmark = needs_robot


@pytest.mark.parametrize(
    ("fault", "limit_s", "words"),
    [
        ("silent@1", 0.6, "stale"),
        ("frozen@1", 0.6, "stale"),
        ("fall@1", 0.6, "e-stopped: .*tilted|it says that it has fallen"),
        ("wrong-mode@1", 0.6, "t1 won't walk: it's damped"),
        ("service-gone@1", 1.5, "its motion service doesn't answer"),
    ],
)
def test_a_fault_stops_the_robot(fault: str, limit_s: float, words: str, tmp_path: Path) -> None:
    with twin("t1", tmp_path, *EMPTY, "--fault", fault) as robot:
        out = ("--out", str(tmp_path / "out"), *STALE, "--set", "executor.patience_s=1")
        code, result, err = run("t1", robot.domain, tmp_path, "walk forward 5 m and stop", *out)
        time.sleep(0.6)
        took_s = seconds_to_zero(robot)
    assert code == 1, (result, err)
    assert re.search(words, f"{result} {err}")
    assert took_s < limit_s, f"{fault}: zero after {took_s:.2f} s"
    assert list(read_log(tmp_path / "out" / "episode.mcap").events), "the recording stays readable"
