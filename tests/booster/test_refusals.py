"""What the T1's driver says where there is no robot, or one that won't walk: typed, with what helps."""

from __future__ import annotations

import sys
from pathlib import Path

import attrs
import pytest
from navila_booster import place, ready, sdk
from navila_booster.eyes import check_camera
from navila_booster.guard import bodyguard
from navila_booster.place import MIDDLEWARE, address_of
from navila_booster.sdk import Place
from navila_booster.twin import compiling

import navila_sdk as navila
from navila_sdk.errors import (
    ConfigError,
    MissingDependencyError,
    RobotBusyError,
    RobotError,
    RobotUnreachableError,
)
from navila_sdk.hardware.claim import Claim, Presence
from tests.booster.rig import EMPTY, needs_robot
from tests.real.rig import run, twin

SHORT = ("--set", "driver.timeout_s=2")


@needs_robot
def test_nobody_there(tmp_path: Path) -> None:
    code, result, err = run("t1", 230, tmp_path, "walk forward 1 m", "--set", "driver.timeout_s=1")
    assert code == 1
    assert result is not None
    assert result["error"]["type"] == "RobotUnreachableError", "and the vendor's own prints don't mix with it"
    assert "no t1 answers on lo, domain 230 within 1 s" in err
    assert "navila twin t1 --interface lo" in err


@needs_robot
def test_a_robot_that_wont(tmp_path: Path) -> None:
    with twin("t1", tmp_path, *EMPTY, "--fault", "wrong-mode") as robot:
        code, result, err = run("t1", robot.domain, tmp_path, "walk forward 1 m")
        assert code == 1, result
        assert "t1 can't walk: it's damped: its joints are limp (mode 0); hold it upright" in err
        assert not robot.told("moves")


@needs_robot
def test_a_robot_that_can_be_stood_up(tmp_path: Path) -> None:
    with twin("t1", tmp_path, *EMPTY, "--fault", "lying", "--fault", "camera-gone") as robot:
        code, _, err = run(
            "t1", robot.domain, tmp_path, "turn left 15 degrees", "--set", "driver.stand_up=true", *SHORT
        )
        assert code == 1
        assert "nothing comes on rt/booster/camera/color/image_raw/compressed" in err
        changes = [(event["from"], event["to"]) for event in robot.events() if event["event"] == "mode"]
        assert changes == [("damping", "prepare"), ("prepare", "walking")]


@needs_robot
def test_a_guard_that_finds_nobody() -> None:
    guard = bodyguard(Place("127.0.0.1", 228))
    with pytest.raises(RobotUnreachableError, match=r"didn't find it within 0\.1 s; .*driver\.guard=false"):
        guard.wait(0.1)
    assert guard.fault == ""
    guard.close()


def test_wrong_options_and_interfaces() -> None:
    with pytest.raises(ConfigError, match=r"driver\.interface: there is no network interface 'enp99s0'.*has: lo"):
        navila.connect("t1", world="real", options={"interface": "enp99s0"})
    with pytest.raises(ConfigError, match=r"driver\.lidar: no such option"):
        navila.connect("t1", world="real", options={"interface": "lo", "lidar": False})
    with pytest.raises(ConfigError, match=r'driver\.camera: expected "vendor" or the URL'):
        check_camera("file:///etc/passwd")


def test_an_interface_without_an_address() -> None:
    assert address_of("lo") == "127.0.0.1"
    with pytest.raises(RobotUnreachableError, match="the interface nowhere0 has no IPv4 address"):
        address_of("nowhere0")


def test_a_second_driver_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    first, address = place.join("lo", 229, "driver", "t1")
    assert address == "127.0.0.1"
    theirs = Presence(role="driver", robot="t1", domain=229, interface="lo", middleware=MIDDLEWARE, pid=4711)
    with pytest.raises(RobotBusyError, match="already drives t1 on domain 229 of lo"):
        Claim(theirs)
    # Robots on another middleware live beside it.
    Claim(attrs.evolve(theirs, robot="other", middleware="CycloneDDS 0.10.2")).release()
    first.release()


def test_another_of_the_vendors_robots() -> None:
    ready.check_model("t1", "T1")
    ready.check_model("t1", "")
    with pytest.raises(RobotError, match="a Booster K1 answers, and t1 was asked for"):
        ready.check_model("t1", "K1")


def test_the_sdk_missing_or_by_half(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "booster_half.py").write_text("import no_such_library\n")
    (tmp_path / "booster_old.py").write_text("class B1LocoClient: pass\n")
    (tmp_path / "booster_broken.py").write_text("raise OSError('libc.so.6: version GLIBC_2.34 not found')\n")
    for name, words in (
        ("booster_none", "the package 'booster_none' isn't installed; pip install booster_robotics_sdk_python"),
        ("booster_half", "by half: importing it failed with No module named 'no_such_library'"),
        ("booster_old", "by half: it has no ChannelFactory, B1LowStateSubscriber"),
        ("booster_broken", "by half: importing it failed with OSError: libc.so.6: version GLIBC_2.34 not found"),
    ):
        monkeypatch.setattr(sdk, "PACKAGE", name)
        sdk.sdk.cache_clear()
        with pytest.raises(MissingDependencyError, match=words):
            sdk.sdk()
    sdk.sdk.cache_clear()
    assert "booster_none" not in sys.modules


def test_a_bridge_that_cant_be_compiled(tmp_path: Path) -> None:
    with pytest.raises(MissingDependencyError, match=r"no compiler 'no-c\+\+'; .*install g\+\+ libfastrtps-dev"):
        compiling.bridge("no-c++", tmp_path)
    grumpy = tmp_path / "c++"
    grumpy.write_text("#!/bin/sh\necho 'bridge.cpp:1: fatal error: fastdds/dds/x.hpp: No such file' >&2\nexit 1\n")
    grumpy.chmod(0o755)
    with pytest.raises(MissingDependencyError, match=r"fatal error: fastdds/dds/x\.hpp.*libfastcdr-dev"):
        compiling.bridge(str(grumpy), tmp_path / "kept")
    assert not list((tmp_path / "kept").iterdir())
