"""Metrics against upstream's own numbers: VLN-CE's on a real record, NaVILA-Bench's and fastdtw's on made-up paths."""

import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import navila_sdk as navila
from navila_sdk.evaluation.dtw import DtwMode, dtw_m
from navila_sdk.evaluation.metrics import (
    counted_steps,
    in_steps,
    ndtw,
    path_length_m,
    path_metrics,
    spl,
    unstarted,
    without_repeats,
)

GOLDENS = json.loads((Path(__file__).parents[1] / "data" / "metrics.json").read_text())
PATHS = [name for name in GOLDENS if name.startswith("ndtw/")]
BENCH = [name for name in GOLDENS if name.startswith("bench/")]


def recorded():
    """The ten locations of a record of RxR, from its start heading and actions: 30 degrees, 25 cm, (x, up, back)."""
    yaw, at = 2 * math.atan2(0.9676598, -0.2522588), np.zeros(3)
    places = [at]
    for action in [2, 2, 2, 2, 2, 1, 1, 3, 1, 1, 2, 1, 3, 1, 2, 1, 3, 1, 1, 0]:
        yaw += {2: 1, 3: -1}.get(action, 0) * math.radians(30)
        if action == 1:
            at = at + 0.25 * np.array([-math.sin(yaw), 0.0, -math.cos(yaw)])
            places.append(at)
    return np.array(places)


@pytest.mark.parametrize(
    ("change", "dtw", "expected"),
    [
        (lambda gt: gt, 0.0, 1.0),
        (lambda gt: gt[::2], 1.25, 0.959189),
        (lambda gt: gt[:1], 10.89905, 0.695377),
        (lambda gt: gt[:5], 3.63536, 0.885876),
        (lambda gt: gt[::-1], 12.10475, 0.667983),
        (lambda gt: gt + np.array([1.0, 0, 0]), 10.0, 0.716531),
        (lambda gt: gt + np.array([0, 3.0, 0]), 30.0, 0.367879),
    ],
)
def test_ndtw_on_a_real_record(change, dtw, expected):
    gt = recorded()
    assert len(gt) == 10
    path = change(gt)
    assert dtw_m(path, gt) == pytest.approx(dtw, abs=2e-5)
    assert ndtw(path, gt) == pytest.approx(expected, abs=2e-6)


@pytest.mark.parametrize("name", PATHS)
def test_ndtw_on_made_up_paths(name):
    golden = GOLDENS[name]
    path, gt = np.array(golden["path"]), np.array(golden["gt"])
    assert dtw_m(path, gt) == pytest.approx(golden["exact_dtw"], abs=1e-9)
    assert ndtw(path, gt) == pytest.approx(golden["ndtw_exact"], abs=1e-9)
    assert ndtw(path, gt, DtwMode.FAST) == pytest.approx(golden["ndtw_fast"], abs=1e-9)


@pytest.mark.parametrize("number", range(len(GOLDENS["walks"])))
def test_fastdtw_errs_exactly_as_the_package_does(number):
    golden = GOLDENS["walks"][number]
    path, gt = np.array(golden["path"]), np.array(golden["gt"])
    assert dtw_m(path, gt, DtwMode.FAST) == pytest.approx(golden["fastdtw_radius1"], abs=1e-9)
    assert dtw_m(path, gt) == pytest.approx(golden["exact_dtw"], abs=1e-9)


def test_the_goldens_tell_the_two_apart():
    assert any(walk["fastdtw_radius1"] > walk["exact_dtw"] + 0.1 for walk in GOLDENS["walks"])


def to_goal(path, gt):
    """NaVILA-Bench's distance: to the nearest point of the reference, and on along it."""
    lengths = np.linalg.norm(np.diff(gt, axis=0), axis=1)
    left = np.concatenate([np.cumsum(lengths[::-1])[::-1], [0.0]])
    found = []
    for point in path:
        apart = np.linalg.norm(gt - point, axis=1)
        nearest = int(apart.argmin())
        found.append(float(apart[nearest] + left[nearest]))
    return found


@pytest.mark.parametrize("name", BENCH)
@pytest.mark.parametrize("moment", ["first", "last"])
def test_the_benchs_measures(name, moment):
    golden = GOLDENS[name]
    path, gt = np.array(golden["path"]), np.array(golden["gt_locations"])
    distances = to_goal(path, gt)
    driven = path if moment == "last" else path[:1]
    stopped = golden["stop_on_last"] and moment == "last"
    found = path_metrics(driven, distances[: len(driven)], gt, distances[0], stopped)
    expected = golden[moment]
    assert found.tl_m == pytest.approx(expected["path_length"], abs=1e-9)
    assert found.ne_m == pytest.approx(expected["distance_to_goal"], abs=1e-9)
    assert found.one_m == pytest.approx(expected["oracle_navigation_error"], abs=1e-9)
    assert (found.sr, found.osr) == (expected["success"], expected["oracle_success"])
    assert found.spl == pytest.approx(expected["spl"], abs=1e-9)


@pytest.mark.parametrize(
    ("shortest", "driven", "success", "expected"),
    [
        *((10, 10, True, 1.0), (10, 12.5, True, 0.8), (10, 8, True, 1.0), (10, 40, True, 0.25), (10, 10, False, 0.0)),
        *((0, 0, True, 1.0), (0, 0, False, 0.0)),
    ],
)
def test_spl(shortest, driven, success, expected):
    assert spl(success, shortest, driven) == expected


@pytest.mark.parametrize(
    ("end", "stopped", "sr", "sr_1m"),
    [(2.999, True, 1, 0), (3.0, True, 0, 0), (0.999, True, 1, 1), (1.0, True, 1, 0), (0.0, False, 0, 0)],
)
def test_success_needs_a_stop_and_less_than_the_radius(end, stopped, sr, sr_1m):
    path = np.array([[5.0, 0.0], [end, 0.0]])
    found = path_metrics(path, [5.0, end], path, 5.0, stopped)
    assert (found.sr, found.sr_1m) == (sr, sr_1m)
    assert found.sdtw == sr * found.ndtw


def test_oracle_success_is_strict_and_needs_no_stop():
    path = np.array([[5.0, 0.0], [3.0, 0.0], [5.0, 0.0]])
    assert path_metrics(path, [5.0, 3.0, 5.0], path, 5.0, True).osr == 0.0
    assert path_metrics(path, [5.0, 2.9, 5.0], path, 5.0, False).osr == 1.0
    assert path_metrics(path[:1], [2.9], path, 2.9, False).osr == 1.0  # the start counts


def test_an_episode_that_never_ran_is_a_failure_at_its_start():
    found = unstarted(7.5)
    assert (found.ne_m, found.sr, found.osr, found.spl, found.ndtw, found.tl_m) == (7.5, 0, 0, 0, 0, 0)


def test_steps_are_vlnces_units():
    actions = ["move forward 75 cm", "turn left 45 degrees", "turn right 15 degrees", "move forward 30 cm", "stop"]
    assert counted_steps(navila.parse_action(text) for text in actions[:1]) == 3
    assert counted_steps(navila.parse_action(text) for text in actions[1:3]) == 4
    assert counted_steps([navila.MoveForward.cm(30), navila.Wait(2.0), navila.Stop()]) == 4


@pytest.mark.parametrize(("a", "b"), [(np.zeros((0, 2)), np.zeros((1, 2))), (np.zeros((1, 2)), np.zeros((1, 3)))])
def test_paths_that_cant_be_compared(a, b):
    with pytest.raises(navila.EvaluationError, match="paths to compare"):
        dtw_m(a, b)


paths = hnp.arrays(
    np.float64, st.tuples(st.integers(1, 14), st.just(2)), elements=st.floats(-20, 20, width=16, allow_nan=False)
)


@given(paths, paths)
def test_dtw_is_symmetric_bounded_and_never_more_than_fastdtws(a, b):
    exact, apart = dtw_m(a, b), np.linalg.norm(a[:, None] - b[None], axis=2)
    assert exact == pytest.approx(dtw_m(b, a))
    assert exact <= dtw_m(a, b, DtwMode.FAST) + 1e-9
    assert exact >= apart.min() * max(len(a), len(b)) - 1e-9
    assert exact >= max(apart[0, 0], apart[-1, -1]) - 1e-9
    assert 0.0 <= ndtw(a, b) <= 1.0


@given(paths)
def test_a_path_is_like_itself_however_often_it_waits(path):
    waiting = np.repeat(path, 3, axis=0)
    assert ndtw(path, without_repeats(path)) == 1.0
    assert ndtw(waiting, without_repeats(path)) == 1.0
    assert path_length_m(waiting) == pytest.approx(path_length_m(path))


@given(paths)
def test_a_reference_in_steps_keeps_its_corners_and_length(corners):
    points = in_steps([tuple(point) for point in corners])
    assert path_length_m(points) == pytest.approx(path_length_m(corners), abs=1e-6)
    gaps = np.linalg.norm(np.diff(points, axis=0), axis=1)
    assert (gaps <= 0.25 + 1e-5).all()
    assert (gaps > 0).all()
    assert all((np.abs(points - corner).max(axis=1) < 1e-9).any() for corner in corners)
    again = in_steps([tuple(point) for point in points])
    assert again.shape == points.shape


@given(paths, st.booleans(), st.floats(0, 40))
def test_rates_hang_together(path, stopped, shortest):
    distances = [float(np.linalg.norm(point)) for point in path]
    found = path_metrics(path, distances, path, shortest, stopped)
    assert 0 <= found.sr_1m <= found.sr <= found.osr <= 1
    assert 0 <= found.spl <= found.sr
    assert found.one_m <= found.ne_m
    assert found.sdtw in (0.0, found.ndtw)
