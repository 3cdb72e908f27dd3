"""What a T1 says of itself, by stand-ins for the vendor's subscribers."""

from __future__ import annotations

import math
import time
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from navila_booster import senses
from navila_booster.modes import FALLS
from navila_booster.senses import Imu, Senses

from navila_sdk.geometry import Pose2


class Channel:
    """Stands in for each of the vendor's subscribers."""

    made: dict[str, Channel]

    def __init__(self, name: str, hear: Any) -> None:
        self.hear, self.closed = hear, False
        Channel.made[name] = self

    def InitChannel(self) -> None:  # noqa: N802 - the vendor's name
        pass

    def CloseChannel(self) -> None:  # noqa: N802 - the vendor's name
        self.closed = True


@pytest.fixture
def hearing(monkeypatch: pytest.MonkeyPatch) -> Senses:
    Channel.made = {}
    names = ("B1OdometerStateSubscriber", "B1LowStateSubscriber", "B1FallDownStateSubscriber")
    vendor = SimpleNamespace(**{name: lambda hear, name=name: Channel(name, hear) for name in names})
    monkeypatch.setattr(senses, "sdk", lambda: vendor)
    return Senses(lambda: 2)


def _low(*rpy: float) -> SimpleNamespace:
    motor = SimpleNamespace(q=0.1, dq=0.2, tau_est=0.3)
    imu = SimpleNamespace(rpy=rpy, gyro=(0.0, 0.0, 0.4), acc=(0.0, 0.0, 9.8))
    return SimpleNamespace(imu_state=imu, motor_state_serial=[motor] * 23)


def test_odometer_and_imu_together_are_a_reading(hearing: Senses) -> None:
    odometer, low, fall = Channel.made.values()
    odometer.hear(SimpleNamespace(x=1.0, y=2.0, theta=0.5))
    assert hearing.latest is None
    low.hear(_low(0.0, 0.3, 0.1))
    found = hearing.wait(0.0)
    assert found is not None
    assert found.value.pose == Pose2(1.0, 2.0, 0.5)
    assert found.value.tilt_rad == pytest.approx(0.3)
    assert (found.value.wz_radps, found.value.mode) == (0.4, 2)
    assert hearing.joints is not None
    assert len(hearing.joints.position_rad) == 23
    fall.hear(SimpleNamespace(fall_down_state=1, is_recovery_available=False))
    assert hearing.latest is not None
    assert hearing.latest.value.mode == FALLS[1]
    assert hearing.charge(0.0) is None
    hearing.close()
    assert all(channel.closed for channel in Channel.made.values())


def test_the_same_imu_again_is_no_news(hearing: Senses) -> None:
    odometer, low, _ = Channel.made.values()
    low.hear(_low(0.0, 0.0, 0.1))
    for _ in range(3):
        time.sleep(0.02)
        low.hear(_low(0.0, 0.0, 0.1))
        odometer.hear(SimpleNamespace(x=0.0, y=0.0, theta=0.0))
    assert hearing.latest is not None
    assert time.monotonic() - hearing.latest.time_s > 0.05, "it's as old as the first"
    low.hear(_low(0.0, 0.0, 0.1001))
    assert hearing.latest.time_s > time.monotonic() - 0.05


@given(st.floats(-3, 3), st.floats(-1.5, 1.5))
def test_tilt_is_between_the_up_axes(roll: float, pitch: float) -> None:
    tilt = Imu((roll, pitch, 1.0), (0, 0, 0), (0, 0, 0)).tilt_rad
    assert max(abs(roll), abs(pitch)) - 1e-6 <= tilt <= abs(roll) + abs(pitch) + 1e-6 or abs(roll) > math.pi / 2
    assert 0 <= tilt <= math.pi
