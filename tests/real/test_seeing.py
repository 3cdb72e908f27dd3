"""What a robot sees: its lens, its LiDAR's clouds, its camera; no SDK is needed."""

from __future__ import annotations

import math
import time
from types import SimpleNamespace

import attrs
import numpy as np
import pytest
from navila_go2.front_camera import LENS
from navila_go2.record import embodiment as go2
from navila_unitree.cloud import packed, points_of
from navila_unitree.clouds import levelling, mounting
from navila_unitree.lens import Straightener

from navila_sdk.errors import RobotUnreachableError
from navila_sdk.geometry import Pose2
from navila_sdk.hardware.camera import Camera, decoded
from navila_sdk.observation import Observation
from navila_sdk.perception.free_space import scan_of_cloud


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
    box = np.array([[2.0, 0.0, 0.0], [1.5, 0.0, -0.3], [0.0, 1.0, 0.1]], np.float32)
    scan = scan_of_cloud(box, go2, 3.0)
    ahead, left = np.abs(scan.bearing_rad - 0.0).argmin(), np.abs(scan.bearing_rad - math.pi / 2).argmin()
    near = {round(float(r), 3) for r in scan.range_m[[ahead - 1, ahead, ahead + 1, left - 1, left, left + 1]]}
    assert near == {2.0, 1.0, math.inf}, "what lies on the floor isn't in the way"
    assert np.isnan(scan_of_cloud(np.empty((0, 3), np.float32), go2, 3.0).range_m).all()
    assert np.isnan(scan_of_cloud(np.array([[1, np.nan, 0]], np.float32), go2, 3.0).range_m).all()


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
