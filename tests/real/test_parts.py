"""What drivers and twins share in small: options, codes, charge, modes, faults, a twin's life; no SDK is needed."""

from __future__ import annotations

import importlib
import threading
import time

import pytest
from navila_go2.modes import forbids, is_low, mode_of
from navila_unitree.options import DriverOptions
from navila_unitree.twin.faults import Faults
from navila_unitree.twin.options import TwinOptions

from navila_sdk.errors import (
    ConfigError,
    MissingDependencyError,
    RobotBusyError,
    RobotError,
    RobotRefusedError,
    RobotUnreachableError,
)
from navila_sdk.hardware.charge import check_charge
from navila_sdk.hardware.codes import Codes
from navila_sdk.hardware.extra import extra
from navila_sdk.hardware.options import twin_options
from navila_sdk.hardware.twin_life import TwinLife
from navila_sdk.twin import Fault, parse_fault


def test_modes_of_both_firmwares() -> None:
    assert mode_of(1001, 0) == 1001
    assert mode_of(0, 7) == 7
    assert forbids(1001) == "it's damped: its joints are limp (mode 1001)"
    assert "locked joints" in forbids(6)
    assert forbids(1015) == forbids(3) == forbids(100) == ""
    assert is_low(5)
    assert not is_low(1002)


def test_faults_are_read_strictly() -> None:
    assert parse_fault("late") == Fault("late")
    assert parse_fault("late=0.5@2") == Fault("late", 0.5, 2.0)
    assert parse_fault("silent@3") == Fault("silent", None, 3.0)
    for text in ("", "=3", "late=", "late=x", "late=-1", "late=nan", "late@soon", "LATE", "late=1@"):
        with pytest.raises(ConfigError):
            parse_fault(text)
    with pytest.raises(ConfigError, match=r"no fault 'latte'; did you mean|Did you mean"):
        Faults((Fault("latte"),), lambda *_: None)


def test_faults_wait_for_the_first_command() -> None:
    faults = Faults((Fault("silent", None, 1.0), Fault("code", 4201.0)), lambda *_: None)
    assert faults.value("code") == 4201.0
    assert not faults.on("silent")
    faults.begin()
    assert not faults.on("silent")
    time.sleep(1.05)
    assert faults.on("silent")


def test_a_twins_options_stand_in_one_table_with_its_drivers() -> None:
    given = {"domain": 7, "stand_up": True, "low_hz": 50, "joint_hz": 99.0}
    assert twin_options(TwinOptions, DriverOptions, given) == TwinOptions(domain=7, low_hz=50.0)
    with pytest.raises(ConfigError, match=r"driver\.low_hzz: no such option; did you mean 'low_hz'"):
        twin_options(TwinOptions, DriverOptions, {**given, "low_hzz": 50})
    with pytest.raises(ConfigError, match=r"driver\.domain: expected a number between 0 and 230; got 999"):
        twin_options(TwinOptions, DriverOptions, {"domain": 999})


def test_a_battery_that_wont_last() -> None:
    check_charge("rex", None, 15.0)
    check_charge("rex", 15.0, 15.0)
    with pytest.raises(RobotRefusedError, match=r"rex's battery has 9 % left, less than driver\.least_battery = 15"):
        check_charge("rex", 9.0, 15.0)


def test_codes_are_errors_of_their_kind() -> None:
    codes = Codes(words={5: ("it sleeps", "wake it"), 6: ("?", "")}, unreachable=frozenset({5}), busy=frozenset({6}))
    codes.check(0, "rex: walking")
    with pytest.raises(RobotUnreachableError, match=r"rex: walking failed with code 5: it sleeps; wake it$"):
        codes.check(5, "rex: walking")
    with pytest.raises(RobotBusyError, match=r"code 6: \?$"):
        codes.check(6, "rex: walking")
    with pytest.raises(RobotRefusedError, match="code 7: a code this driver doesn't know") as refused:
        codes.check(7, "rex: walking")
    assert refused.value.code == 7


def test_what_an_extra_brings_is_named() -> None:
    with (
        pytest.raises(MissingDependencyError, match=r"rex needs the package 'no_such_thing'; .*pip install 'rex\[x\]'"),
        extra("rex", "rex[x]"),
    ):
        importlib.import_module("no_such_thing")


def test_a_twins_life_has_a_thread_for_each_work_and_ends_with_them() -> None:
    steps, said = [], []
    life = TwinLife((("talk", 100.0, lambda: said.append(threading.current_thread().name)),))

    def step() -> float:
        steps.append(time.monotonic())
        if len(steps) == 3:
            time.sleep(0.3)
        return 0.01

    life.live(step, lambda: len(steps) >= 10)
    assert set(said) == {"twin-talk"}
    assert life.behind >= 1
    assert steps[-1] - steps[3] > 0.05, "it doesn't catch up what it missed"
    count = len(said)
    time.sleep(0.05)
    assert len(said) == count, "its threads are over"


def test_a_life_that_breaks_ends_its_threads_too() -> None:
    said: list[int] = []

    def step() -> float:
        raise RobotError("the simulator is gone")

    life = TwinLife((("talk", 100.0, lambda: said.append(1)),))
    with pytest.raises(RobotError):
        life.live(step, lambda: False)
    count = len(said)
    time.sleep(0.05)
    assert len(said) == count
