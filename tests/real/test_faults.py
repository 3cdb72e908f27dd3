"""What goes wrong while a Go2 walks: how soon its command is zero, how the run ends, and that nothing resumes."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from navila_sdk.recording import read_log
from tests.real.rig import Twin, needs_sdk, run, twin

pytestmark = needs_sdk

STALE = ("--set", "safety.sensor_stale_s=0.2")


def seconds_to_zero(robot: Twin) -> float:
    """From the fault's beginning to the first step from which the command stays zero."""
    began = next(event["time_s"] for event in robot.events() if event["event"] == "fault")
    ticks = robot.ticks()
    last_moving = max((tick["time_s"] for tick in ticks if any(tick["command"])), default=began)
    assert last_moving < ticks[-1]["time_s"] - 0.3, "it never stopped"
    return max(last_moving - began, 0.0)


@pytest.mark.parametrize(
    ("fault", "limit_s", "words"),
    [
        ("silent@1", 0.6, "stale"),
        ("frozen@1", 0.6, "stale"),
        ("late=0.6@1", 0.9, "stale"),
        ("odometry-nan@1", 0.5, "the robot says its pose is (nan, nan"),
        ("odometry-jump@1", 0.5, "the robot's odometry jumped"),
        ("fall@1", 0.5, "e-stop"),
        ("wrong-mode@1", 0.5, "it's damped"),
        ("lidar-nan@1", 0.6, "range scan holds NaN"),
        ("lidar-gone@1", 0.8, "range scan is"),
        ("service-gone@1", 1.3, ""),
    ],
)
def test_a_fault_stops_the_robot(fault: str, limit_s: float, words: str, tmp_path: Path) -> None:
    with twin("go2", tmp_path, "--scene", "empty", "--fault", fault, awaited=False) as robot:
        out = ("--out", str(tmp_path / "out"), *STALE, "--set", "executor.patience_s=1")
        code, result, err = run("go2", robot.domain, tmp_path, "walk forward 5 m and stop", *out)
        time.sleep(0.6)
        took_s = seconds_to_zero(robot)
    assert code == 1, (result, err)
    assert words in f"{result} {err}"
    assert took_s < limit_s, f"{fault}: zero after {took_s:.2f} s"
    assert list(read_log(tmp_path / "out" / "episode.mcap").events), "the recording stays readable"


def test_lost_messages_are_borne(tmp_path: Path) -> None:
    with twin("go2", tmp_path, "--scene", "empty", "--fault", "lost=0.2@0.1", awaited=False) as robot:
        code, result, err = run("go2", robot.domain, tmp_path, "walk forward 1 m and stop")
    assert code == 0, err
    assert result is not None
    assert result["final_pose"][0] == pytest.approx(1.0, abs=0.1)
