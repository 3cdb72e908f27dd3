"""Distances along the floor: near to the true ones, round walls, infinite where there is no way."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from navila_sdk.geometry import Pose2
from navila_sdk.scenes import Scene, Shape, Solid, load_scene
from navila_sdk.scenes.geodesic import DistanceField, geodesic_distance_m
from navila_sdk.scenes.occupancy import occupancy

FLAT = load_scene("apartment:4")
GRID = occupancy(FLAT, 0.35)
FIELD = DistanceField(GRID, FLAT.errands[0].goal_m)
COMFORTABLE = DistanceField(GRID, FLAT.errands[0].goal_m, 0.25)
WORST = {False: 1 / math.cos(math.atan(1 / 2) / 2), True: 1 / math.cos(math.atan(1 / 3) / 2)}  # widest gaps of steps

points = st.tuples(st.floats(0.1, FLAT.size_m[0] - 0.1), st.floats(0.1, FLAT.size_m[1] - 0.1))


def divided(gap_m: float) -> Scene:
    """Return a hall of 6 x 4 m with a wall across that leaves a gap at the top."""
    wall = Solid(Shape.BOX, (3.0, (4.0 - gap_m) / 2, 1.0), (0.1, 4.0 - gap_m, 2.0))
    return Scene("hall", (6.0, 4.0), Pose2(1.0, 1.0), walls=(wall,))


@settings(max_examples=60, deadline=None)
@given(*[st.floats(0.2, 5.8)] * 4)
def test_on_an_open_floor_it_is_the_straight_line(ax, ay, bx, by):
    scene = Scene("hall", (6.0, 6.0), Pose2(1.0, 1.0))
    straight_m = math.dist((ax, ay), (bx, by))
    for precise, worst in WORST.items():
        found_m = DistanceField(occupancy(scene, 0.0), (bx, by), precise=precise).distance_m(ax, ay)
        assert straight_m - 0.1 <= found_m <= straight_m * worst + 0.1


@settings(max_examples=30, deadline=None)
@given(points)
def test_precise_ways_are_shorter_and_as_free(point):
    goal_m = FLAT.errands[0].goal_m
    field = DistanceField(GRID, goal_m, precise=True)
    winding_m, precise_m = FIELD.distance_m(*point), field.distance_m(*point)
    assert math.isinf(winding_m) == math.isinf(precise_m)
    if math.isfinite(winding_m):
        assert winding_m / WORST[False] - 1e-6 <= precise_m <= winding_m
    path = field.path(*point)
    assert all(GRID.segment_free(a, b) for a, b in itertools.pairwise(path[1:]))


def test_round_a_wall_it_is_the_way_round():
    scene = divided(1.5)
    corner = (2.95 - 0.3 * math.cos(math.pi / 4), 2.5 + 0.3 * math.sin(math.pi / 4))
    around_m = 2 * math.dist((1.0, 1.0), corner) + 0.5
    assert geodesic_distance_m(scene, (1.0, 1.0), (5.0, 1.0), 0.3) == pytest.approx(around_m, rel=0.08)


def test_there_is_no_way_through_a_gap_narrower_than_the_body():
    assert math.isfinite(geodesic_distance_m(divided(0.5), (1.0, 1.0), (5.0, 1.0), 0.3))
    assert math.isinf(geodesic_distance_m(divided(0.25), (1.0, 1.0), (5.0, 1.0), 0.3))
    field = DistanceField(occupancy(divided(0.0), 0.3), (5.0, 1.0))
    assert field.path(1.0, 1.0) == ()
    assert math.isinf(field.distance_m(1.0, 1.0))


def test_there_is_no_way_to_where_the_body_does_not_fit():
    scene = divided(1.0)
    assert math.isinf(geodesic_distance_m(scene, (1.0, 1.0), (3.0, 0.5), 0.3))
    assert math.isinf(geodesic_distance_m(scene, (1.0, 1.0), (9.0, 0.5), 0.3))
    assert math.isinf(geodesic_distance_m(scene, (-1.0, 1.0), (5.0, 0.5), 0.3))


def test_a_point_just_too_near_to_a_wall_counts_from_the_free_floor_next_to_it():
    field = DistanceField(occupancy(divided(1.5), 0.3), (1.0, 1.0))
    assert math.isfinite(field.distance_m(2.75, 1.0))
    assert math.isinf(field.distance_m(2.75, 1.0, snap_m=0.05))
    assert DistanceField(occupancy(divided(1.5), 0.3), (2.75, 1.0)).distance_m(1.0, 1.0) == pytest.approx(1.65, abs=0.1)


@settings(max_examples=60, deadline=None)
@given(points)
def test_paths_are_free_as_long_as_the_distance_and_end_at_the_goal(point):
    path = FIELD.path(*point, snap_m=0.0)
    if not path:
        assert math.isinf(FIELD.distance_m(*point, snap_m=0.0))
        return
    assert path[0] == point
    assert path[-1] == FIELD.target_m
    assert all(GRID.segment_free(a, b) for a, b in itertools.pairwise(path))
    length_m = sum(math.dist(a, b) for a, b in itertools.pairwise(path))
    distance_m = FIELD.distance_m(*point)
    assert distance_m / WORST[False] - 0.1 <= length_m <= distance_m * 1.02 + 0.05 * len(path)


@settings(max_examples=40, deadline=None)
@given(points)
def test_comfort_costs_length_but_keeps_off_walls(point):
    plain, wide = FIELD.path(*point, snap_m=0.0), COMFORTABLE.path(*point, snap_m=0.0)
    assert bool(plain) == bool(wide)
    if plain:
        assert COMFORTABLE.distance_m(*point) >= FIELD.distance_m(*point) - 1e-9
        means = [
            np.mean([GRID.clearances_m(GRID.segment(a, b)).clip(0, 0.6).mean() for a, b in itertools.pairwise(path)])
            for path in (plain, wide)
            if len(path) > 1
        ]
        assert len(means) < 2 or means[1] >= means[0] - 0.12


def test_distances_are_the_same_both_ways():
    a, b = FLAT.errands[0].goal_m, FLAT.errands[1].goal_m
    assert DistanceField(GRID, a).distance_m(*b) == DistanceField(GRID, b).distance_m(*a)


def test_costs_grow_away_from_the_free_floor():
    field = DistanceField(occupancy(divided(1.5), 0.3), (1.0, 1.0))
    near, far, off = field.costs_m(np.array([[2.6, 1.0], [2.8, 1.0], [-1.0, 1.0]]), 3.0)
    assert near < far < math.inf == off
