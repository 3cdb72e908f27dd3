"""The driver's end of the guard: starts it, and tells it of every command."""

from __future__ import annotations

import contextlib
import os
import select
import subprocess
import sys

from navila_booster.guard import MOTION, QUIT, UP, ZERO
from navila_booster.sdk import Place
from navila_sdk.errors import RobotUnreachableError

LATE_S = 0.5


class Bodyguard:
    """A process of its own that stops the robot where this one dies or hangs.

    Args:
        place: Where the robot is.
        late_s: Motion not renewed for so long is stopped.
    """

    def __init__(self, place: Place, late_s: float = LATE_S) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "navila_booster.guard", place.address, str(place.domain), str(late_s)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            start_new_session=True,  # a terminal's Ctrl-C isn't for it
        )
        if self._process.stdin is not None:
            os.set_blocking(self._process.stdin.fileno(), False)  # a guard that hangs mustn't hang its driver

    def wait(self, timeout_s: float) -> None:
        """Wait until it has found the robot.

        Raises:
            RobotUnreachableError: It doesn't in time.
        """
        pipe = self._process.stdout
        if pipe is None or not select.select([pipe], [], [], timeout_s)[0] or pipe.read(1) != UP:
            raise RobotUnreachableError(
                f"the guard, a second process that stops the robot where this one dies, didn't find it within "
                f"{timeout_s:g} s; try again, or go without: --set driver.guard=false"
            )

    @property
    def fault(self) -> str:
        """Why it guards nothing any more; "" while it does."""
        code = self._process.poll()
        if code is None:
            return ""
        return f"its guard, the process that stops it where this one can't, has ended (exit code {code}); start again"

    def told(self, moving: bool) -> None:
        """Tell it of a command that was sent."""
        self._say(MOTION if moving else ZERO)

    def close(self) -> None:
        """Send it home; a second call does nothing."""
        self._say(QUIT)
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        try:
            self._process.wait(2.0)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _say(self, word: bytes) -> None:
        pipe = self._process.stdin
        if pipe is not None and not pipe.closed:
            with contextlib.suppress(OSError):
                pipe.write(word)
