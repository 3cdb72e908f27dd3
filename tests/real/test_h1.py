"""The H1's driver against its twin: the service ``loco``, odometry by request, clouds in the LiDAR's own frame."""

from __future__ import annotations

import http.server
import math
import signal
import threading
import time
from pathlib import Path

import pytest

from tests.real.rig import needs_sdk, run, start, twin

pytestmark = needs_sdk


def test_words_become_motion(tmp_path: Path) -> None:
    with twin("h1", tmp_path, "--scene", "empty", awaited=False) as robot:
        code, result, err = run("h1", robot.domain, tmp_path, "walk forward 1 m, turn left 90 degrees and stop")
    assert code == 0, err
    assert result is not None
    assert result["actions"] == ["move forward 100 cm", "turn left 90 degrees", "stop"]
    x, y, yaw = result["final_pose"]
    assert math.hypot(x - 1.0, y) < 0.08
    assert yaw == pytest.approx(math.pi / 2, abs=0.12)


def test_a_killed_client_leaves_a_robot_that_stands_within_its_dead_man(tmp_path: Path) -> None:
    with twin("h1", tmp_path, "--scene", "empty", awaited=False) as robot:
        client = start("h1", robot.domain, tmp_path, "walk forward 6 m and stop")
        robot.wait_for("moves")
        time.sleep(1.0)
        before = robot.ticks()[-1]
        assert robot.moving()
        client.send_signal(signal.SIGKILL)
        client.communicate(timeout=30)
        time.sleep(1.2)
        after = [tick for tick in robot.ticks() if tick["time_s"] > before["time_s"]]
    zero = next(tick["time_s"] for tick in after if not any(tick["command"])) - before["time_s"]
    assert zero < 0.85, f"zero after {zero:.2f} s: every velocity carries a dead-man of 0.5 s"


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("wrong-mode", "h1 can't walk: it's damped (fsm 1); hang it from its gantry"),
        ("locked", "its walking isn't started (fsm 2); let the driver start it"),
        ("code", "h1: odometry failed with code 3203"),
    ],
)
def test_a_robot_that_wont(fault: str, words: str, tmp_path: Path) -> None:
    with twin("h1", tmp_path, "--scene", "empty", "--fault", fault) as robot:
        code, _, err = run("h1", robot.domain, tmp_path, "walk forward 1 m", "--set", "driver.timeout_s=2")
        assert code == 1
        assert words in err
        assert not robot.told("moves")


def test_the_wrong_robot_is_named_both_ways(tmp_path: Path) -> None:
    with twin("h1", tmp_path, "--scene", "empty") as robot:
        code, _, err = run("go2", robot.domain, tmp_path, "walk forward 1 m", "--set", "driver.timeout_s=1")
        assert code == 1
        assert "an H1 answers on lo (its service 'loco'), and go2 was asked for" in err
    with twin("go2", tmp_path, "--scene", "empty") as robot:
        code, _, err = run("h1", robot.domain, tmp_path, "walk forward 1 m", "--set", "driver.timeout_s=1")
        assert code == 1
        assert "a Go2 answers on lo (its service 'sport'), and h1 was asked for" in err


def test_pictures_from_a_url(tmp_path: Path) -> None:
    from PIL import Image

    Image.new("RGB", (96, 64), (10, 200, 30)).save(tmp_path / "eye.jpg")

    class Files(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *arguments: object) -> None:
            super().__init__(*arguments, directory=str(tmp_path))  # type: ignore[arg-type]

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Files) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}/eye.jpg"
        with twin("h1", tmp_path, "--scene", "empty", "--fault", "camera-gone") as robot:
            code, _, err = run("h1", robot.domain, tmp_path, "turn left 15 degrees", "--set", "driver.timeout_s=8")
            assert code == 1
            assert "the camera gives no pictures" in err
            code, _, err = run("h1", robot.domain, tmp_path, "turn left 15 degrees", "--set", f"driver.camera={url}")
            assert code == 0, err
            code, _, err = run("h1", robot.domain, tmp_path, "turn left 15 degrees", "--set", "driver.camera=file:///x")
            assert code == 2
            assert "driver.camera: expected" in err
        server.shutdown()
