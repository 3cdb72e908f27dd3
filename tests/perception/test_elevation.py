"""The ground remembered: what was seen stays until it's seen anew, left behind, or never was."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from navila_sdk.embodiment import HeightMapSpec
from navila_sdk.errors import ObservationError
from navila_sdk.geometry import Pose2
from navila_sdk.perception import ElevationMemory
from navila_sdk.perception.encode import encode_map, spread

SPEC = HeightMapSpec(x_min_m=-0.8, x_max_m=0.8, y_min_m=-0.5, y_max_m=0.5, resolution_m=0.1, fill="nearest")
angles = st.floats(-math.pi, math.pi)
places = st.builds(Pose2, st.floats(-50, 50), st.floats(-50, 50), angles)


def floor(pose: Pose2, height_m: float, reach_m: float = 2.0) -> np.ndarray:
    """Return points of a level floor around a pose, a point every 4 cm."""
    offsets = np.arange(-reach_m, reach_m, 0.04)
    x, y = (grid.ravel() for grid in np.meshgrid(offsets, offsets))
    return np.stack([pose.x_m + x, pose.y_m + y, np.full(x.shape, height_m)], axis=1)


@given(places, st.floats(-2, 2))
def test_a_level_floor_lies_the_bases_height_below_it_wherever_one_stands(pose, height_m):
    memory = ElevationMemory()
    memory.add(floor(pose, height_m), (pose.x_m, pose.y_m, height_m + 0.3), 1.0)
    made = memory.around(pose, height_m + 0.3, SPEC)
    assert made.time_s == 1.0
    assert made.known_share == 1.0
    assert np.abs(made.heights_m + 0.3).max() < 1e-5


@given(places, angles)
def test_a_block_stays_where_it_is_when_the_robot_turns(pose, turned_rad):
    memory = ElevationMemory()
    points = floor(pose, 0.0)
    block = np.hypot(points[:, 0] - pose.x_m - 0.4, points[:, 1] - pose.y_m) < 0.2
    points[block, 2] = 0.1
    memory.add(points, (pose.x_m, pose.y_m, 0.3), 0.0)
    heights = memory.around(Pose2(pose.x_m, pose.y_m, turned_rad), 0.0, SPEC).heights_m
    x, y = 0.4 * math.cos(-turned_rad), 0.4 * math.sin(-turned_rad)
    column, row = round((x + 0.8) / 0.1), round((y + 0.5) / 0.1)
    if 0 <= row < 11:
        assert heights[column, row] == pytest.approx(0.1)


def test_what_was_seen_ahead_is_known_underfoot_and_forgotten_far_behind():
    memory = ElevationMemory()
    memory.add(floor(Pose2(2.0, 0.0), 0.2, 0.9), (0.0, 0.0, 0.3), 0.0)
    assert memory.around(Pose2(), 0.0, SPEC).known_share == 0
    assert memory.around(Pose2(2.0), 0.0, SPEC).known_share == 1
    for step in range(1, 12):
        memory.add(floor(Pose2(2.0 + step), 0.0), (2.0 + step, 0.0, 0.3), float(step))
    assert memory.around(Pose2(2.0), 0.0, SPEC).known_share == 0


def test_a_riser_seen_later_does_not_hide_the_top_seen_before():
    memory = ElevationMemory()
    point = np.array([[0.42, 0.02, 0.15]])
    memory.add(point, (0.0, 0.0, 0.3), 0.0)
    memory.add(point - [0, 0, 0.1], (0.0, 0.0, 0.3), 0.1)
    assert np.nanmax(memory.around(Pose2(), 0.0, SPEC).heights_m) == pytest.approx(0.15)
    memory.add(point - [0, 0, 0.15], (0.0, 0.0, 0.3), 1.5)
    assert np.nanmax(memory.around(Pose2(), 0.0, SPEC).heights_m) == pytest.approx(0.0)


def test_a_robot_stands_on_something():
    memory = ElevationMemory()
    memory.add(floor(Pose2(), 0.5), (0.0, 0.0, 0.8), 0.0)
    memory.stand(Pose2(0.0, 0.0, 0.3), 0.1, 0.5, 1.0)
    made = memory.around(Pose2(), 0.0, SPEC)
    assert 0.2 < made.known_share < 0.8
    assert np.nanmax(made.heights_m) == np.nanmin(made.heights_m) == pytest.approx(0.1)
    memory.add(floor(Pose2(), 0.0), (0.0, 0.0, 0.3), 1.02)
    assert not memory.around(Pose2(), 0.0, SPEC).heights_m.any()


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf, 1e9])
def test_points_that_are_none_too_far_or_overhead_are_left_out(bad):
    memory = ElevationMemory()
    points = np.array([[bad, 0.0, 0.0], [0.0, bad, 0.0], [0.0, 0.0, bad if bad > 0 else math.nan], [0.1, 0.1, 1.2]])
    memory.add(points, (0.0, 0.0, 0.3), 0.0)
    assert memory.around(Pose2(), 0.0, SPEC).known_share == 0
    memory.add(np.zeros((0, 3)), (0.0, 0.0, 0.3), 0.1)
    assert memory.around(Pose2(), 0.0, SPEC).known_share == 0


def test_a_scan_that_comes_late_is_left_out():
    memory = ElevationMemory()
    memory.add(floor(Pose2(), 0.0), (0.0, 0.0, 0.3), 1.0)
    memory.add(floor(Pose2(), 0.1), (0.0, 0.0, 0.3), 0.9)
    assert not memory.around(Pose2(), 0.0, SPEC).heights_m.any()


def test_a_cloud_ten_times_too_large_leaves_the_map_old():
    memory = ElevationMemory()
    memory.add(floor(Pose2(), -0.3), (0.0, 0.0, 0.0), 1.0)
    memory.add(10 * floor(Pose2(), -0.3), (0.0, 0.0, 0.0), 2.0, -0.3)
    made = memory.around(Pose2(), 0.0, SPEC)
    assert made.time_s == 1.0
    assert made.heights_m == pytest.approx(np.full(SPEC.shape, -0.3))


@pytest.mark.parametrize("turn", [(1, -1, -1), (1, 1, -1)])
def test_a_cloud_with_z_down_is_told_by_the_soles(turn):
    memory = ElevationMemory()
    points = floor(Pose2(), -0.3) * turn
    with pytest.raises(ObservationError, match="another frame"):
        memory.add(points, (0.0, 0.0, 0.0), 1.0, -0.3)
    assert memory.around(Pose2(), 0.0, SPEC).known_share == 0


@pytest.mark.parametrize("points", [np.zeros(3), np.zeros((4, 2))])
def test_points_of_another_shape(points):
    with pytest.raises(ObservationError, match=r"shape \(N, 3\)"):
        ElevationMemory().add(points, (0.0, 0.0, 0.3), 0.0)


@pytest.mark.parametrize("base", [(math.nan, 0.0, 0.3), (0.0, 0.0, math.inf)])
def test_a_base_that_is_nowhere(base):
    with pytest.raises(ObservationError, match="finite"):
        ElevationMemory().add(np.zeros((1, 3)), base, 0.0)


def test_unknown_cells_take_their_nearest_known_neighbours_height():
    heights = np.full((5, 4), np.nan)
    heights[0, :], heights[4, 3] = 0.1, 0.5
    filled = spread(heights)
    assert filled[1].tolist() == [0.1] * 4
    assert filled[3, 3] == 0.5
    assert np.isfinite(filled).all()
    assert np.isnan(spread(np.full((2, 2), np.nan))).all()
    memory = ElevationMemory()
    memory.stand(Pose2(), -0.3, 0.3, 0.0)
    assert encode_map(memory.around(Pose2(), 0.0, SPEC), SPEC) == pytest.approx(np.full(187, -0.3))
