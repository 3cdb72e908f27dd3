"""The guard: a driver that ends well is left alone, one that dies or hangs has its robot stopped."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from navila_sdk.errors import RobotUnreachableError
from navila_sdk.hardware.bodyguard import Bodyguard
from navila_sdk.hardware.guard import MOTION, QUIT, STANDING, Plan, watch

ZERO = Plan(late_s=0.5, insist_s=0.1, insist_hz=50.0, yields=True, always=True)
DAMPING = attrs.evolve(ZERO, yields=False, always=False)
PLANS = pytest.mark.parametrize("plan", [ZERO, DAMPING], ids=["zero", "damping"])
REACH = "tests.real.stopping:reach"


def until(what: Callable[[], bool], limit_s: float = 20.0) -> bool:
    end_s = time.monotonic() + limit_s
    while not what() and time.monotonic() < end_s:
        time.sleep(0.02)
    return what()


class Watched:
    """A guard at work in this process, at the end of a pipe."""

    def __init__(self, plan: Plan, stop: Callable[[], object] | None = None) -> None:
        self.stops = 0
        self._stop = stop
        self.there, self.here = os.pipe()
        self._thread = threading.Thread(target=watch, args=(self._stopped, self.there, plan), daemon=True)
        self._thread.start()

    def _stopped(self) -> None:
        self.stops += 1
        if self._stop is not None:
            self._stop()

    def say(self, *words: bytes) -> None:
        for word in words:
            os.write(self.here, word)

    def ends(self) -> bool:
        """The driver's end of the pipe closes; whether the guard goes home."""
        os.close(self.here)
        self._thread.join(20)
        os.close(self.there)
        return not self._thread.is_alive()


@PLANS
@given(st.lists(st.sampled_from([MOTION, STANDING]), max_size=6), st.booleans())
@settings(max_examples=25, deadline=None)
def test_only_a_bad_end_stops_the_robot(plan: Plan, said: list[bytes], well: bool) -> None:
    watched = Watched(attrs.evolve(plan, late_s=30.0, insist_s=0.02, insist_hz=200.0))
    watched.say(*said, *((QUIT,) if well else ()))
    assert watched.ends()
    moved = bool(said) and said[-1] == MOTION
    assert bool(watched.stops) == (not well and (moved or plan.always))


@PLANS
def test_a_driver_that_hangs_is_stopped_and_watched_on(plan: Plan) -> None:
    watched = Watched(attrs.evolve(plan, late_s=0.1))
    time.sleep(0.3)
    assert watched.stops == 0, "a driver that never moved anything may be silent"
    watched.say(MOTION + STANDING)
    time.sleep(0.3)
    assert watched.stops == 0, "and so may one that stands"
    watched.say(MOTION)
    assert until(lambda: watched.stops > 0), "moving, it may not"
    time.sleep(0.3)
    stops = watched.stops
    watched.say(MOTION)
    assert until(lambda: watched.stops > stops), "and the next time no more than the first"
    watched.say(QUIT)
    assert watched.ends()


def test_a_driver_that_speaks_again_is_left_to_it_where_that_is_safe() -> None:
    for plan in (ZERO, DAMPING):
        watched = Watched(attrs.evolve(plan, late_s=0.1, insist_s=2.0))
        watched.say(MOTION)
        assert until(lambda watched=watched: watched.stops > 0)
        watched.say(STANDING)
        time.sleep(0.2)
        stops = watched.stops
        time.sleep(0.2)
        assert (watched.stops == stops) == plan.yields
        watched.say(QUIT)
        assert watched.ends()


def test_a_stop_that_fails_is_tried_again() -> None:
    def broken() -> None:
        raise OSError("the network is down")

    watched = Watched(attrs.evolve(ZERO, insist_s=1.0), broken)
    watched.say(MOTION)
    assert watched.ends()
    assert watched.stops > 1


def test_a_guard_that_is_killed_is_told(tmp_path: Path) -> None:
    guard = Bodyguard(REACH, {"file": str(tmp_path / "stops")}, ZERO)
    guard.wait(20.0)
    assert guard.fault == ""
    guard._process.kill()
    guard._process.wait(5.0)
    assert "has ended (exit code -9); start again" in guard.fault
    guard.told()
    guard.close()
    guard.close()
    assert guard.fault == ""


@pytest.mark.parametrize("given", [{"refuses": True}, {"asleep": True}], ids=["refuses", "asleep"])
def test_a_robot_the_guard_doesnt_reach(given: dict[str, bool], tmp_path: Path) -> None:
    file = tmp_path / "stops"
    # It's killed where it doesn't go home in time, and a busy machine takes its time to start a process.
    guard = Bodyguard(REACH, {"file": str(file), **given}, attrs.evolve(ZERO, insist_s=60.0))
    with pytest.raises(
        RobotUnreachableError, match=r"the guard, .* didn't find it within 0\.5 s; .*driver\.guard=false"
    ):
        guard.wait(0.5)
    guard.close()
    assert guard._process.returncode == (1 if "refuses" in given else 0), "nobody had to kill it"


_DRIVER = """
import signal, sys, time
signal.signal(signal.SIGINT, signal.default_int_handler)  # a test run in the background ignores it, and so would this
from navila_sdk.hardware.bodyguard import Bodyguard
from navila_sdk.hardware.guard import Plan
guard = Bodyguard("tests.real.stopping:reach", {"file": sys.argv[1]}, Plan(
    late_s=3.0, insist_s=1.0, insist_hz=50.0, yields=True, always=True))
guard.wait(20.0)
print(guard._process.pid, flush=True)
while True:
    guard.told()
    time.sleep(0.05)
"""


@pytest.mark.parametrize("way", [signal.SIGKILL, signal.SIGSTOP, signal.SIGINT], ids=lambda way: way.name)
def test_a_driver_that_dies_in_a_process_of_its_own(way: signal.Signals, tmp_path: Path) -> None:
    file = tmp_path / "stops"
    driver = subprocess.Popen(
        [sys.executable, "-c", _DRIVER, str(file)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert driver.stdout is not None
    guard = int(driver.stdout.readline())
    assert os.getpgid(guard) != os.getpgid(driver.pid), "a terminal's Ctrl-C doesn't reach it"
    for which in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        os.kill(guard, which)
    time.sleep(0.3)
    assert not file.exists(), "nothing is stopped while the driver drives"
    driver.send_signal(way)
    assert until(lambda: file.exists() and file.stat().st_size > 0)
    driver.kill()
    driver.communicate(timeout=20)
