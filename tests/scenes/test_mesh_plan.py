"""Surfaces to plans: samples miss nothing, blocks cover what is blocked, and a mesh's plan is that of its solids."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from navila_sdk.errors import SceneError
from navila_sdk.scenes.mesh.blocks import rectangles, solid_blocks
from navila_sdk.scenes.mesh.columns import build_columns
from navila_sdk.scenes.mesh.ground import CELL_M, STEP_M
from navila_sdk.scenes.mesh.patch import Patch
from navila_sdk.scenes.mesh.samples import Samples, spread
from navila_sdk.scenes.mesh.sheets import build_sheets, longest_first
from navila_sdk.scenes.mesh.storeys import Storey, find_storeys, storey_at

TRIANGLES = arrays.arrays(np.float64, (3, 3, 3), elements=st.floats(-0.4, 0.4))


def planned(low, high, level, every):
    return build_columns(low, high, lambda: level, lambda: every)


def level(x0, x1, y0, y1, z, step=0.01):
    x, y = np.meshgrid(np.arange(x0 + step / 2, x1, step), np.arange(y0 + step / 2, y1, step))
    return np.stack([x.ravel(), y.ravel(), np.full(x.size, z)], axis=1)


def upright(x0, x1, y, z0, z1, step=0.01):
    x, z = np.meshgrid(np.arange(x0 + step / 2, x1, step), np.arange(z0 + step / 2, z1, step))
    return np.stack([x.ravel(), np.full(x.size, y), z.ravel()], axis=1)


def quad(x0, x1, y0, y1, z, *, up=True):
    a, b, c, d = (x0, y0, z), (x1, y0, z), (x1, y1, z), (x0, y1, z)
    return np.array(((a, b, c), (a, c, d)) if up else ((a, c, b), (a, d, c)), float)


@settings(max_examples=30)
@given(TRIANGLES, st.sampled_from([0.02, 0.05]))
def test_no_point_of_a_triangle_is_far_from_a_sample(corners, spacing):
    points = np.concatenate([part.of(corners) for part in spread(corners, spacing, at_once=50)])
    faces = np.concatenate([part.face for part in spread(corners, spacing, at_once=50)])
    weights = np.array([(i, j, 6 - i - j) for i in range(7) for j in range(7 - i)]) / 6
    for number, triangle in enumerate(corners):
        own, wanted = points[faces == number], weights @ triangle
        off = np.linalg.norm(wanted[:, None] - own[None], axis=2).min(axis=1)
        assert off.max() <= 1.5 * spacing


@given(arrays.arrays(np.bool_, st.tuples(st.integers(1, 12), st.integers(1, 12))))
def test_rectangles_cover_a_bitmap_exactly_and_once(bitmap):
    covered = np.zeros(bitmap.shape, int)
    for a, b, c, d in rectangles(bitmap):
        covered[a:b, c:d] += 1
    assert (covered == bitmap).all()


@given(TRIANGLES)
def test_a_hit_finds_the_colour_that_lies_there(corners):
    faces = longest_first(np.arange(9).reshape(3, 3), corners)
    rgb = np.clip((corners.reshape(9, 3) + 0.4) * 255 / 0.8, 0, 255).astype(np.uint8)
    patch = Patch(corners.reshape(9, 3), faces, rgb)
    sheets = build_sheets([patch])
    face, weights = np.repeat(np.arange(3), 4), np.tile(np.eye(3)[[0, 1, 2, 0]] * 0.4 + 0.2, (3, 1))
    found = sheets.colors(face, weights[:, 1], weights[:, 2]).astype(int)
    true = patch.colors(Samples(face, weights)).astype(int)
    # A texel of 2 cm holds 6.4 steps of 255 along each axis, and rows are cut at right angles to the longest side.
    assert np.abs(found - true).max() <= 16


def test_low_steps_are_floor_and_high_ones_are_not():
    points = [level(0, 2, 0, 1, 0.0), level(0, 2, 1, 2, STEP_M), upright(0, 2, 1.0, 0, STEP_M)]
    columns = planned((0, 0), (2, 2), points[:2], points)
    free = ~columns.blocked(0.05, 1.0)
    assert free[10:70, 10:70].all()
    assert columns.heights_m(np.array([1.0]), np.array([1.5])) == pytest.approx([STEP_M], abs=1e-6)
    points = [level(0, 2, 0, 1, 0.0), level(0, 2, 1, 2, 0.3), upright(0, 2, 1.0, 0, 0.3)]
    edge = planned((0, 0), (2, 2), points[:2], points).blocked(0.05, 1.0)
    assert edge[10:70].any(axis=1).all()


def test_no_floor_is_no_place_to_stand_but_small_holes_are_floor():
    left, right = level(0, 2, 0, 2, 0.0), level(3, 4, 0, 2, 0.0)
    floor = [left[np.hypot(left[:, 0] - 1, left[:, 1] - 1) > 0.2], right]
    columns = planned((0, 0), (4, 2), floor, floor)
    blocked = columns.blocked(0.05, 1.0)
    ix, iy, _ = columns.cells(np.array([1.0, 2.5]), np.array([1.0, 1.0]))
    assert blocked[ix, iy].tolist() == [False, True]
    assert columns.off_floor_m(1.0, 1.0) == 0
    assert columns.off_floor_m(6.0, 1.0) == pytest.approx(2.0, abs=3 * CELL_M)


def test_what_is_closed_in_and_covered_is_solid_and_a_room_is_not():
    def ring(top):
        sides = [upright(0.5, 1.5, y, 0, top) for y in (0.5, 1.5)]
        return [*sides, *(side[:, [1, 0, 2]] for side in sides)]

    floor = level(0, 2, 0, 2, 0.0)
    cupboard = planned((0, 0), (2, 2), [floor], [floor, *ring(1.9), level(0.5, 1.5, 0.5, 1.5, 1.9)])
    cabin = planned((0, 0), (2, 2), [floor], [floor, *ring(2.4), level(0.5, 1.5, 0.5, 1.5, 2.4)])
    ix, iy, _ = cupboard.cells(np.array([1.0]), np.array([1.0]))
    assert cupboard.blocked(0.05, 1.0)[ix, iy].all()
    assert not cabin.blocked(0.05, 1.0)[ix, iy].any()


def test_blocks_are_where_things_are_and_as_high():
    table = level(0.5, 1.5, 0.5, 1.0, 0.72)
    floor = level(0, 2, 0, 2, 0.0)
    columns = planned((0, 0), (2, 2), [floor], [floor, table, upright(0.2, 1.8, 1.5, 0, 1.2)])
    blocks = solid_blocks(columns, 2.0)
    over = [block for block in blocks if block.low_m[2] > 0.3]
    under = [block for block in blocks if block.low_m[2] <= 0.0]
    assert len(over) + len(under) == len(blocks) == 2
    assert (over[0].low_m[2], over[0].high_m[2]) == pytest.approx((0.70, 0.75), abs=1e-6)
    assert over[0].low_m[:2] == pytest.approx((0.5, 0.5), abs=CELL_M)
    assert over[0].high_m[:2] == pytest.approx((1.5, 1.0), abs=CELL_M)
    assert under[0].high_m[2] == pytest.approx(1.2, abs=0.05)


def test_storeys_are_found_and_asked_for_by_height():
    floors = [quad(0, 8, 0, 8, 0.0), quad(0, 8, 0, 8, 2.5, up=False), quad(0, 6, 0, 8, 2.8), quad(0, 1, 0, 1, 0.75)]
    storeys = find_storeys(np.concatenate(floors))
    assert [storey.floor_m for storey in storeys] == [0.0, 2.8]
    assert storey_at(storeys, None) == 0.0
    assert storey_at(storeys, 2.6) == 2.8
    with pytest.raises(SceneError, match=r"no floor at a height of 5.00 m.*0\.00 m, 2\.80 m"):
        storey_at(storeys, 5.0)
    with pytest.raises(SceneError, match="too little to walk on"):
        find_storeys(quad(0, 8, 0, 8, 0.0)[:, :, [0, 2, 1]])
    inside_out = find_storeys(quad(0, 8, 0, 8, 1.0, up=False))
    assert inside_out == (Storey(1.0, 64.0),)
