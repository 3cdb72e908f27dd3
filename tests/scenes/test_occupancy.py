"""Where a body fits: exact against the solids, whatever their shape, turn and height."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from navila_sdk.errors import SceneError
from navila_sdk.geometry import Pose2
from navila_sdk.scenes import Scene, Shape, Solid, load_scene
from navila_sdk.scenes.occupancy import occupancy


def hall(*solids: Solid, size_m=(6.0, 4.0)) -> Scene:
    return Scene("hall", size_m, Pose2(0.5, 0.5), walls=solids)


boxes = st.builds(
    lambda x, y, w, d, yaw: Solid(Shape.BOX, (x, y, 0.5), (w, d, 1.0), yaw),
    st.floats(0, 6),
    st.floats(0, 4),
    st.floats(0.1, 2),
    st.floats(0.1, 2),
    st.floats(-math.pi, math.pi),
)
rounds = st.builds(
    lambda x, y, d: Solid(Shape.CYLINDER, (x, y, 0.5), (d, d, 1.0)), st.floats(0, 6), st.floats(0, 4), st.floats(0.1, 2)
)


def corner_points(box: Solid) -> np.ndarray:
    """Return points of a box's outline, 1 cm apart."""
    w, d = box.size_m[0] / 2, box.size_m[1] / 2
    along = np.linspace(-1, 1, 400)
    one = np.ones_like(along)
    local = np.concatenate(
        [
            np.stack(p, 1)
            for p in ((along * w, d * one), (along * w, -d * one), (w * one, along * d), (-w * one, along * d))
        ]
    )
    c, s = math.cos(box.yaw_rad), math.sin(box.yaw_rad)
    return local @ np.array([[c, s], [-s, c]]) + box.center_m[:2]


@settings(max_examples=40, deadline=None)
@given(boxes, st.floats(0.05, 0.8), st.floats(0, 6), st.floats(0, 4))
def test_clearance_is_the_distance_to_a_turned_box(box, radius_m, x, y):
    grid = occupancy(hall(box), radius_m)
    ix, iy = grid.cell(min(x, 5.99), min(y, 3.99))
    cx, cy = grid.center_m(ix, iy)
    outline = corner_points(box)
    expected = np.hypot(outline[:, 0] - cx, outline[:, 1] - cy).min()
    dx, dy = cx - box.center_m[0], cy - box.center_m[1]
    c, s = math.cos(box.yaw_rad), math.sin(box.yaw_rad)
    if abs(c * dx + s * dy) < box.size_m[0] / 2 and abs(c * dy - s * dx) < box.size_m[1] / 2:
        expected = 0.0
    assert grid.clearance_m[ix, iy] == pytest.approx(min(expected, radius_m + 1.0), abs=0.01)


@settings(max_examples=40, deadline=None)
@given(st.lists(boxes | rounds, max_size=4), st.floats(0, 0.5), st.floats(0, 0.5))
def test_a_smaller_body_fits_wherever_a_larger_one_does(solids, a, b):
    small, large = (occupancy(hall(*solids), radius) for radius in sorted((a, b)))
    assert not (large.free & ~small.free).any()


def test_round_things_are_round():
    grid = occupancy(hall(Solid(Shape.CYLINDER, (3.0, 2.0, 0.5), (1.0, 1.0, 1.0))), 0.3)
    assert not grid.is_free(3.0, 2.0 + 0.75)
    assert grid.is_free(3.0, 2.0 + 0.85)
    assert grid.is_free(3.0 + 0.6, 2.0 + 0.6)  # a box would reach here
    assert not grid.is_free(3.0 + 0.5, 2.0 + 0.5)


@pytest.mark.parametrize(
    ("low_m", "high_m", "free"),
    [(0.0, 0.2, False), (0.25, 0.5, True), (0.4, 0.7, False), (0.6, 0.9, False), (1.05, 1.5, True)],
)
def test_only_solids_within_the_bodys_heights_count(low_m, high_m, free):
    step = Solid(Shape.BOX, (3.0, 2.0, 0.1), (1.0, 1.0, 0.2))
    shelf = Solid(Shape.BOX, (3.0, 2.0, 0.75), (1.0, 1.0, 0.5))
    assert occupancy(hall(step, shelf), 0.1, low_m, high_m).is_free(3.0, 2.0) is free


def test_a_ball_is_narrower_near_the_floor():
    ball = Solid(Shape.SPHERE, (3.0, 2.0, 0.5), (1.0, 1.0, 1.0))
    assert not occupancy(hall(ball), 0.0, 0.0, 1.0).is_free(3.45, 2.0)
    assert occupancy(hall(ball), 0.0, 0.0, 0.1).is_free(3.45, 2.0)
    assert not occupancy(hall(ball), 0.0, 0.0, 0.1).is_free(3.25, 2.0)


def test_off_the_floor_is_not_free():
    grid = occupancy(hall(), 0.3)
    assert grid.is_free(0.01, 0.01)
    for x, y in ((-0.01, 1.0), (6.01, 1.0), (1.0, 4.2), (math.nan, 1.0), (math.inf, 1.0)):
        assert not grid.is_free(x, y)
        assert grid.cell(x, y) is None


def test_a_line_is_free_only_if_the_body_fits_all_along():
    wall = Solid(Shape.BOX, (3.0, 1.0, 0.5), (0.02, 2.0, 1.0))
    grid = occupancy(hall(wall), 0.2)
    assert not grid.segment_free((1.0, 1.0), (5.0, 1.0))
    assert not grid.segment_free((1.0, 2.1), (5.0, 2.1))
    assert grid.segment_free((1.0, 2.4), (5.0, 2.4))
    assert grid.segment_free((1.0, 1.0), (1.0, 1.0))
    assert not grid.segment_free((1.0, 3.0), (1.0, 9.0))


def test_a_body_of_80_cm_fits_through_a_doorway_of_90_cm_however_the_cells_fall():
    for offset in np.arange(0, 0.05, 0.007):
        left = Solid(Shape.BOX, (3.0, (1.5 + offset) / 2, 1.0), (0.12, 1.5 + offset, 2.0))
        right = Solid(Shape.BOX, (3.0, (2.4 + offset + 4.0) / 2, 1.0), (0.12, 1.6 - offset, 2.0))
        grid = occupancy(hall(left, right), 0.40)
        rows = [iy for iy in range(grid.shape[1]) if grid.free[50:70, iy].all()]
        assert rows


def test_nonsense_lengths_are_refused():
    for arguments in ((-0.1,), (math.nan,), (0.3, 1.0, 0.5), (0.3, 0.0, 1.0, 0.0), (0.3, 0.0, 1.0, 1e-5)):
        with pytest.raises(SceneError):
            occupancy(load_scene("empty"), *arguments)
