"""NaVILA's height map: equal to what its own code made of the same rays."""

from pathlib import Path

import numpy as np
import pytest
from navila_go2 import embodiment as go2

import navila_sdk as navila
from navila_sdk.perception import NAVILA_CELLS, navila_height_map
from navila_sdk.perception.navila_map import PaperHeightMap, navila_scan_map

SPEC = go2.more_height_maps[0]
GOLDEN = np.load(Path(__file__).parent.parent / "data" / "height_maps.npz")
CASES = [
    (case, row)
    for case in ("flat", "box", "wall", "tilt", "random")
    for row in range(len(GOLDEN[f"{case}/height_map"]))
]


def scan(case, row):
    return tuple(GOLDEN[f"{case}/{part}"][row] for part in ("ray_hits_w", "sensor_pos_w", "base_quat_wxyz"))


@pytest.mark.parametrize(("case", "row"), CASES)
def test_golden(case, row):
    made = navila_height_map(*scan(case, row))
    assert made.dtype == np.float32
    assert np.abs(made - GOLDEN[f"{case}/height_map"][row]).max() < 1e-6


def test_as_a_value_it_is_heights_from_the_sensor_and_unknown_where_upstream_has_a_zero():
    hits, sensor, wxyz = scan("box", 0)
    made = navila_scan_map(hits.astype(float), sensor.astype(float), wxyz.astype(float), SPEC, 1.5)
    below = navila_height_map(hits, sensor, wxyz).reshape(NAVILA_CELLS)
    assert (made.spec, made.time_s) == (SPEC, 1.5)
    assert (np.isnan(made.heights_m) == (below == 0)).all()
    assert np.nan_to_num(-made.heights_m) == pytest.approx(below)


def test_the_papers_map_is_the_maximum_over_five_scans_of_the_lowest_values():
    paper = PaperHeightMap()
    flat, box = scan("flat", 0), scan("box", 0)
    first = paper.add(*flat)
    both = paper.add(*box)
    assert (both >= first).all()
    assert (both > first).any() or np.array_equal(both, first)
    for _ in range(5):
        last = paper.add(*flat)
    assert np.array_equal(last, first)
    paper.reset()
    alone = paper.add(*box)
    # The code's 3x3 maximum can only raise what one scan gives.
    assert (navila_height_map(*box) >= alone).all()


@pytest.mark.parametrize("count", [0, 1, 28_480])
def test_any_number_of_points_gives_a_whole_map(count):
    rng = np.random.default_rng(count)
    hits = rng.normal(0, 2, (count, 3)).astype(np.float32)
    hits[::7] = np.nan
    hits[3::11] = np.inf
    made = navila_height_map(hits, np.zeros(3, np.float32), np.array([1, 0, 0, 0], np.float32))
    assert made.shape == (NAVILA_CELLS[0] * NAVILA_CELLS[1],)
    assert np.isfinite(made).all()


def test_other_shapes_are_named():
    with pytest.raises(navila.ObservationError, match=r"\(5, 2\)"):
        navila_height_map(np.zeros((5, 2), np.float32), np.zeros(3, np.float32), np.zeros(4, np.float32))
