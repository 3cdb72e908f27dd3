"""The parts of a T1's driver and twin alone: no robot, no SDK."""

from __future__ import annotations

import json
import math
import os
import struct
import threading
import time
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from navila_booster import guard, senses
from navila_booster.guarded import GuardedLegs
from navila_booster.modes import FALLS, UNANSWERED, Mode, forbids
from navila_booster.modewatch import SILENT_S, ModeWatch
from navila_booster.requests import CHANGE_MODE, GET_MODE, MOVE
from navila_booster.senses import Imu, Senses
from navila_booster.twin import messages
from navila_booster.twin.cdr import HEADER, Writer, strings
from navila_booster.twin.faults import KNOWN
from navila_booster.twin.loco import Loco

from navila_sdk.geometry import ZERO_TWIST, Pose2, Twist
from navila_sdk.hardware.faults import Faults
from navila_sdk.twin import Fault

TEXTS = st.text(st.characters(exclude_characters="\x00", exclude_categories=("Cs",)), max_size=30)


@given(st.lists(TEXTS, min_size=1, max_size=4))
def test_strings_come_back(texts: list[str]) -> None:
    writer = Writer()
    for text in texts:
        writer.text(text)
    assert strings(writer.done(), len(texts)) == texts


@given(st.binary(max_size=60))
def test_what_is_no_message_is_none_or_strings(data: bytes) -> None:
    for message in (data, HEADER + data):
        found = strings(message, 3)
        assert found is None or len(found) == 3


def test_numbers_are_aligned_to_their_size() -> None:
    message = Writer().numbers("?", True).numbers("I", 7).text("ab").numbers("f", 0.5).done()
    assert message == HEADER + b"\x01\0\0\0" + b"\x07\0\0\0" + b"\x03\0\0\0ab\0\0" + struct.pack("<f", 0.5)


def test_the_low_state_is_as_long_as_the_vendors_type() -> None:
    message = messages.low_state((0.0, 0.1, 0.2), (0, 0, 0), (0, 0, 9.81))
    assert len(message) == 4 + 9 * 4 + 2 * (4 + messages.MOTORS * 36)
    assert struct.unpack_from("<3f", message, 4) == pytest.approx((0.0, 0.1, 0.2))


class Body:
    """What a twin's service moves."""

    def __init__(self) -> None:
        self.commands: list[Twist] = []

    @property
    def snapshot(self) -> SimpleNamespace:
        return SimpleNamespace(command=self.commands[-1] if self.commands else ZERO_TWIST)

    def command(self, twist: Twist, _hold_s: float) -> None:
        self.commands.append(twist)


class Service:
    """A twin's service, asked as the vendor's client asks."""

    def __init__(self, *faults: str) -> None:
        self.body, self.answers = Body(), list[tuple[int, Any]]()
        known = Faults(tuple(Fault(name) for name in faults), lambda *_: None, KNOWN)
        self.loco = Loco(
            self.body,  # type: ignore[arg-type]
            known,
            hold_s=1.0,
            change_s=0.0,
            send=self._sent,
            tell=lambda *_: None,
        )

    def _sent(self, message: bytes) -> None:
        found = strings(message, 3)
        assert found is not None
        self.answers.append((json.loads(found[1])["status"], json.loads(found[2]) if found[2] else None))

    def ask(self, number: int, header: dict[str, object] | None = None, **parameter: object) -> tuple[int, Any] | None:
        before = len(self.answers)
        said = json.dumps({"api_id": number, "call_mode": 0, **(header or {})})
        self.loco.request(Writer().text("id").text(said).text(json.dumps(parameter)).done())
        return self.answers[-1] if len(self.answers) > before else None


def test_the_twins_service_walks_and_changes_modes() -> None:
    service = Service()
    assert service.ask(GET_MODE) == (0, {"mode": 2})
    assert service.ask(MOVE, vx=0.2, vy=0.0, vyaw=-0.1) == (0, None)
    assert service.body.commands[-1] == Twist(0.2, 0.0, -0.1)
    assert service.ask(MOVE, {"call_mode": 2}, vx=0.1, vy=0.0, vyaw=0.0) is None, "SDK 1.6 wants no answer"
    assert service.ask(MOVE, {"expect_response": False}, vx=0.1, vy=0.0, vyaw=0.0) is None, "SDK 1.7 neither"
    assert service.ask(CHANGE_MODE, mode=0) == (0, None)
    service.loco.step()
    assert service.body.commands[-1].is_zero, "damped, it doesn't go on"
    assert service.ask(MOVE, vx=0.2, vy=0.0, vyaw=0.0) == (501, None)
    assert service.ask(CHANGE_MODE, mode=2) == (502, None), "not from damping at once"
    assert service.ask(CHANGE_MODE, mode=1) == (0, None)
    assert service.ask(CHANGE_MODE, mode=2) == (0, None)
    assert service.ask(2016) == (501, None), "it doesn't dance"


@pytest.mark.parametrize("wrong", [{"vx": "fast"}, {}, {"vx": 0.1, "vy": 0.0, "vyaw": math.inf}])
def test_the_twins_service_refuses_what_is_no_velocity(wrong: dict[str, object]) -> None:
    service = Service()
    assert service.ask(MOVE, **wrong) == (400, None)
    assert service.body.commands == []


def test_a_dead_service_says_nothing_and_a_broken_one_its_code() -> None:
    assert Service("service-gone").ask(GET_MODE) is None
    assert Service("code").ask(GET_MODE) == (501, None)
    assert Service("wrong-mode").ask(CHANGE_MODE, mode=1) == (502, None)


class Legs:
    """Legs whose service says what it's told to."""

    def __init__(self) -> None:
        self.heard: list[Twist] = []
        self.says: tuple[int, int] = (0, 2)
        self.answers = threading.Event()
        self.answers.set()

    def write(self, twist: Twist) -> int:
        self.heard.append(twist)
        return 0

    def halt(self) -> int:
        return self.write(ZERO_TWIST)

    def close(self) -> None:
        pass

    def mode(self) -> tuple[int, int]:
        self.answers.wait(5.0)
        return self.says


def _until(condition: Any) -> bool:
    end_s = time.monotonic() + 5.0
    while not condition() and time.monotonic() < end_s:
        time.sleep(0.01)
    return bool(condition())


def test_the_mode_is_watched() -> None:
    legs = Legs()
    watch = ModeWatch(legs, 2)  # type: ignore[arg-type]
    assert forbids(watch.mode) == ""
    legs.says = (0, 0)
    assert _until(lambda: watch.mode == Mode.DAMPING)
    legs.says = (409, -1)
    assert _until(lambda: watch.refusal == 409)
    assert GuardedLegs(legs, None, lambda: watch.refusal).write(ZERO_TWIST) == 409  # type: ignore[arg-type]
    legs.answers.clear()
    time.sleep(SILENT_S)
    assert _until(lambda: watch.mode == UNANSWERED)
    legs.answers.set()
    watch.close()


@pytest.mark.parametrize(
    ("said", "zeros"), [((b"m",), True), ((b"m", b"z", b"q"), False), ((b"m", b"q"), False), ((), True)]
)
def test_the_guard_stops_what_ends_badly(said: tuple[bytes, ...], zeros: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "INSIST_S", 0.1)
    legs, (read, write) = Legs(), os.pipe()
    for word in said:
        os.write(write, word)
    os.close(write)
    guard.watch(legs, read, 5.0)  # type: ignore[arg-type]
    os.close(read)
    assert bool(legs.heard) is zeros
    assert all(twist.is_zero for twist in legs.heard)


def test_the_guard_stops_a_driver_that_hangs_and_leaves_one_that_stands_alone() -> None:
    legs, (read, write) = Legs(), os.pipe()
    watching = threading.Thread(target=guard.watch, args=(legs, read, 0.1))
    watching.start()
    os.write(write, b"mz")
    time.sleep(0.3)
    assert legs.heard == [], "standing, it may be silent for long"
    os.write(write, b"m")
    assert _until(lambda: legs.heard), "moving, it may not"
    os.write(write, b"m")
    os.write(write, b"q")
    watching.join(5.0)
    assert not watching.is_alive()
    for pipe in (read, write):
        os.close(pipe)


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
