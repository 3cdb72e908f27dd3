"""Somebody else's motion commands: from another computer, say, where no file of ours shows who it is."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest
from navila_unitree import domain, sdk

from navila_sdk.errors import ConfigError, RobotError
from tests.real.rig import needs_sdk, run, start, twin

_STRANGER = """
import sys, time
from navila_go2.sport import SportLegs
from navila_sdk.geometry import Twist
from navila_unitree import domain
domain._initialize(domain.Place("lo", int(sys.argv[1])))
legs = SportLegs(2.0)
end = time.monotonic() + float(sys.argv[2])
while time.monotonic() < end:
    legs.write(Twist(0.0, 0.0, 0.1))
    time.sleep(0.05)
"""


@needs_sdk
def test_a_stranger_that_moves_the_robot_ends_the_run(tmp_path: Path) -> None:
    with twin("go2", tmp_path, "--scene", "empty") as robot:
        there_and_back = ", turn left 180 degrees, ".join(["walk forward 5 m"] * 6)
        client = start("go2", robot.domain, tmp_path, f"{there_and_back} and stop")
        robot.wait_for("moves")
        stranger = subprocess.Popen([sys.executable, "-c", _STRANGER, str(robot.domain), "90"])
        _, err = client.communicate(timeout=90)
        stranger.kill()
        assert client.returncode == 1
        assert "RobotBusyError: another program moves go2: it heard" in err
        stranger.wait(30)
        time.sleep(1.3)
        assert not robot.moving(), "and nobody moves it any more"


@needs_sdk
def test_a_stranger_can_be_tolerated(tmp_path: Path) -> None:
    with twin("go2", tmp_path, "--scene", "empty") as robot:
        stranger = subprocess.Popen([sys.executable, "-c", _STRANGER, str(robot.domain), "1.5"])
        time.sleep(0.5)
        alone = ("--set", "driver.alone=false")
        code, _, err = run("go2", robot.domain, tmp_path, "walk forward 50 cm and stop", *alone)
        stranger.wait(30)
        assert code == 0, err


def test_a_cyclonedds_that_robots_dont_speak_stays_on_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(domain, "check_interface", lambda *_: None)
    monkeypatch.setattr(sdk, "cyclonedds_version", lambda: "11.0.1")
    with pytest.raises(RobotError, match=r"CycloneDDS 11\.0\.1 doesn't speak to robots.*eth0 doesn't"):
        domain.join(domain.Place("eth0", 0), "driver", "go2")


@needs_sdk
def test_one_process_is_on_one_domain(tmp_path: Path) -> None:
    code = (
        "from navila_unitree import domain\n"
        "domain.join(domain.Place('lo', 3), 'driver', 'go2').release()\n"
        "domain.join(domain.Place('lo', 3), 'driver', 'go2').release()\n"
        "domain.join(domain.Place('lo', 4), 'driver', 'go2')\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert f"{ConfigError.__name__}: this process is on domain 3 of lo already" in done.stderr
    assert done.returncode == 1
