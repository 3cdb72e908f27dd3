"""The driver's end of the guard: starts it, tells it what is sent, sends it home."""

from __future__ import annotations

import contextlib
import json
import os
import select
import subprocess
import sys
import threading
from collections.abc import Mapping
from typing import Any

import attrs

from navila_sdk.errors import RobotUnreachableError
from navila_sdk.hardware import guard
from navila_sdk.hardware.guard import MOTION, QUIT, STANDING, UP, Plan


class Bodyguard:
    """A process of its own that stops the robot where this one dies or hangs.

    Args:
        reach: ``module:attribute`` of the plugin's way to the robot (``navila_sdk.hardware.guard.Reach``).
        given: What it needs to know, as JSON has it.
        plan: When it stops the robot.
    """

    def __init__(self, reach: str, given: Mapping[str, Any], plan: Plan) -> None:
        told = json.dumps({"given": dict(given), "plan": attrs.asdict(plan)})
        self._process = subprocess.Popen(
            [sys.executable, "-m", guard.__name__, reach, told],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # a terminal's Ctrl-C isn't for it
        )
        assert self._process.stdin is not None
        self._pipe = self._process.stdin.fileno()
        os.set_blocking(self._pipe, False)  # a guard that hangs mustn't hang its driver
        self._patience_s = plan.insist_s + 1.0
        self._lock = threading.Lock()
        self._gone = False

    def wait(self, timeout_s: float) -> None:
        """Wait until it watches.

        Raises:
            RobotUnreachableError: It found no way to the robot, or not in time.
        """
        out = self._process.stdout
        assert out is not None
        if not select.select([out], [], [], timeout_s)[0] or os.read(out.fileno(), 1) != UP:
            raise RobotUnreachableError(
                f"the guard, a second process that stops the robot where this one dies, didn't find it within "
                f"{timeout_s:g} s; try again, or go without: --set driver.guard=false"
            )

    @property
    def fault(self) -> str:
        """Why it guards nothing any more; "" while it does, and after it was sent home."""
        code = self._process.poll()
        if code is None or self._gone:
            return ""
        return f"its guard, the process that stops it where this one can't, has ended (exit code {code}); start again"

    def told(self, moving: bool = True) -> None:
        """Say that the robot was sent motion, or was told to stand; never blocks, from any thread."""
        self._say(MOTION if moving else STANDING)

    def close(self) -> None:
        """Send it home: nothing is left to guard; a second call does nothing."""
        self._say(QUIT)
        with self._lock:
            gone, self._gone = self._gone, True
        if gone:
            return
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        try:
            self._process.wait(timeout=self._patience_s)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _say(self, word: bytes) -> None:
        with self._lock, contextlib.suppress(OSError):
            if not self._gone:
                os.write(self._pipe, word)
