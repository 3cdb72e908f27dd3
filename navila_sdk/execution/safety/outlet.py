"""The one way to a driver: what the gate allows, zero whenever it's asked for, and a watchdog over both.

Nobody who wants the robot to stop waits for long: a driver that hangs in the middle of a command is spoken to from
beside.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Generator

from navila_sdk.clock import Clock
from navila_sdk.execution.safety.gate import SafetyGate, Verdict
from navila_sdk.execution.safety.settings import SafetySettings
from navila_sdk.execution.safety.watchdog import Watchdog
from navila_sdk.geometry import ZERO_TWIST, Twist
from navila_sdk.observation import RobotState

_STUCK_S = 0.03
"""So long a stop waits for a driver that is in the middle of a command; then it speaks to it all the same."""


class Outlet:
    """Sends commands.

    Args:
        send: The driver's; only this object calls it.
        gate: Judges every command.
        clock: The robot's clock.
        settings: Time limits of the watchdog.
        period_s: Time between two commands.
        expired: Called with the age of a command that nobody renewed, after it was zeroed.
    """

    def __init__(
        self,
        send: Callable[[Twist], None],
        gate: SafetyGate,
        clock: Clock,
        settings: SafetySettings,
        period_s: float,
        expired: Callable[[float], None],
    ) -> None:
        self._send, self._gate, self._clock, self._expired = send, gate, clock, expired
        self._timeout_s = settings.command_timeout_s
        self._lock = threading.RLock()
        self._stuck = False
        self._moving_at = ZERO_TWIST
        # A slow loop's commands must not sink between two of its ticks.
        brake_s = max(min(settings.brake_s, self._timeout_s - 2 * period_s), 0.0)
        self._watchdog = Watchdog(clock, self._timeout_s, self._expire, ease=self._ease, brake_s=brake_s)

    def drive(self, twist: Twist, state: RobotState, now_s: float) -> Verdict:
        """Send what may be sent of a command, and return what that is and why."""
        with self._lock:
            self._stuck = False
            verdict = self._gate.judge(twist, state, now_s)
            moving = not verdict.sent.is_zero
            # Watched before it's sent: a driver that hangs in mid-command is stopped too.
            self._moving_at = verdict.sent
            self._watchdog.feed(now_s, moving)
            self._send(verdict.sent)
            # A signal's handler may have latched the e-stop in this thread since the verdict; and a command that a
            # hanging driver delivered too late must not stay.
            if moving and (self._gate.estop_cause or self._clock.now_s() - now_s > self._timeout_s):
                self.halt()
        return verdict

    def halt(self) -> None:
        """Send zero now, past every limit; may be called from any thread or signal handler."""
        with self._sending():
            self._watchdog.feed(0.0, moving=False)
            self._zero()

    def close(self) -> None:
        """End the watchdog."""
        self._watchdog.close()

    def _zero(self) -> None:
        self._gate.halted()
        self._moving_at = ZERO_TWIST
        self._send(ZERO_TWIST)

    def _ease(self, part: float) -> None:
        """Send a part of a command that nobody renews."""
        with self._sending() as free:
            # A driver that hangs is told nothing but zero: the watchdog itself mustn't hang in it.
            if free:
                lowered = self._moving_at.scaled(part)
                self._gate.halted(lowered)
                self._send(lowered)

    def _expire(self, age_s: float) -> None:
        with self._sending():
            self._zero()
        self._expired(age_s)

    @contextlib.contextmanager
    def _sending(self) -> Generator[bool]:
        """Wait for the driver to be free, but not for ever, and only once for a command that hangs."""
        free = self._lock.acquire(timeout=0.0 if self._stuck else _STUCK_S)
        self._stuck = not free
        try:
            yield free
        finally:
            if free:
                self._lock.release()
