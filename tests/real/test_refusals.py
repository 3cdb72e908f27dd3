"""What a driver says where there is no robot, the wrong one, or one that won't walk: typed, with what helps."""

from __future__ import annotations

import sys
from pathlib import Path

import attrs
import pytest
from navila_unitree import codes, sdk

import navila_sdk as navila
from navila_sdk.errors import (
    CapabilityError,
    ConfigError,
    MissingDependencyError,
    PluginLoadError,
    RobotBusyError,
    RobotError,
    RobotRefusedError,
    RobotUnreachableError,
)
from navila_sdk.hardware.claim import Claim, Presence
from navila_sdk.testing.fake import FakeDriver, fake_embodiment
from tests.real.rig import needs_sdk, run, start, twin


def test_a_body_without_a_driver() -> None:
    with pytest.raises(CapabilityError, match=r"fake has no driver for the real robot"):
        navila.connect(fake_embodiment(), world="real")


def test_what_isnt_for_a_real_robot() -> None:
    with pytest.raises(CapabilityError, match=r"no fidelity 'physics'; it offers: hardware"):
        navila.connect("go2", world="real", fidelity="physics")
    with pytest.raises(ConfigError, match=r"walks by its own controller"):
        navila.connect("go2", world="real", locomotion="blind")


@pytest.mark.parametrize(
    ("target", "error", "words"),
    [
        ("no_such_package:connect", MissingDependencyError, "needs the package 'no_such_package'"),
        ("navila_sdk.clock:no_such_name", PluginLoadError, "can't be loaded from"),
        ("navila_sdk:__version__", PluginLoadError, "no function"),
        ("navila_sdk.clock:WallClock.now_s", PluginLoadError, "can't be loaded from"),
    ],
)
def test_a_driver_that_cant_be_loaded(target: str, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        navila.connect(fake_embodiment(driver=target), world="real")


def test_options_reach_the_driver_and_its_clock_is_the_robots(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = {}

    def connect(request: navila.WorldRequest) -> FakeDriver:
        seen.update(request.options)
        driver = FakeDriver()
        driver.clock = "the driver's"
        return driver

    monkeypatch.setattr("navila_sdk.testing.connect_for_test", connect, raising=False)
    config = attrs.evolve(navila_config(), driver={"interface": "eth7", "domain": 3})
    body = fake_embodiment(driver="navila_sdk.testing:connect_for_test")
    with navila.connect(body, world="real", config=config, options={"domain": 4}) as robot:
        assert seen == {"interface": "eth7", "domain": 4}
        assert robot.clock == "the driver's"


def navila_config() -> object:
    from navila_sdk.config import load_config

    return load_config().config


def test_a_missing_interface_lists_the_others(tmp_path: Path) -> None:
    code, _, err = run("go2", 5, tmp_path, "walk forward 1 m", "--set", "driver.interface=enp99s0")
    assert code == 2
    assert "driver.interface: there is no network interface 'enp99s0'" in err
    assert "this computer has: lo" in err


def test_options_are_checked_all_at_once(tmp_path: Path) -> None:
    wrong = ("--set", "driver.interfase=lo", "--set", "driver.send_hz=900")
    code, _, err = run("go2", 5, tmp_path, "walk forward 1 m", *wrong)
    assert code == 2
    assert "driver.interfase: no such option" in err
    assert "driver.send_hz" in err


@needs_sdk
def test_nobody_there(tmp_path: Path) -> None:
    code, _, err = run("go2", 231 - 1, tmp_path, "walk forward 1 m", "--set", "driver.timeout_s=1")
    assert code == 1
    assert "no go2 answers on lo, domain 230 within 1 s" in err
    assert "navila twin go2 --interface lo" in err


@needs_sdk
@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("wrong-mode", "go2 can't walk: it's damped: its joints are limp (mode 1001)"),
        ("lying", "stand it up with its remote"),
        ("code", "code 3203: the robot's firmware doesn't know this request; update its firmware"),
        ("code=4205", "code 4205: the motion state machine isn't initialised"),
        ("service-gone", "code 3104: no answer in time"),
        ("battery=9", "battery has 9 % left"),
        ("lidar-gone", "--set driver.lidar=false"),
        ("camera-gone", "the camera gives no pictures (none yet)"),
        ("camera-black", "all black"),
    ],
)
def test_a_robot_that_wont(fault: str, words: str, tmp_path: Path) -> None:
    with twin("go2", tmp_path, "--scene", "empty", "--fault", fault) as robot:
        code, result, err = run("go2", robot.domain, tmp_path, "walk forward 1 m", "--set", "driver.timeout_s=2")
        assert code == 1, result
        assert words in err
        assert not robot.told("moves")


@needs_sdk
@pytest.mark.parametrize("fault", ["lying", "locked"])
def test_a_robot_that_can_be_stood_up(fault: str, tmp_path: Path) -> None:
    with twin("go2", tmp_path, "--scene", "empty", "--fault", fault, awaited=False) as robot:
        code, _, err = run("go2", robot.domain, tmp_path, "turn left 15 degrees", "--set", "driver.stand_up=true")
        assert code == 0, err
        assert robot.told("BalanceStand")


@needs_sdk
def test_two_programs_are_refused(tmp_path: Path) -> None:
    with twin("go2", tmp_path, "--scene", "empty") as robot:
        first = start("go2", robot.domain, tmp_path, "walk forward 4 m and stop")
        robot.wait_for("moves")
        code, _, err = run("go2", robot.domain, tmp_path, "turn left 90 degrees")
        assert code == 1
        assert f"process {first.pid} already drives go2" in err
        first.terminate()
        first.communicate(timeout=30)


def test_codes_in_words() -> None:
    codes.check(0, "go2: Move")
    with pytest.raises(RobotUnreachableError, match=r"go2: Move failed with code 3102: .* nobody serves it"):
        codes.check(3102, "go2: Move")
    with pytest.raises(RobotRefusedError, match="code 4206: the robot's posture") as caught:
        codes.check(4206, "go2: StandUp")
    assert caught.value.code == 4206
    with pytest.raises(RobotRefusedError, match="code 9999: a code this driver doesn't know"):
        codes.check(9999, "go2: StandUp")


def _presence(**changes: object) -> Presence:
    mine = Presence(role="driver", robot="go2", domain=3, interface="lo", middleware="CycloneDDS 11.0.1", pid=1)
    return attrs.evolve(mine, **changes)


def test_versions_are_never_mixed_on_a_domain(tmp_path: Path) -> None:
    there = Claim(_presence(role="twin", pid=2, middleware="CycloneDDS 0.10.2"), tmp_path)
    with pytest.raises(RobotError, match=r"CycloneDDS 0\.10\.2, and here it's 11\.0\.1"):
        Claim(_presence(), tmp_path)
    Claim(_presence(domain=4), tmp_path).release()
    there.release()
    Claim(_presence(), tmp_path).release()


def test_a_dead_process_claims_nothing(tmp_path: Path) -> None:
    first = Claim(_presence(), tmp_path)
    with pytest.raises(RobotBusyError, match="process 1 already drives go2 on domain 3 of lo"):
        Claim(_presence(pid=2), tmp_path)
    left_behind = next(tmp_path.iterdir()).read_text()
    first.release()
    (tmp_path / "3-1-driver.json").write_text(left_behind)
    (tmp_path / "3-9-driver.json").write_text("not JSON at all")
    Claim(_presence(pid=2), tmp_path).release()


def test_the_sdk_missing_or_by_half(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sdk, "_prepare", lambda: None)
    (tmp_path / "unitree_half").mkdir()
    (tmp_path / "unitree_half" / "__init__.py").write_text("from . import b2\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(sdk, "PACKAGE", "unitree_half")
    with pytest.raises(MissingDependencyError, match=r"by half: importing unitree_half\.core .*docs/real\.md"):
        sdk.module("core")
    monkeypatch.undo()
    monkeypatch.setattr(sdk, "PACKAGE", "unitree_none")
    monkeypatch.setattr(sdk, "cyclonedds_version", lambda: "0.10.2")
    with pytest.raises(MissingDependencyError, match=r"'unitree_none' isn't installed; for a robot: "):
        sdk._prepare.__wrapped__()
    assert "unitree_none" not in sys.modules
