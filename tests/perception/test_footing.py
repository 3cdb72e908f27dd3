"""What a policy's map takes for ground: steps are, walls and furniture aren't, unknown stays unknown."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from navila_sdk.embodiment import HeightMapSpec
from navila_sdk.geometry import Pose2
from navila_sdk.perception.elevation import ElevationMemory
from navila_sdk.perception.footing import STEP_M, Footing

SPEC = HeightMapSpec(x_min_m=-0.8, x_max_m=0.8, y_min_m=-0.5, y_max_m=0.5, resolution_m=0.1)
FLAT = np.full(SPEC.shape, -0.3)


def ground(heights):
    return Footing(SPEC).ground(heights)


@pytest.mark.parametrize("rise_m", [0.05, 0.15, 0.23, -0.2])
def test_stairs_are_ground_as_far_as_the_map_goes(rise_m):
    stairs = FLAT + rise_m * np.maximum(np.arange(SPEC.shape[0]) - 10, 0)[:, None] // 3 * 1.0
    np.testing.assert_array_equal(ground(stairs), stairs)


def test_a_wall_a_table_and_a_bed_are_none():
    room = FLAT.copy()
    room[12:, :] = 1.2  # a wall
    room[4:8, 8:] = 0.2  # a seat's edge: half a metre over the floor
    room[14, 3] = -0.3
    np.testing.assert_array_equal(ground(room), FLAT)


def test_ground_goes_on_behind_and_beside_obstacles():
    room = FLAT.copy()
    room[11, 4:7] = 0.9  # a post
    room[13:, :] = -0.2  # a step behind it
    seen = ground(room)
    assert (seen[11, 4:7] == -0.3).all()
    np.testing.assert_array_equal(seen[13:], room[13:])


def test_standing_against_something():
    room = FLAT.copy()
    room[8:, :] = 0.8  # the body's own middle lies under a table's edge
    np.testing.assert_array_equal(ground(room), FLAT)


maps = hnp.arrays(np.float64, SPEC.shape, elements=st.one_of(st.floats(-1, 1), st.just(np.nan)))


@given(maps)
def test_ground_is_never_a_jump_up_and_never_invented(heights):
    seen = ground(heights)
    np.testing.assert_array_equal(np.isnan(seen), np.isnan(heights))
    known = ~np.isnan(heights)
    changed = known & (seen != heights)
    assert (heights[changed] > seen[changed]).all()
    np.testing.assert_array_equal(ground(seen), seen)


@given(hnp.arrays(np.float64, SPEC.shape, elements=st.floats(0, STEP_M - 0.01)))
def test_what_can_be_stepped_on_is_left_alone(heights):
    np.testing.assert_array_equal(ground(heights), heights)


def test_the_memory_gives_ground():
    memory = ElevationMemory()
    memory.stand(Pose2(), 0.0, 1.5, 0.0)
    y, z = (part.ravel() for part in np.meshgrid(np.arange(-1, 1, 0.02), np.arange(0, 0.9, 0.02)))
    wall = np.stack([np.full(y.shape, 0.52), y, z], axis=1)
    memory.add(wall, (0.0, 0.0, 0.3), 0.1)
    assert np.nanmax(memory.around(Pose2(), 0.3, SPEC).heights_m) == pytest.approx(-0.3)
    step = np.stack(
        [np.repeat(np.arange(0.5, 1, 0.02), 100), np.tile(np.arange(-1, 1, 0.02), 25), np.full(2500, 0.1)], 1
    )
    other = ElevationMemory()
    other.stand(Pose2(), 0.0, 1.5, 0.0)
    other.add(step, (0.0, 0.0, 0.3), 0.1)
    heights = other.around(Pose2(), 0.3, SPEC).heights_m
    assert np.nanmin(heights[-2:]) == pytest.approx(-0.2)
    assert np.nanmax(heights[:8]) == pytest.approx(-0.3)
