"""The two threads of joint level: whatever falls silent, is late or breaks, the last thing told is damping."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from navila_go2.joints import LOW
from navila_go2.record import embodiment as go2

from navila_sdk.clock import WallClock
from navila_sdk.geometry import Twist
from navila_sdk.hardware.arrival import Arrival
from navila_sdk.hardware.joint_link import JointLink
from navila_sdk.hardware.joint_pilot import Pilot, Rise, Stage
from navila_sdk.locomotion.choose import locomotion_policy
from navila_sdk.locomotion.drive import JointDrive
from navila_sdk.locomotion.senses import Senses

STALE_S = 0.5


class Rig:
    """A robot that stands as its policy wants it, felt and told in this process."""

    def __init__(self) -> None:
        order = LOW.order
        self.clock = WallClock()
        self.pilot = Pilot(
            locomotion_policy(go2, "blind"),
            order.joints,
            order.ends_rad,
            np.full(12, 3.0),
            Rise(pose_s=0.1, soft_s=0.1, hand_over_s=0.1),
            0.8,
        )
        card = self.pilot.card
        self._pose = np.array([card.joints[name].default_rad for name in order.joints])
        self.told: list[tuple[float, JointDrive]] = []
        self.silent_s: float | None = None
        self.break_: Callable[[], None] = lambda: None
        self.link = JointLink(
            self.pilot, self._write, self.feel, lambda: None, self.clock, send_hz=200, stale_s=STALE_S
        )

    def _write(self, drive: JointDrive) -> None:
        self.told.append((time.monotonic(), drive))

    def feel(self) -> Arrival[Senses]:
        self.break_()
        at_s = time.monotonic() if self.silent_s is None else self.silent_s
        none = np.zeros(12)
        wxyz = np.array([1.0, 0, 0, 0])
        return Arrival(Senses(self.clock.since(at_s), self._pose, none, wxyz, np.zeros(3), np.zeros(3)), at_s)

    def damped(self) -> bool:
        return bool(self.told) and self.told[-1][1].stiffness == 0.0

    def wait(self, what: Callable[[], bool]) -> None:
        end_s = time.monotonic() + 10
        while not what():
            assert time.monotonic() < end_s
            time.sleep(0.01)


@pytest.fixture
def rig() -> Iterator[Rig]:
    made = Rig()
    made.link.begin()
    assert made.link.wait_until_walking(10.0), made.pilot.trouble
    yield made
    made.link.close()
    assert made.damped(), "damped on every way out"


def test_it_walks_and_is_damped_at_the_end(rig: Rig) -> None:
    rig.link.command(Twist(0.3))
    rig.wait(lambda: not rig.damped())
    before = len(rig.told)
    rig.link.close()
    damping = [drive for _, drive in rig.told[before:] if drive.stiffness == 0.0]
    assert len(damping) > 20, "for as long as it takes to be heard"
    count = len(rig.told)
    rig.link.close()
    time.sleep(0.05)
    assert len(rig.told) == count, "and then it's silent"


def test_joints_that_fall_silent(rig: Rig) -> None:
    rig.silent_s = time.monotonic()
    rig.wait(rig.damped)
    assert "its joints said nothing for 0." in rig.pilot.trouble
    rig.silent_s = None
    time.sleep(0.1)
    assert rig.damped(), "nothing resumes by itself"
    assert rig.pilot.stage is Stage.DAMPED


def test_a_pilot_that_hangs(rig: Rig) -> None:
    release = threading.Event()

    def hang() -> None:
        release.wait(20)

    rig.break_ = hang
    rig.wait(rig.damped)
    assert "its pilot was 0." in rig.pilot.trouble
    release.set()


def test_a_pilot_that_breaks(rig: Rig) -> None:
    def broken() -> None:
        raise RuntimeError("the sensor's library gave up")

    rig.break_ = broken
    rig.wait(rig.damped)
    assert rig.pilot.trouble == "RuntimeError: the sensor's library gave up"


def test_a_command_nobody_renews_is_zero() -> None:
    rig = Rig()
    heard: list[Twist] = []
    tick = rig.pilot.tick

    def noted(senses: Senses, command: Twist, ground: None) -> JointDrive:
        heard.append(command)
        return tick(senses, command, ground)

    rig.pilot.tick = noted  # type: ignore[method-assign]
    rig.link.begin()
    rig.link.command(Twist(0.3))
    rig.wait(lambda: Twist(0.3) in heard)
    rig.wait(lambda: heard[-1].is_zero)
    rig.link.close()
