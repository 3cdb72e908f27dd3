"""The T1's driver against its twin, through the vendor's SDK over Fast DDS, each in a process of its own."""

from __future__ import annotations

import json
import math
import signal
import subprocess
import time
from pathlib import Path

import pytest

from navila_sdk.geometry import Pose2
from tests.booster.rig import EMPTY, needs_robot
from tests.real.rig import NAVILA, run, start, twin

pytestmark = needs_robot


def test_words_become_motion(tmp_path: Path) -> None:
    with twin("t1", tmp_path, *EMPTY) as robot:
        code, result, err = run("t1", robot.domain, tmp_path, "walk forward 50 cm, turn left 45 degrees and stop")
        first, last = robot.ticks()[0]["pose"], robot.ticks()[-1]["pose"]
    assert code == 0, err
    assert result is not None
    assert result["outcome"] == "stopped"
    assert result["actions"] == ["move forward 50 cm", "turn left 45 degrees", "stop"]
    x, y, yaw = result["final_pose"]
    assert math.hypot(x - 0.5, y) < 0.08
    assert yaw == pytest.approx(math.pi / 4, abs=0.12)
    # What the driver believes is what the body did, wherever the robot's own odometry began.
    assert math.dist(first[:2], last[:2]) == pytest.approx(math.hypot(x, y), abs=0.03)


@pytest.mark.parametrize("way", [signal.SIGKILL, signal.SIGSTOP], ids=lambda way: way.name)
def test_a_client_that_dies_or_hangs_leaves_a_robot_that_stands(way: signal.Signals, tmp_path: Path) -> None:
    # The twin holds a velocity for an hour: nothing but the guard stops it where its driver can't.
    with twin("t1", tmp_path, *EMPTY) as robot:
        client = start("t1", robot.domain, tmp_path, "walk forward 6 m and stop")
        robot.wait_for("moves")
        time.sleep(1.0)
        before = robot.ticks()[-1]
        assert robot.moving(), "it walks before the client dies"
        client.send_signal(way)
        time.sleep(1.5)
        after = [tick for tick in robot.ticks() if tick["time_s"] > before["time_s"]]
        if way is signal.SIGSTOP:
            client.kill()
        client.communicate(timeout=30)
    zero = next(tick["time_s"] for tick in after if not any(tick["command"]))
    assert zero - before["time_s"] < 0.9, f"zero after {zero - before['time_s']:.2f} s"
    assert not [tick for tick in after if tick["time_s"] > zero and any(tick["command"])], "nothing resumes by itself"
    assert not robot.told("hold time over: stops")


def test_an_errand_over_dds_ends_where_it_ends_in_process(tmp_path: Path) -> None:
    errand, scene = "Go to the red box.", ("--scene", "apartment:3")
    here = _in_process(tmp_path, errand, *scene)
    with twin("t1", tmp_path, *scene, "--fidelity", "physics") as robot:
        code, there, err = run("t1", robot.domain, tmp_path, errand, *scene)
        first, last = robot.ticks()[0]["pose"], robot.ticks()[-1]["pose"]
    assert code == 0, err
    assert there is not None
    assert (here["outcome"], there["outcome"]) == ("stopped", "stopped")
    assert math.dist(here["final_pose"][:2], there["final_pose"][:2]) < 0.4
    # The twin's true pose, which no driver sees, agrees with the odometry the planner steered by.
    moved = Pose2(*first).relative(Pose2(*last))
    assert math.dist(moved.as_tuple()[:2], there["final_pose"][:2]) < 0.1


def _in_process(folder: Path, errand: str, *arguments: str) -> dict[str, object]:
    options = ("--fidelity", "kinematic", "--json", "--no-film", "--out", "here", "--set", "default_planner=oracle")
    done = subprocess.run(
        [*NAVILA, "run", errand, "--embodiment", "t1", *arguments, *options],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return json.loads(done.stdout)
