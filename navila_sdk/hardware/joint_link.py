"""The two threads of joint level: one asks the pilot at the policy's rate, one keeps telling the robot, faster.

The sender trusts nobody: a pilot that is late is a pilot that is gone, and the joints are damped, in its own thread.
"""

from __future__ import annotations

import collections
import sys
import threading
import time
from collections.abc import Callable

from navila_sdk.clock import WallClock
from navila_sdk.geometry import ZERO_TWIST, Twist
from navila_sdk.hardware.arrival import Arrival
from navila_sdk.hardware.joint_pilot import Pilot, Stage
from navila_sdk.locomotion.drive import JointDrive
from navila_sdk.locomotion.senses import Senses
from navila_sdk.perception.height_map import HeightMap

DAMP_S = 0.6
"""For how long damping is sent at the end."""
COMMAND_STALE_S = 0.5
"""A velocity this old is zero, whoever forgot to renew it."""
REMEMBERED = 40_000
SWITCH_S = 1e-3


class JointLink:
    """Flies the robot from ``begin`` until ``close``.

    Args:
        pilot: Decides.
        write: Tells the robot's joints; may block.
        feel: Returns what the robot feels, with the time it was heard on the monotonic clock.
        ground: Returns the freshest height map.
        clock: The driver's clock.
        send_hz: How often the joints are told at least; a fresh decision goes out at once.
        stale_s: What the robot said longer ago isn't flown by, and a pilot that is later is gone.
    """

    def __init__(
        self,
        pilot: Pilot,
        write: Callable[[JointDrive], object],
        feel: Callable[[], Arrival[Senses] | None],
        ground: Callable[[], HeightMap | None],
        clock: WallClock,
        *,
        send_hz: float,
        stale_s: float,
    ) -> None:
        self.pilot = pilot
        self._write, self._feel, self._ground, self._clock = write, feel, ground, clock
        self._send_s, self._stale_s = 1 / send_hz, stale_s
        self._command = (ZERO_TWIST, 0.0)
        self._drive: tuple[JointDrive, float] = (pilot.damped, time.monotonic())
        self._ending, self._decision = threading.Event(), threading.Event()
        self._threads: list[threading.Thread] = []
        self.begun_s: collections.deque[float] = collections.deque(maxlen=REMEMBERED)
        """When the pilot's last ticks began, on the monotonic clock."""
        self.told = 0
        """How often the joints were told."""

    def begin(self) -> None:
        """Take the joints; a second call does nothing."""
        if self._threads or self._ending.is_set():
            return
        self._drive = (self.pilot.damped, time.monotonic())
        # Threads that compute hand over after a millisecond, not five: two of them are on a deadline now.
        sys.setswitchinterval(min(sys.getswitchinterval(), SWITCH_S))
        for name, run in (("navila-pilot", self._fly), ("navila-joints", self._send)):
            thread = threading.Thread(target=run, name=name, daemon=True)
            self._threads.append(thread)
            thread.start()

    def command(self, twist: Twist) -> None:
        """Ask for a velocity; never blocks."""
        self._command = (twist, time.monotonic())

    def wait_until_walking(self, timeout_s: float) -> bool:
        """Return whether the robot stands by its policy, waiting for that; at once where it's damped."""
        end_s = time.monotonic() + timeout_s
        while self.pilot.stage is Stage.RISING and time.monotonic() < end_s:
            time.sleep(0.02)
        return self.pilot.stage is Stage.WALKING

    def close(self) -> None:
        """Damp the joints, let go of them, and return; a second call does nothing."""
        self._ending.set()
        self._decision.set()
        for thread in self._threads:
            thread.join(timeout=DAMP_S + 1.0)

    def _fly(self) -> None:
        period_s = 1 / self.pilot.card.rate_hz
        next_s = time.monotonic()
        while not self._ending.is_set():
            now_s = time.monotonic()
            self.begun_s.append(now_s)
            try:
                self._drive = (self._decided(now_s), now_s)
            # Whatever went wrong, a robot nobody flies must sink down, and the reason must be told.
            except Exception as error:  # noqa: BLE001
                self._drive = (self.pilot.give_up(f"{type(error).__name__}: {error}"), now_s)
            self._decision.set()
            next_s = max(next_s + period_s, time.monotonic() - period_s)
            self._ending.wait(max(next_s - time.monotonic(), 0.0))

    def _decided(self, now_s: float) -> JointDrive:
        heard = self._feel()
        if heard is None or now_s - heard.time_s > self._stale_s:
            age = "nothing" if heard is None else f"nothing for {now_s - heard.time_s:.2f} s"
            return self.pilot.give_up(f"its joints said {age}, limit {self._stale_s:g} s")
        twist, asked_s = self._command
        if now_s - asked_s > COMMAND_STALE_S:
            twist = ZERO_TWIST
        return self.pilot.tick(heard.value, twist, self._ground())

    def _send(self) -> None:
        end_s: float | None = None
        while end_s is None or time.monotonic() < end_s:
            begun_s = time.monotonic()
            if end_s is None and self._ending.is_set():
                end_s = begun_s + DAMP_S
            self._decision.clear()
            drive, decided_s = self._drive
            late_s = begun_s - decided_s
            if end_s is not None:
                drive = self.pilot.damped
            elif late_s > self._stale_s:
                drive = self.pilot.give_up(f"its pilot was {late_s:.2f} s late, limit {self._stale_s:g} s")
            self._write(drive)
            self.told += 1
            # A decision goes out at once: a biped feels every millisecond that its targets are late.
            self._decision.wait(max(begun_s + self._send_s - time.monotonic(), 0.0))
