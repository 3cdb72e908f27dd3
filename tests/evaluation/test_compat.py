"""Whose definitions: each on upstream's own numbers, and told apart from ours where they differ."""

import json
import math
from pathlib import Path

import attrs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from navila_sdk.evaluation.compat import Compat, Drive, along_m, measured
from navila_sdk.evaluation.dtw import DtwMode
from navila_sdk.evaluation.metrics import in_steps, oracle_spl, spl
from navila_sdk.evaluation.row import row_from_line, row_to_line
from navila_sdk.evaluation.summary import summarised, summary_json
from tests.evaluation.places import walk
from tests.evaluation.results import row

GOLDENS = json.loads((Path(__file__).parents[1] / "data" / "metrics.json").read_text())
BENCH = [name for name in GOLDENS if name.startswith("bench/")]
PATHS = [name for name in GOLDENS if name.startswith("ndtw/")]


def drive(path, reference, distances=None, **changes):
    path = np.asarray(path, dtype=np.float64)
    values = {
        "steps_m": path,
        "ticks_m": path,
        "distances_m": tuple(np.linalg.norm(path - reference[-1], axis=1)) if distances is None else distances,
        "reference_m": np.asarray(reference, dtype=np.float64),
        "shortest_m": float(np.linalg.norm(np.asarray(reference[0]) - reference[-1])),
        "stopped": True,
    }
    return Drive(**{**values, **changes})


@pytest.mark.parametrize("name", BENCH)
@pytest.mark.parametrize("moment", ["first", "last"])
def test_the_benchs_measures(name, moment):
    golden = GOLDENS[name]
    path, gt = np.array(golden["path"]), np.array(golden["gt_locations"])
    driven = path if moment == "last" else path[:1]
    stopped = golden["stop_on_last"] and moment == "last"
    found = measured(drive(driven, gt, stopped=stopped), Compat.BENCH, DtwMode.EXACT)
    expected = golden[moment]
    assert found.tl_m == pytest.approx(expected["path_length"], abs=1e-9)
    assert found.ne_m == pytest.approx(expected["distance_to_goal"], abs=1e-9)
    assert found.one_m == pytest.approx(expected["oracle_navigation_error"], abs=1e-9)
    assert (found.sr, found.osr) == (expected["success"], expected["oracle_success"])
    assert found.spl == pytest.approx(expected["spl"], abs=1e-9)


def test_the_bench_measures_the_height_of_the_base_and_the_way_along_the_reference():
    corner = np.array([[0.0, 0.0], [4.0, 0.0], [4.0, 3.0]])
    ticks = np.array([[0.0, 0.0, 0.3], [2.5, 0.1, 0.3]])
    found = measured(drive(ticks[:, :2], corner, ticks_m=ticks), Compat.BENCH, DtwMode.EXACT)
    # The nearest point of three is a corner, and the way goes on along the reference, not across.
    assert found.ne_m == pytest.approx(math.hypot(1.5, 0.1, 0.3) + 3.0)
    assert found.tl_m == pytest.approx(math.hypot(2.5, 0.1))
    assert measured(drive(ticks[:, :2], corner), Compat.SDK, DtwMode.EXACT).ne_m == pytest.approx(math.hypot(1.5, 2.9))


@pytest.mark.parametrize("name", PATHS)
@pytest.mark.parametrize("compat", [Compat.VLNCE, Compat.NAVILA])
def test_ndtw_is_fastdtw_against_the_points_as_they_are(name, compat):
    golden = GOLDENS[name]
    found = measured(drive(golden["path"], golden["gt"]), compat, compat.dtw)
    assert compat.dtw is DtwMode.FAST
    assert found.ndtw == pytest.approx(golden["ndtw_fast"], abs=1e-9)


def test_a_reference_of_corners_is_filled_in_by_us_and_not_by_them():
    path = [[x, 0.0] for x in np.arange(0.0, 4.01, 0.25)]
    corners = [[0.0, 0.0], [4.0, 0.0]]
    ours = measured(drive(path, corners), Compat.SDK, DtwMode.EXACT)
    theirs = measured(drive(path, corners), Compat.VLNCE, DtwMode.EXACT)
    assert ours.ndtw == 1.0
    assert theirs.ndtw < 0.1
    truth = in_steps([tuple(point) for point in corners])
    assert measured(drive(path, truth), Compat.VLNCE, DtwMode.EXACT).ndtw == ours.ndtw


def test_oracle_spl_is_that_of_the_best_moment_by_us_and_spl_by_them():
    path = [[0.0, 0.0], [10.0, 0.0], [20.0, 0.0]]  # through the goal and on
    reference = [[0.0, 0.0], [10.0, 0.0]]
    ours = measured(drive(path, reference), Compat.SDK, DtwMode.EXACT)
    theirs = measured(drive(path, reference), Compat.NAVILA, DtwMode.EXACT)
    assert (ours.spl, ours.oracle_spl) == (0.0, 1.0)
    assert (theirs.spl, theirs.oracle_spl) == (0.0, 0.0)


@given(hnp.arrays(np.float64, st.tuples(st.integers(1, 30), st.just(2)), elements=st.floats(-20, 20)))
def test_oracle_spl_is_never_less_than_spl(path):
    distances = [float(value) for value in np.linalg.norm(path, axis=1)]
    length = float(np.sqrt((np.diff(path, axis=0) ** 2).sum(axis=1)).sum())
    best = oracle_spl(path, distances, 5.0)
    assert best >= spl(distances[-1] < 3.0, 5.0, length) - 1e-12
    assert (best > 0) == (min(distances) < 3.0)


def nowhere_to_go():
    """Where the goal is the start: a length of 0 over a length of 0."""
    return drive([[1.0, 1.0]], [[1.0, 1.0]], (0.0,))


def test_nothing_over_nothing_is_one_by_us_and_nan_by_them():
    assert measured(nowhere_to_go(), Compat.SDK, DtwMode.EXACT).spl == 1.0
    found = measured(nowhere_to_go(), Compat.NAVILA, DtwMode.EXACT)
    assert found.undefined == ("spl", "oracle_spl")
    assert (found.sr, found.compat) == (1.0, "navila")
    made = attrs.evolve(row(walk(0), True), metrics=found)
    assert row_from_line(row_to_line(made)) == made


def test_navila_leaves_nan_out_of_the_mean_and_counts_it_and_vlnces_mean_is_nan():
    for compat, mean in ((Compat.NAVILA, 0.9), (Compat.VLNCE, None)):
        odd = attrs.evolve(row(walk(0), True), metrics=measured(nowhere_to_go(), compat, DtwMode.EXACT))
        rest = [row(walk(number), True) for number in (1, 2)]
        rest = [attrs.evolve(one, metrics=attrs.evolve(one.metrics, compat=str(compat))) for one in rest]
        found = summary_json(summarised([odd, *rest]))
        assert found["SPL"] == (None if mean is None else pytest.approx(mean))
        assert found["undefined"]["SPL"] == 1
        assert found["SR"] == 1.0
        assert json.dumps(found, allow_nan=False)


def test_the_way_along_ends_at_the_goal():
    reference = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 2.0]])
    assert along_m(reference, reference) == [3.0, 2.0, 0.0]
