"""A process that stops the robot where the driver's process can't any more: killed, stopped, or hung.

On its standard input it hears what the driver sends: ``m`` for motion, ``z`` for standing, ``q`` for a good end. Where
motion isn't renewed in time, or the input ends without ``q``, it stops the robot itself, by what a plugin gives it.

Run as ``python -m navila_sdk.hardware.guard MODULE:ATTRIBUTE JSON``.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import sys
import time
from collections.abc import Callable, Mapping
from typing import Any

import attrs

from navila_sdk.errors import NavilaError
from navila_sdk.worlds.named import named

MOTION, STANDING, QUIT, UP = b"m", b"z", b"q", b"u"
HELLO = 0

Stop = Callable[[], object]
"""Tells the robot to stop, once; may block."""

Reach = Callable[[Mapping[str, Any], Callable[[], bool]], Stop | None]
"""A plugin's way to its robot: given what the driver's side said, and what tells whether the driver has left by now.

It returns what stops the robot; None where the driver left meanwhile. It raises a NavilaError where there is no way.
"""


@attrs.frozen(slots=True, kw_only=True)
class Plan:
    """When a guard stops the robot, and how persistently.

    Attributes:
        late_s: Motion not renewed for so long is nobody's.
        insist_s: For how long it then stops the robot.
        insist_hz: How often it does so.
        yields: Whether a driver that speaks again meanwhile is left to it.
        always: Whether a driver that dies while it stands is stopped for, too. Zero harms nobody; damping drops a robot
            that its own controller holds.
    """

    late_s: float
    insist_s: float
    insist_hz: float
    yields: bool
    always: bool


def watch(stop: Stop, pipe: int, plan: Plan) -> None:
    """Listen until the driver's end, good or bad; nothing is late before motion was first told.

    Args:
        stop: Stops the robot.
        pipe: Where the driver is heard.
        plan: When to stop it.
    """
    moving = False
    while True:
        heard, _, _ = select.select([pipe], [], [], plan.late_s if moving else None)
        if not heard:
            insist(stop, plan, pipe if plan.yields else None)
            moving = False
            continue
        said = os.read(pipe, 4096)
        if QUIT in said:
            return
        if not said:
            if moving or plan.always:
                insist(stop, plan, None)
            return
        moving = said.endswith(MOTION)


def insist(stop: Stop, plan: Plan, pipe: int | None) -> None:
    """Stop the robot for a while, or until somebody speaks on ``pipe``."""
    end_s = time.monotonic() + plan.insist_s
    while time.monotonic() < end_s:
        # Whatever went wrong with one message, the next may arrive; there is nobody else to send it.
        with contextlib.suppress(Exception):
            stop()
        if pipe is None:
            time.sleep(1 / plan.insist_hz)
        elif select.select([pipe], [], [], 1 / plan.insist_hz)[0]:
            return


def _left() -> bool:
    """Return whether the driver has gone before the guard was up; it says nothing else until then."""
    if not select.select([HELLO], [], [], 0)[0]:
        return False
    said = os.read(HELLO, 4096)
    return not said or QUIT in said


def main(arguments: list[str]) -> int:
    """Guard until standard input ends."""
    # Ctrl-C and a service manager's stop are for the driver; this process ends with its pipe.
    for which in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(which, signal.SIG_IGN)
    # Vendors' native code writes to standard output, which is a pipe with one meaning here.
    out, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    target, told = arguments
    said = json.loads(told)
    try:
        reach: Reach = named(target, "a guard's way to the robot")
        stop = reach(said["given"], _left)
    except NavilaError:
        return 1
    if stop is None:
        return 0
    os.write(out, UP)
    watch(stop, HELLO, Plan(**said["plan"]))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
