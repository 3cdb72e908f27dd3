"""The parts of a driver alone: sender, odometry, lens, clouds. No SDK is needed for these."""

from __future__ import annotations

import math
import threading
import time
from types import SimpleNamespace

import attrs
import numpy as np
import pytest
from navila_go2.front_camera import LENS
from navila_go2.modes import forbids, is_low, mode_of
from navila_go2.record import embodiment as go2
from navila_unitree.cloud import Flattener, packed, points_of
from navila_unitree.clouds import levelling, mounting
from navila_unitree.lens import Straightener
from navila_unitree.twin.faults import Faults

from navila_sdk.errors import ConfigError, RobotError, RobotUnreachableError
from navila_sdk.geometry import ZERO_TWIST, Pose2, Twist
from navila_sdk.hardware.camera import Camera, decoded
from navila_sdk.hardware.odometry import Lateness, Odometry, Reading, tilt_of, yaw_of
from navila_sdk.hardware.sender import Sender
from navila_sdk.observation import Observation
from navila_sdk.twin import Fault, parse_fault


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


def _reading(x: float, y: float, yaw: float, stamp_s: float) -> Reading:
    return Reading(Pose2(x, y, yaw), 0.0, 0.0, stamp_s)


def test_odometry_begins_where_the_robot_stands() -> None:
    odometry = Odometry()
    state = odometry.state(_reading(5.0, -2.0, math.pi / 2, 1.0), 10.0, None)
    assert state.pose == Pose2()
    for i in range(1, 11):
        state = odometry.state(_reading(5.0, -2.0 + 0.01 * i, math.pi / 2, 1.0 + 0.02 * i), 10.0 + 0.02 * i, None)
    assert state.pose.as_tuple() == pytest.approx((0.1, 0.0, 0.0), abs=1e-9)
    assert state.twist.as_tuple() == pytest.approx((0.5, 0.0, 0.0), abs=1e-6), "in the body frame"


def test_the_same_stamp_again_is_no_news() -> None:
    odometry = Odometry()
    odometry.state(_reading(0, 0, 0, 1.0), 10.0, None)
    assert odometry.state(_reading(0.1, 0, 0, 1.0), 11.0, None).time_s == 10.0


def test_a_late_message_is_an_old_state() -> None:
    lateness = Lateness()
    for i in range(50):
        assert lateness.of(0.02 * i, 100.0 + 0.02 * i) < 1e-3
    assert lateness.of(1.0, 101.4) == pytest.approx(0.4, abs=1e-3)
    assert lateness.of(1.5, 101.5) < 1e-3, "and the next prompt one is fresh"


def test_odometry_that_jumps_is_refused() -> None:
    odometry = Odometry()
    odometry.state(_reading(0, 0, 0, 1.0), 10.0, None)
    with pytest.raises(RobotError, match=r"jumped by 2\.00 m within 0\.02 s"):
        odometry.state(_reading(2, 0, 0, 1.02), 10.02, None)


def test_odometry_that_is_no_number_is_refused() -> None:
    odometry = Odometry()
    odometry.state(_reading(0, 0, 0, 1.0), 10.0, None)
    with pytest.raises(RobotError, match=r"its pose is \(nan, 0\.0, 0\.0\)"):
        odometry.state(_reading(math.nan, 0, 0, 1.02), 10.02, None)


def test_tilt_and_heading_of_a_quaternion() -> None:
    c, s = math.cos(0.35), math.sin(0.35)
    assert tilt_of(c, 0, s, 0) == pytest.approx(0.7)
    assert yaw_of(c, 0, 0, s) == pytest.approx(0.7)
    assert math.isnan(tilt_of(0, 0, 0, 0))


def test_the_lens_bends_and_straightens() -> None:
    lens = LENS.scaled(640, 360)
    x, y = lens.rays()
    u, v = lens.project(x, y)
    columns, rows = np.meshgrid(np.arange(640) + 0.5, np.arange(360) + 0.5)
    assert float(np.abs(u - columns).max()) < 0.01
    assert float(np.abs(v - rows).max()) < 0.01
    # A checkered wall straight ahead, seen by the fisheye, comes out with straight edges in the right place.
    wall = (x > 0.5).astype(np.uint8)[..., None] * np.array([255, 255, 255], np.uint8)
    straight = Straightener(lens, go2.camera.hfov_rad, 320)(wall)
    half = math.tan(go2.camera.hfov_rad / 2)
    edge = int((0.5 / half + 1) / 2 * 320)
    assert (straight[:, edge + 3 : 318] > 200).all()
    assert (straight[:, : edge - 3] < 50).all()


def _cloud(points: np.ndarray, **changes: object) -> SimpleNamespace:
    fields = [SimpleNamespace(name=name, offset=4 * i, datatype=7, count=1) for i, name in enumerate("xyz")]
    data = packed(points)
    parts = {"fields": fields, "point_step": 12, "width": len(points), "height": 1, "data": data, "is_bigendian": False}
    return SimpleNamespace(**{**parts, **changes})


def test_clouds_off_the_wire() -> None:
    points = np.array([[1, 2, 3], [4, 5, 6]], np.float32)
    read = points_of(_cloud(points))
    assert read is not None
    assert (read == points).all()
    swapped = points_of(_cloud(points, data=points.astype(">f4").tobytes(), is_bigendian=True))
    assert swapped is not None
    assert (swapped == points).all()


@pytest.mark.parametrize(
    "changes",
    [{"width": 3}, {"width": 10**9}, {"point_step": 8}, {"fields": []}, {"point_step": 0}],
    ids=["short", "huge", "narrow", "nameless", "no step"],
)
def test_a_broken_cloud_is_none(changes: dict[str, object]) -> None:
    assert points_of(_cloud(np.zeros((2, 3), np.float32), **changes)) is None


def test_a_cloud_becomes_the_zones_scan() -> None:
    flatten = Flattener(go2)
    box = np.array([[2.0, 0.0, 0.0], [1.5, 0.0, -0.3], [0.0, 1.0, 0.1]], np.float32)
    scan = flatten.scan(box, 3.0)
    ahead, left = np.abs(scan.bearing_rad - 0.0).argmin(), np.abs(scan.bearing_rad - math.pi / 2).argmin()
    near = {round(float(r), 3) for r in scan.range_m[[ahead - 1, ahead, ahead + 1, left - 1, left, left + 1]]}
    assert near == {2.0, 1.0, math.inf}, "what lies on the floor isn't in the way"
    assert np.isnan(flatten.scan(np.empty((0, 3), np.float32), 3.0).range_m).all()
    assert np.isnan(flatten.scan(np.array([[1, np.nan, 0]], np.float32), 3.0).range_m).all()


def test_levelling_undoes_pitch_and_keeps_heading() -> None:
    for pitch, roll in ((0.3, 0.0), (0.0, -0.4), (0.2, 0.3)):
        a, b = pitch / 2, roll / 2
        w, x, y, z = math.cos(a) * math.cos(b), math.cos(a) * math.sin(b), math.sin(a) * math.cos(b), 0.0
        z = -math.sin(a) * math.sin(b)
        level = levelling(w, x, y, z)
        up = np.array([2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)])
        assert level @ up == pytest.approx([0, 0, 1], abs=1e-6)
        assert level @ level.T == pytest.approx(np.eye(3), abs=1e-6)


def test_mounting_turns_the_sensors_frame_into_the_bases() -> None:
    lidar = attrs.evolve(go2.lidar, pitch_rad=math.pi / 2, x_m=0.3, z_m=0.5)
    turn, shift = mounting(lidar, 0.3)
    assert turn @ np.array([1, 0, 0], np.float32) + shift == pytest.approx([0.3, 0.0, -0.8], abs=1e-6)


def test_modes_of_both_firmwares() -> None:
    assert mode_of(1001, 0) == 1001
    assert mode_of(0, 7) == 7
    assert forbids(1001) == "it's damped: its joints are limp (mode 1001)"
    assert "locked joints" in forbids(6)
    assert forbids(1015) == forbids(3) == forbids(100) == ""
    assert is_low(5)
    assert not is_low(1002)


def test_a_camera_that_stops_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    import io

    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", (8, 6), (9, 90, 200)).save(out, "JPEG")
    jpegs = [out.getvalue()] * 3

    def source() -> bytes:
        if not jpegs:
            raise OSError("gone")
        return jpegs.pop()

    camera = Camera(
        source, rate_hz=50, stale_s=0.2, straighten=lambda rgb: rgb, pose=lambda: Pose2(1.0), clock_s=time.monotonic
    )
    seen = camera.observe(1.0)
    assert isinstance(seen, Observation)
    assert seen.rgb.shape == (6, 8, 3)
    assert seen.pose == Pose2(1.0)
    time.sleep(0.5)
    with pytest.raises(RobotUnreachableError, match=r"the last one is 0\.\d s old\): OSError: gone"):
        camera.observe()
    camera.close()


def test_what_is_no_picture() -> None:
    with pytest.raises(RobotUnreachableError, match="5 bytes that are no picture"):
        decoded(b"\xff\xd8\xffab")


def test_faults_are_read_strictly() -> None:
    assert parse_fault("late") == Fault("late")
    assert parse_fault("late=0.5@2") == Fault("late", 0.5, 2.0)
    assert parse_fault("silent@3") == Fault("silent", None, 3.0)
    for text in ("", "=3", "late=", "late=x", "late=-1", "late=nan", "late@soon", "LATE", "late=1@"):
        with pytest.raises(ConfigError):
            parse_fault(text)
    with pytest.raises(ConfigError, match=r"no fault 'latte'; did you mean|Did you mean"):
        Faults((Fault("latte"),), lambda *_: None)


def test_faults_wait_for_the_first_command() -> None:
    faults = Faults((Fault("silent", None, 0.05), Fault("code", 4201.0)), lambda *_: None)
    assert faults.value("code") == 4201.0
    assert not faults.on("silent")
    faults.begin()
    assert not faults.on("silent")
    time.sleep(0.08)
    assert faults.on("silent")
