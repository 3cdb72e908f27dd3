"""A process that damps the joints where the driver's process can't any more: killed, stopped, or hung.

The vendor doesn't say that motors ever forget the last LowCmd. So a second process hears on its standard input that the
joints are still told (``j``), and of a good end (``q``); where both fail to come it sends damping itself.

Run as ``python -m navila_unitree.low.guard INTERFACE DOMAIN LATE_S DAMPING PLACE:MODE...``.
"""

from __future__ import annotations

import os
import select
import signal
import sys
import time
from collections.abc import Callable

import numpy as np

from navila_sdk.errors import NavilaError
from navila_sdk.locomotion.drive import JointDrive
from navila_unitree import domain, sdk
from navila_unitree.low.command import TOPIC, CommandWriter
from navila_unitree.low.order import Motor, MotorOrder

TOLD, QUIT, UP = b"j", b"q", b"u"
INSIST_S, INSIST_HZ = 2.0, 100.0


def watch(damp: Callable[[], object], pipe: int, late_s: float) -> None:
    """Listen until the driver's end, good or bad; nothing is late before the joints were first told."""
    patience_s: float | None = None
    while True:
        ready, _, _ = select.select([pipe], [], [], patience_s)
        said = os.read(pipe, 4096) if ready else None
        if said is not None and QUIT in said:
            return
        if said:
            patience_s = late_s
            continue
        if patience_s is not None:
            insist(damp)
        if said is not None:
            return
        patience_s = None


def insist(damp: Callable[[], object]) -> None:
    """Damp for a while: a driver that comes back has given up by then, too."""
    end_s = time.monotonic() + INSIST_S
    while time.monotonic() < end_s:
        damp()
        time.sleep(1 / INSIST_HZ)


def main(arguments: list[str]) -> int:
    """Guard until standard input ends."""
    # The terminal's Ctrl-C is for the driver; this process ends with its pipe.
    for which in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(which, signal.SIG_IGN)
    interface, number, late_s, damping, *motors = arguments
    pairs = [tuple(map(int, motor.split(":"))) for motor in motors]
    order = MotorOrder([Motor(f"motor {place}", place, 0.0, 0.0, mode) for place, mode in pairs])
    try:
        domain.enter(domain.Place(interface, int(number)))
        wire = sdk.Writer(TOPIC, sdk.message("unitree_go").LowCmd_)
    except NavilaError:
        return 1
    message = CommandWriter(order).fill(JointDrive.damping(np.full(len(pairs), float(damping))))
    os.write(1, UP)
    watch(lambda: wire(message), 0, float(late_s))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
