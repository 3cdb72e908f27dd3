"""Joint level over DDS: the motion service lets go, LowCmd and LowState cross two processes, damped at every end."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.real.rig import Twin, needs_sdk, run, start, twin

pytestmark = needs_sdk

# A shared machine may stop either process for a while; how soon silence is damped is told by test_joint_link.
JOINT = ("--set", "driver.level=joint", "--set", "driver.joint_stale_s=1", "--set", "driver.settle_s=0")
ALLOWED = (*JOINT, "--set", "driver.stand_up=true")

_STRANGER = """
import sys, time
import numpy as np
from navila_go2.joints import ORDER
from navila_sdk.locomotion.drive import JointDrive
from navila_unitree import domain, sdk
from navila_unitree.low.command import TOPIC, CommandWriter
domain._initialize(domain.Place("lo", int(sys.argv[1])))
wire = sdk.Writer(TOPIC, sdk.message("unitree_go").LowCmd_)
message = CommandWriter(ORDER).fill(JointDrive.towards(np.zeros(12), np.full(12, 9.0), np.ones(12)))
message.crc ^= int(sys.argv[2])
end = time.monotonic() + float(sys.argv[3])
while time.monotonic() < end:
    wire(message)
    time.sleep(0.02)
"""


def stranger(domain: int, spoil: int, seconds: float) -> subprocess.Popen[bytes]:
    """Another program's joint commands; ``spoil`` is added to their checksum."""
    return subprocess.Popen([sys.executable, "-c", _STRANGER, str(domain), str(spoil), str(seconds)])


@pytest.fixture(scope="module")
def go2(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Twin]:
    """One robot for the whole file; the tests follow each other as a day with it does."""
    where = ("--scene", "empty", "--fidelity", "physics", "--fault", "holds-on=14", "--for", "900")
    with twin("go2", tmp_path_factory.mktemp("go2"), *where) as robot:
        yield robot


def refusals(robot: Twin) -> list[str]:
    return [line["why"] for line in robot.events() if line["event"] == "refuses joint commands"]


def limp(robot: Twin, limit_s: float = 10.0) -> bool:
    """Whether the last tick has no stiffness, or soon has: a client's last command may still be on its way."""
    end_s = time.monotonic() + limit_s
    while (stiff := robot.ticks()[-1]["stiffness"] != 0.0) and time.monotonic() < end_s:
        time.sleep(0.1)
    return not stiff


def test_its_own_controller_holds_the_joints(go2: Twin, tmp_path: Path) -> None:
    other = stranger(go2.domain, 0, 1.5)
    code, _, err = run("go2", go2.domain, tmp_path, "walk forward 1 m", *JOINT)
    other.wait(30)
    assert code == 1
    assert "gets the robot up by its joints: lay it on the floor" in err
    assert "--set driver.stand_up=true" in err
    assert refusals(go2) == ["mcf holds the joints"]
    assert not go2.told("lets go of the joints")
    assert not go2.told("joints stiff")


def test_a_service_that_doesnt_let_go_is_named(go2: Twin, tmp_path: Path) -> None:
    code, _, err = run("go2", go2.domain, tmp_path, "walk forward 1 m", *ALLOWED, "--set", "driver.timeout_s=3")
    assert code == 1
    assert "go2's 'mcf' still holds the joints 3 s after it was asked to let go" in err
    assert "code 7002" in err
    assert go2.told("StandDown"), "it was laid down first"
    assert not go2.told("joints stiff")


def test_a_policy_of_ours_walks(go2: Twin, tmp_path: Path) -> None:
    before = go2.ticks()[-1]["pose"]
    _, result, err = run("go2", go2.domain, tmp_path, "walk forward 50 cm and stop", *ALLOWED)
    # How exactly it walks is told in simulated time (test_joint_pilot); here a busy machine may make it late.
    assert max(tick["pose"][0] for tick in go2.ticks()) - before[0] > 0.3, (result, err)
    said = [line["event"] for line in go2.events() if line["event"] != "tick"]
    order = ["lets go of the joints", "joints stiff", "joints damped"]
    assert [event for event in said if event in order] == order
    heights = [tick["height"] for tick in go2.ticks()]
    lay = heights.index(min(heights))
    assert min(heights) < 0.12, "it lay"
    assert max(heights[lay:]) > 0.28, "and it got up"
    assert limp(go2)


def test_what_was_let_go_is_said(go2: Twin, tmp_path: Path) -> None:
    code, _, err = run("go2", go2.domain, tmp_path, "walk forward 1 m", "--set", "driver.timeout_s=2")
    assert code == 1
    assert "its motion service 'sport' is released: a program at joint level let it go" in err


def test_a_wrong_checksum_moves_nothing(go2: Twin) -> None:
    stranger(go2.domain, 1, 1.0).wait(30)
    assert refusals(go2)[-1] == "its checksum is wrong"
    assert limp(go2)


def stiffened(robot: Twin, times: int) -> None:
    """Wait until the joints were made stiff that often."""
    end_s = time.monotonic() + 60
    while len([line for line in robot.events() if line["event"] == "joints stiff"]) < times:
        assert time.monotonic() < end_s
        time.sleep(0.1)


def test_interrupted_it_is_damped(go2: Twin, tmp_path: Path) -> None:
    client = start("go2", go2.domain, tmp_path, "walk forward 3 m", *ALLOWED)
    stiffened(go2, 2)
    client.send_signal(signal.SIGINT)
    client.communicate(timeout=30)
    assert limp(go2)


def test_a_stranger_at_the_joints_ends_the_run(go2: Twin, tmp_path: Path) -> None:
    client = start("go2", go2.domain, tmp_path, "turn left 90 degrees, " * 20 + "stop", *ALLOWED)
    stiffened(go2, 3)
    other = stranger(go2.domain, 1, 30)
    _, err = client.communicate(timeout=60)
    other.kill()
    other.wait(10)
    assert client.returncode == 1
    assert "another program moves go2: it heard" in err
    assert "joint commands that aren't ours" in err
    assert limp(go2)


@pytest.mark.parametrize("guarded", [True, False], ids=["guarded", "unguarded"])
def test_killed_outright(go2: Twin, guarded: bool, tmp_path: Path) -> None:
    before = len(go2.events())
    guard = ("--set", f"driver.guard={str(guarded).lower()}")
    client = start("go2", go2.domain, tmp_path, "walk forward 3 m", *ALLOWED, *guard)
    stiffened(go2, 4 if guarded else 5)
    client.kill()
    client.communicate(timeout=30)
    # Nobody publishes what motors do when LowCmd stops: the twin plays the worst, and only the guard mends it.
    if guarded:
        assert limp(go2)
    else:
        go2.wait_for("joint commands stopped", after=before)
        assert not limp(go2, 1.0)


def test_an_h1_hangs_stands_and_hangs_again(tmp_path: Path) -> None:
    hangs = ("--scene", "empty", "--fidelity", "physics", "--set", "driver.hangs_s=60")
    with twin("h1", tmp_path, *hangs) as robot:
        code, _, err = run("go2", robot.domain, tmp_path, "stop", *ALLOWED, "--set", "driver.odometry=rt/Odometry")
        assert code == 1
        assert "what answers isn't go2: its motor 12 has an angle" in err
        assert not robot.told("lets go of the joints")
        code, result, err = run("h1", robot.domain, tmp_path, "stop", *ALLOWED)
        assert code == 0, (result, err)
        stiff = [tick for tick in robot.ticks() if tick["stiffness"] > 250]
        assert stiff, "the torso is held, too"
        assert min(tick["height"] for tick in stiff) > 0.9
        assert limp(robot)
