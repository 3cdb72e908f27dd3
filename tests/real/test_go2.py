"""The Go2's driver against its twin, through the vendor's SDK over DDS, each in a process of its own."""

from __future__ import annotations

import json
import math
import signal
import subprocess
import time
from pathlib import Path

import pytest

from navila_sdk.geometry import Pose2
from tests.real.rig import NAVILA, needs_sdk, run, start, twin

pytestmark = needs_sdk


def test_words_become_motion(tmp_path: Path) -> None:
    with twin("go2", tmp_path, "--scene", "empty", awaited=False) as robot:
        code, result, err = run("go2", robot.domain, tmp_path, "walk forward 1 m, turn left 90 degrees and stop")
        first, last = robot.ticks()[0]["pose"], robot.ticks()[-1]["pose"]
    assert code == 0, err
    assert result is not None
    assert result["outcome"] == "stopped"
    assert result["actions"] == ["move forward 100 cm", "turn left 90 degrees", "stop"]
    x, y, yaw = result["final_pose"]
    assert math.hypot(x - 1.0, y) < 0.08
    assert yaw == pytest.approx(math.pi / 2, abs=0.12)
    # What the driver believes is what the body did, wherever the robot's own odometry began.
    assert math.dist(first[:2], last[:2]) == pytest.approx(math.hypot(x, y), abs=0.03)


@pytest.mark.parametrize(
    ("way", "limit_s"), [(signal.SIGKILL, 1.35), (signal.SIGTERM, 0.6), (signal.SIGINT, 0.6)], ids=lambda v: str(v)
)
def test_a_client_that_dies_leaves_a_robot_that_stands(way: signal.Signals, limit_s: float, tmp_path: Path) -> None:
    with twin("go2", tmp_path, "--scene", "empty", awaited=False) as robot:
        client = start("go2", robot.domain, tmp_path, "walk forward 6 m and stop")
        robot.wait_for("moves")
        time.sleep(1.0)
        before = robot.ticks()[-1]
        assert robot.moving(), "it walks before the client dies"
        client.send_signal(way)
        client.communicate(timeout=30)
        time.sleep(1.5)
        after = [tick for tick in robot.ticks() if tick["time_s"] > before["time_s"]]
    zero = next(tick["time_s"] for tick in after if not any(tick["command"])) - before["time_s"]
    # Killed outright, nothing can say zero any more: the robot's own hold time of one second does it.
    assert zero < limit_s, f"zero after {zero:.2f} s"
    resumed = [tick for tick in after if tick["time_s"] > before["time_s"] + zero and any(tick["command"])]
    assert not resumed, "nothing resumes by itself"
    assert robot.told("hold time over: stops") == (way is signal.SIGKILL)


def test_an_errand_over_dds_ends_where_it_ends_in_process(tmp_path: Path) -> None:
    errand, scene = "Go to the red box.", ("--scene", "apartment:3")
    done = subprocess.run(
        [
            *NAVILA,
            "run",
            errand,
            *scene,
            "--fidelity",
            "physics",
            "--json",
            "--no-film",
            "--out",
            "here",
            "--set",
            "default_planner=oracle",
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    here = json.loads(done.stdout)
    with twin("go2", tmp_path, *scene, "--fidelity", "physics") as robot:
        code, there, err = run("go2", robot.domain, tmp_path, errand, *scene)
        first, last = robot.ticks()[0]["pose"], robot.ticks()[-1]["pose"]
    assert code == 0, err
    assert there is not None
    assert (here["outcome"], there["outcome"]) == ("stopped", "stopped")
    assert math.dist(here["final_pose"][:2], there["final_pose"][:2]) < 0.3
    # The twin's true pose, which no driver sees, agrees with the odometry the planner steered by.
    moved = Pose2(*first).relative(Pose2(*last))
    assert math.dist(moved.as_tuple()[:2], there["final_pose"][:2]) < 0.1
