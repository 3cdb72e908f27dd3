"""The driver's side of the guard: starts it, tells it that the joints are still told, sends it home."""

from __future__ import annotations

import contextlib
import os
import select
import subprocess
import sys
import threading

from navila_sdk.errors import RobotError
from navila_unitree.domain import Place
from navila_unitree.low import guard
from navila_unitree.low.order import MotorOrder


class Bodyguard:
    """A process that damps the joints when this one can't any more.

    Args:
        place: Where the robot is.
        order: Its motors.
        damping: Of each joint, N m s/rad.
        late_s: Joints not told for so long are nobody's.
    """

    def __init__(self, place: Place, order: MotorOrder, damping: float, late_s: float) -> None:
        motors = [f"{where}:{mode}" for where, mode in zip(order.places.tolist(), order.modes, strict=True)]
        self._process = subprocess.Popen(
            [
                *(sys.executable, "-m", guard.__name__),
                *(place.interface, str(place.domain), f"{late_s:g}", f"{damping:g}"),
                *motors,
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # a terminal's Ctrl-C isn't for it
        )
        assert self._process.stdin is not None
        self._pipe = self._process.stdin.fileno()
        os.set_blocking(self._pipe, False)
        self._lock = threading.Lock()
        self._gone = False

    def wait(self, timeout_s: float) -> None:
        """Wait until it watches.

        Raises:
            RobotError: It doesn't.
        """
        out = self._process.stdout
        assert out is not None
        ready, _, _ = select.select([out], [], [], timeout_s)
        if not ready or os.read(out.fileno(), 1) != guard.UP:
            raise RobotError(
                f"the guard that damps the joints of a killed driver didn't start within {timeout_s:g} s; try again, "
                "or go without: --set driver.guard=false"
            )

    @property
    def fault(self) -> str:
        """Why it guards nothing any more; "" while it does."""
        code = self._process.poll()
        if code is None or self._gone:
            return ""
        return f"its guard, the process that damps it where this one can't, has ended (exit code {code}); start again"

    def told(self) -> None:
        """Say that the joints were told; never blocks."""
        self._say(guard.TOLD)

    def close(self) -> None:
        """Send it home: nothing is left to guard; a second call does nothing."""
        self._say(guard.QUIT)
        with self._lock:
            gone, self._gone = self._gone, True
        if gone:
            return
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        try:
            self._process.wait(timeout=guard.INSIST_S + 1.0)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _say(self, word: bytes) -> None:
        with self._lock, contextlib.suppress(OSError):
            if not self._gone:
                os.write(self._pipe, word)
