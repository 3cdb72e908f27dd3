"""The sender: commands at once and again, zero when nobody renews them."""

from __future__ import annotations

import threading
import time

from navila_sdk.geometry import ZERO_TWIST, Twist
from navila_sdk.hardware.sender import Sender


class Wire:
    """Where a sender's commands end."""

    def __init__(self, takes_s: float = 0.0) -> None:
        self.heard: list[tuple[float, Twist]] = []
        self.takes_s = takes_s
        self.open = threading.Event()
        self.open.set()

    def __call__(self, twist: Twist) -> int:
        self.open.wait(5.0)
        time.sleep(self.takes_s)
        self.heard.append((time.monotonic(), twist))
        return 0


def test_a_command_is_sent_at_once_and_again() -> None:
    wire = Wire()
    sender = Sender(wire, rate_hz=50, stale_s=0.5)
    sender.put(Twist(0.3))
    time.sleep(0.2)
    sender.close()
    assert len([twist for _, twist in wire.heard if twist == Twist(0.3)]) >= 5
    assert wire.heard[-1][1] == ZERO_TWIST, "zero on the way out"


def test_a_command_nobody_renews_becomes_zero() -> None:
    wire = Wire()
    sender = Sender(wire, rate_hz=50, stale_s=0.15)
    begun_s = time.monotonic()
    sender.put(Twist(0.3))
    time.sleep(0.5)
    zero_s = next(at for at, twist in wire.heard if twist.is_zero) - begun_s
    assert 0.1 < zero_s < 0.4
    assert sender.sent.expired == 1
    sender.close()


def test_putting_never_blocks_and_the_newest_wins() -> None:
    wire = Wire()
    wire.open.clear()
    sender = Sender(wire, rate_hz=50)
    begun_s = time.monotonic()
    for speed in range(1, 200):
        sender.put(Twist(speed / 1000))
    assert time.monotonic() - begun_s < 0.1
    wire.open.set()
    time.sleep(0.1)
    assert Twist(0.199) in [twist for _, twist in wire.heard]
    assert sender.sent.overtaken > 150
    sender.close()


def test_a_standing_robot_is_left_to_its_remote() -> None:
    wire = Wire()
    sender = Sender(wire, rate_hz=50, quiet_s=0.1)
    sender.put(ZERO_TWIST)
    time.sleep(0.3)
    count = len(wire.heard)
    time.sleep(0.2)
    assert len(wire.heard) == count, "it goes silent"
    sender.close()
