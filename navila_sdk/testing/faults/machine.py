"""The machine and the program: drivers that raise or hang, a late loop, a full disk, a stepped clock, no processor."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING

from navila_sdk.errors import RobotUnreachableError
from navila_sdk.events import Commanded, Event
from navila_sdk.geometry import Twist
from navila_sdk.observation import RobotState
from navila_sdk.testing.faults.values import Fault

if TYPE_CHECKING:
    from navila_sdk.testing.faults.trial import Trial

_HANGS_S = 1.0
_HOUR_S = 3600.0
_LEFT_BYTES = 20_000
_BUSY = "import os\nos.nice(5)\nwhile True: pass"


def _state_raises(_: RobotState, __: Trial) -> RobotState:
    raise RobotUnreachableError("the link is gone")


def _state_bug(_: RobotState, __: Trial) -> RobotState:
    raise ZeroDivisionError("a bug in the driver")


def _state_hangs(state: RobotState, trial: Trial) -> RobotState:
    trial.wait_once(_HANGS_S)
    return state


def _send_raises(_: Twist, __: Trial) -> None:
    raise RobotUnreachableError("commands don't reach the robot")


def _send_hangs(twist: Twist, trial: Trial) -> None:
    if not twist.is_zero:
        trial.wait_once(_HANGS_S)


def _listener_raises(trial: Trial) -> None:
    def broken(event: Event) -> None:
        if isinstance(event, Commanded):
            raise RuntimeError("a broken listener")

    trial.robot.listen(broken)
    trial.cure.append(lambda: trial.robot.unlisten(broken))


def _listener_hangs(trial: Trial) -> None:
    def slow(event: Event) -> None:
        if isinstance(event, Commanded):
            trial.wait_once(_HANGS_S)

    trial.robot.listen(slow)
    trial.cure.append(lambda: trial.robot.unlisten(slow))


def _disk_full(trial: Trial) -> None:
    import resource

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    # Python ignores SIGXFSZ, so that a write past this fails as on a full disk.
    resource.setrlimit(resource.RLIMIT_FSIZE, (trial.recorder.path.stat().st_size + _LEFT_BYTES, before[1]))

    def undo() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        if trial.recorder.failed is None:
            # There was room enough: nothing has been tried.
            trial.began_s = None

    trial.cure.append(undo)


def _wall_clock_steps(trial: Trial) -> None:
    real = time.time
    time.time = lambda: real() + _HOUR_S

    def undo() -> None:
        time.time = real

    trial.cure.append(undo)


def _overload(trial: Trial) -> None:
    eaters = [subprocess.Popen([sys.executable, "-c", _BUSY]) for _ in range(2 * (os.cpu_count() or 2))]

    def undo() -> None:
        for eater in eaters:
            eater.kill()
            eater.wait()

    trial.cure.append(undo)


_FAILS = ("robot failed",)
MACHINE = (
    Fault(id="driver-link", what="the driver says the link is gone", state=_state_raises, ends=_FAILS),
    Fault(id="driver-bug", what="the driver raises what it shouldn't", state=_state_bug, ends=_FAILS),
    Fault(
        id="driver-deaf",
        what="no command gets through: the robot's own hold time stops it",
        command=_send_raises,
        ends=_FAILS,
        real_time=True,
        finishes=True,
    ),
    Fault(
        id="loop-hangs",
        what="reading the state takes a second: the watchdog stops the robot",
        state=_state_hangs,
        ends=("stale",),
        real_time=True,
    ),
    Fault(
        id="command-hangs",
        what="sending a command takes a second: the watchdog speaks to the driver from beside",
        sent=_send_hangs,
        ends=("stale",),
        real_time=True,
    ),
    Fault(id="listener-raises", what="a listener raises", begin=_listener_raises, ends=_FAILS),
    Fault(
        id="listener-hangs",
        what="a listener takes a second: the watchdog stops the robot",
        begin=_listener_hangs,
        ends=("stale",),
        real_time=True,
    ),
    Fault(id="disk-full", what="the disk is full: the recording ends", begin=_disk_full, ends=("stopped",)),
    Fault(id="wall-clock", what="the wall clock steps by an hour", begin=_wall_clock_steps, ends=("stopped",)),
    Fault(
        id="overload",
        what="busy loops, two for each core",
        begin=_overload,
        ends=("stopped", "stale"),
        real_time=True,
        heavy=True,
        finishes=True,
    ),
)
