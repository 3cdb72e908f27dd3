"""The height map a robot makes itself: off the wire, cut for its policy, and whole for the safety zones."""

from __future__ import annotations

import math
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from navila_go2.record import embodiment as go2
from navila_unitree.low.ground import grid_of
from navila_unitree.twin.height_map import CELLS, RESOLUTION_M, UNKNOWN_M, cells
from navila_unitree.twin.joint_body import ODOMETRY_HEIGHT_M

from navila_sdk.embodiment import HeightMapSpec
from navila_sdk.geometry import Pose2
from navila_sdk.observation import RangeScan
from navila_sdk.perception.free_space import scan_of_heights
from navila_sdk.perception.robot_grid import RobotGrid
from navila_sdk.scenes import load_scene

AROUND = HeightMapSpec(x_min_m=-2.0, x_max_m=2.0, y_min_m=-2.0, y_max_m=2.0, resolution_m=0.05)
BASE_M = go2.base_height_m


def test_a_height_map_is_cut_as_the_robot_makes_it() -> None:
    scene = load_scene("terrain:kerbs")
    start = scene.start
    odometry = Pose2(4.0, -3.0, 0.6)
    heights, origin = cells(scene, start, odometry, None)
    message = SimpleNamespace(
        width=CELLS, height=CELLS, resolution=RESOLUTION_M, origin=list(origin), data=heights.T.ravel().tolist()
    )
    assert message.data[CELLS * 5 + 3] == heights[3, 5], "x runs fastest"
    grid = grid_of(message)
    assert grid is not None
    assert go2.height_map is not None
    base_m = 0.3
    around = grid.around(odometry, base_m + ODOMETRY_HEIGHT_M, go2.height_map).heights_m
    assert np.isfinite(around).all()
    assert around[4, 5] == pytest.approx(-base_m, abs=0.01), "it stands on the floor"
    # The same place seen with another heading is the same ground, turned.
    turned, origin = cells(scene, Pose2(start.x_m, start.y_m, start.yaw_rad + math.pi), Pose2(4.0, -3.0, 0.6), None)
    other = grid_of(SimpleNamespace(**{**vars(message), "origin": list(origin), "data": turned.T.ravel().tolist()}))
    assert other is not None
    behind = other.around(odometry, base_m + ODOMETRY_HEIGHT_M, go2.height_map).heights_m
    assert behind[::-1, ::-1] == pytest.approx(
        grid.around(odometry.compose(Pose2(0, 0, math.pi)), base_m + ODOMETRY_HEIGHT_M, go2.height_map).heights_m[
            ::-1, ::-1
        ],
        abs=0.09,
    ), "up to a cell at the kerbs' edges"


def test_what_the_robot_doesnt_see_is_unknown() -> None:
    scene = load_scene("empty")
    bearing = np.linspace(-math.pi, math.pi, 72, endpoint=False)
    wall = np.where(np.abs(bearing) < 0.5, 1.0, np.inf)
    heights, origin = cells(scene, scene.start, Pose2(), RangeScan(bearing, wall, 0.0))

    def known(x_m: float, y_m: float) -> bool:
        ix, iy = round((x_m - origin[0]) / RESOLUTION_M), round((y_m - origin[1]) / RESOLUTION_M)
        return bool(heights[ix, iy] < UNKNOWN_M / 2)

    assert known(0.8, 0.0)
    assert not known(1.6, 0.0), "behind the wall"
    assert known(-1.6, 0.0)
    assert not known(-3.7, 0.0), "beyond its reach"
    grid = grid_of(
        SimpleNamespace(
            width=CELLS, height=CELLS, resolution=RESOLUTION_M, origin=origin, data=heights.T.ravel().tolist()
        )
    )
    assert grid is not None
    assert go2.height_map is not None
    ahead = grid.around(Pose2(1.2, 0.0, 0.0), 0.4, go2.height_map)
    assert 0.1 < ahead.known_share < 0.9
    assert np.isnan(ahead.heights_m[-1, 5])


@pytest.mark.parametrize(
    "changes", [{"width": 127}, {"resolution": 0.0}, {"origin": [math.nan, 0]}, {"data": []}], ids=str
)
def test_a_broken_height_map_is_none(changes: dict[str, object]) -> None:
    parts = {"width": 4, "height": 4, "resolution": 0.06, "origin": [0, 0], "data": [0.0] * 16}
    assert grid_of(SimpleNamespace(**parts)) is not None
    assert grid_of(SimpleNamespace(**{**parts, **changes})) is None


@given(
    st.floats(0.5, 1.5),
    st.floats(-math.pi, math.pi),
    st.tuples(st.floats(-0.06, 0.06), st.floats(-0.06, 0.06)),
    st.booleans(),
)
def test_what_stands_alone_is_seen_from_everywhere(
    away_m: float, bearing_rad: float, shift_m: tuple[float, float], floored: bool
) -> None:
    heights = np.full((CELLS, CELLS), 0.0 if floored else UNKNOWN_M, np.float32)
    origin = (-CELLS / 2 * RESOLUTION_M + shift_m[0], -CELLS / 2 * RESOLUTION_M + shift_m[1])
    at = [round((part - start) / RESOLUTION_M) for part, start in
          zip((away_m * math.cos(bearing_rad), away_m * math.sin(bearing_rad)), origin, strict=True)]  # fmt: skip
    heights[tuple(at)] = 0.5
    post = np.array(origin) + RESOLUTION_M * np.array(at)
    for yaw_rad in (0.0, 0.4, math.pi / 4, 3.0):
        known = RobotGrid(heights, origin, RESOLUTION_M).highest(Pose2(0.0, 0.0, yaw_rad), BASE_M, AROUND)
        scan = scan_of_heights(known, go2, 0.0)
        hit = np.isfinite(scan.range_m)
        assert hit.any()
        assert np.hypot(*post) - 0.2 < scan.range_m[hit].min() <= np.hypot(*post)
        off = np.angle(np.exp(1j * (scan.bearing_rad[hit] + yaw_rad - math.atan2(post[1], post[0]))))
        assert np.abs(off).max() < 0.25, "there, and nowhere else"
