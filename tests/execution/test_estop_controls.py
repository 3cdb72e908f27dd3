"""The e-stop from beside the program: a terminal's key, a signal, a joystick's button; each latches."""

import io
import os
import signal
import struct
import subprocess
import sys
import threading

import pytest

import navila_sdk as navila
from navila_sdk.cli.estop import estop_controls
from navila_sdk.events import Event, SafetyEvent
from navila_sdk.execution.safety.joystick import estop_joystick
from navila_sdk.execution.safety.keyboard import estop_key
from navila_sdk.testing import FakeDriver, fake_embodiment


class Pressed:
    """Collects causes, and waits for one."""

    def __init__(self):
        self.causes, self.came = [], threading.Event()

    def __call__(self, cause=""):
        self.causes.append(cause)
        self.came.set()


def test_a_key_in_a_pipe_is_none():
    with open(os.devnull, encoding="utf-8") as nothing, estop_key(Pressed(), terminal=nothing) as there:
        assert not there


_TERMINAL = """
import os, sys, time
import navila_sdk as navila
from navila_sdk.cli.estop import estop_controls
from navila_sdk.testing import FakeDriver, fake_embodiment
robot = navila.Robot(fake_embodiment(), FakeDriver())
with estop_controls(robot, may_release=True) as controls:
    print("ready", controls.hint, flush=True)
    end = time.monotonic() + 20
    said = ""
    while time.monotonic() < end:
        if robot.estop_cause != said:
            said = robot.estop_cause
            print("said", said or "released", flush=True)
            if not said:
                break
        time.sleep(0.01)
print("left", flush=True)
"""


def read_until(stream, word):
    text = ""
    while word not in text:
        line = stream.readline()
        assert line, f"it left without {word!r}: {text}"
        text += line
    return text


def test_a_key_in_a_terminal_stops_and_another_releases():
    # A process of its own makes the terminal: forking this one, with its threads, would be asking for trouble.
    inside = [sys.executable, "-c", "import pty, sys; pty.spawn([sys.executable, '-c', sys.argv[1]])", _TERMINAL]
    with subprocess.Popen(inside, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        keys, said = process.stdin, io.TextIOWrapper(process.stdout)
        assert "space" in read_until(said, "ready")
        keys.write(b"x ")
        keys.flush()
        assert "key was pressed" in read_until(said, "said")
        keys.write(b"r")
        keys.flush()
        read_until(said, "released")
        read_until(said, "left")
        keys.close()


def event(kind, value, number=0):
    return struct.pack("<IhBB", 0, value, kind, number)


@pytest.fixture
def stick(tmp_path):
    path = tmp_path / "js0"
    os.mkfifo(path)
    keep = os.open(path, os.O_RDWR)
    yield str(path), keep
    os.close(keep)


def test_a_joystick_button_stops_and_its_axes_do_not(stick):
    path, write = stick
    pressed = Pressed()
    with estop_joystick(path, pressed) as devices:
        assert devices == (path,)
        os.write(write, event(0x81, 1) + event(0x02, 3000) + event(0x01, 0))
        os.write(write, event(0x01, 1, number=7))
        assert pressed.came.wait(10)
    assert pressed.causes == [f"a button of {path} was pressed"]


def test_a_joystick_that_goes_away_stops(tmp_path):
    path = tmp_path / "js0"
    path.write_bytes(b"")
    pressed = Pressed()
    with estop_joystick(str(path), pressed):
        assert pressed.came.wait(10)
    assert "went away" in pressed.causes[0]


def test_a_joystick_that_was_named_must_be_there():
    refused = pytest.raises(navila.ConfigError, match=r"safety\.joystick: '/dev/input/js99' can't be opened")
    with refused, estop_joystick("/dev/input/js99", Pressed()):
        pass
    with estop_joystick("none", Pressed()) as devices:
        assert devices == ()


def test_a_signal_stops_wherever_the_program_is():
    driver, events = FakeDriver(), list[Event]()
    safety = navila.SafetySettings(joystick="none")
    with navila.Robot(fake_embodiment(), driver, safety=safety) as robot, estop_controls(robot):
        robot.listen(events.append)
        robot.listen(lambda event: signal.raise_signal(signal.SIGUSR1) if driver.pose.x_m > 0.1 else None)
        assert robot.execute(navila.MoveForward(1)) is navila.Outcome.ESTOPPED
        assert driver.sent[-1].is_zero
        assert robot.estop_cause == "the signal SIGUSR1 came"
        with pytest.raises(navila.EStopLatchedError):
            robot.execute(navila.MoveForward(1))
    assert [event.stage for event in events if isinstance(event, SafetyEvent)] == ["e-stop"]
