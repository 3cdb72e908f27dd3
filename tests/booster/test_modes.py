"""A T1's modes on the way to walking, its falls and its codes, in words that help."""

from __future__ import annotations

import pytest
from navila_booster import codes, ready
from navila_booster.modes import FALLS, Mode, forbids, remedy
from navila_booster.options import DriverOptions

from navila_sdk.errors import (
    RobotBusyError,
    RobotRefusedError,
    RobotUnreachableError,
)


class Standing:
    """Legs of a robot in a mode."""

    def __init__(self, mode: int, *codes: int) -> None:
        self.now, self.codes = mode, list(codes)
        self.asked: list[Mode] = []

    def mode(self) -> tuple[int, int]:
        return self.codes.pop(0) if self.codes else 0, self.now

    def change_mode(self, mode: Mode, _robot: str, _timeout_s: float) -> None:
        self.asked.append(mode)
        self.now = int(mode)


class Upright:
    """Senses of a robot with a fall state."""

    def __init__(self, fall: int = 0) -> None:
        self.fall = fall


@pytest.mark.parametrize(
    ("mode", "words"),
    [
        (0, "it's damped: its joints are limp .mode 0.; hold it upright"),
        (1, "it stands with locked joints, .*stand_up=true"),
        (3, "its joints are in another program's hands .*; end that program"),
        (4, "it plays football"),
        (17, "its mode is unknown to this driver .mode 17."),
    ],
)
def test_modes_that_dont_walk(mode: int, words: str) -> None:
    with pytest.raises(RobotRefusedError, match=words):
        ready.make_ready("t1", Standing(mode), Upright(), DriverOptions())  # type: ignore[arg-type]


def test_modes_on_the_way_to_walking() -> None:
    options = DriverOptions(stand_up=True)
    for mode, asked in ((0, [Mode.PREPARE, Mode.WALKING]), (1, [Mode.WALKING]), (2, [])):
        legs = Standing(mode)
        assert ready.make_ready("t1", legs, Upright(), options) == Mode.WALKING  # type: ignore[arg-type]
        assert legs.asked == asked
    # Nobody takes a robot out of another program's hands, or picks up one that fell.
    for legs, senses in ((Standing(3), Upright()), (Standing(0), Upright(2))):
        with pytest.raises(RobotRefusedError):
            ready.make_ready("t1", legs, senses, options)  # type: ignore[arg-type]
        assert legs.asked == []


def test_a_first_question_may_get_lost_and_a_refusal_may_not() -> None:
    options = DriverOptions(timeout_s=0.5)
    assert ready.make_ready("t1", Standing(2, 100, 100), Upright(), options) == Mode.WALKING  # type: ignore[arg-type]
    with pytest.raises(RobotRefusedError, match="t1: its mode failed with code 501: the robot refused"):
        ready.make_ready("t1", Standing(2, 501), Upright(), options)  # type: ignore[arg-type]
    with pytest.raises(RobotUnreachableError, match="t1: its mode failed with code 100"):
        ready.make_ready("t1", Standing(2, *[100] * 10**6), Upright(), options)  # type: ignore[arg-type]


def test_every_fall_has_words() -> None:
    for number in FALLS.values():
        assert forbids(number)
        assert "update this driver" not in remedy(number)


def test_codes_in_words() -> None:
    codes.check(0, "t1: walking")
    with pytest.raises(RobotUnreachableError, match=r"t1: its mode failed with code 100: no answer in time"):
        codes.check(100, "t1: its mode")
    with pytest.raises(RobotBusyError, match="code 409"):
        codes.check(409, "t1: walking")
    with pytest.raises(RobotRefusedError, match="code 999: a code this driver doesn't know") as caught:
        codes.check(999, "t1: walking")
    assert caught.value.code == 999
    assert codes.code_in(RuntimeError("API call failed, code = 502")) == 502
    assert codes.code_in(RuntimeError("API call failed, code = -1")) == -1
    assert codes.code_in(RuntimeError("what else")) == 500
