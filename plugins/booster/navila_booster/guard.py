"""A process that stops the robot where the driver's process can't any more: killed, stopped, or hung.

Booster doesn't say that a velocity ever expires on the robot. So a second process holds a client of its own, and hears
on its standard input what the driver sends: ``m`` for motion, ``z`` for zero, ``q`` for a good end. It sends zero
itself when motion isn't renewed in time, or when its input ends without ``q``.

Run as ``python -m navila_booster.guard ADDRESS DOMAIN LATE_S``.
"""

from __future__ import annotations

import os
import select
import signal
import sys
import time

from navila_booster.legs import Legs
from navila_booster.sdk import Place, enter
from navila_sdk.errors import NavilaError
from navila_sdk.geometry import ZERO_TWIST

MOTION, ZERO, QUIT, UP = b"m", b"z", b"q", b"u"
INSIST_S = 1.0
INSIST_HZ = 20.0


def watch(legs: Legs, pipe: int, late_s: float) -> None:
    """Listen until the driver's end, good or bad."""
    moving = False
    while True:
        ready, _, _ = select.select([pipe], [], [], late_s if moving else None)
        if not ready:
            insist(legs, pipe)
            moving = False
            continue
        said = os.read(pipe, 4096)
        if not said:
            insist(legs, None)
            return
        if QUIT in said:
            return
        moving = said.endswith(MOTION)


def insist(legs: Legs, pipe: int | None) -> None:
    """Send zero for a while; a driver that speaks again is left to it."""
    end_s = time.monotonic() + INSIST_S
    while time.monotonic() < end_s:
        legs.write(ZERO_TWIST)
        if pipe is None:
            time.sleep(1 / INSIST_HZ)
        elif select.select([pipe], [], [], 1 / INSIST_HZ)[0]:
            return


def main(arguments: list[str]) -> int:
    """Guard until standard input ends."""
    # Ctrl-C and a service manager's stop are for the driver; this process ends with its pipe.
    for which in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(which, signal.SIG_IGN)
    # The vendor's native code writes to standard output, which is a pipe with one meaning here.
    out, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    address, domain, late_s = arguments[0], int(arguments[1]), float(arguments[2])
    try:
        enter(Place(address, domain))
        legs = Legs()
        while not legs.wait(1.0):
            if select.select([0], [], [], 0)[0] and not os.read(0, 1):
                return 0
    except NavilaError:
        return 1
    os.write(out, UP)
    watch(legs, 0, late_s)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
