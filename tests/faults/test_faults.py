"""Every fault of the list, on a simulated robot: it stops, stays, says why, and what was recorded can be read."""

import math

import numpy as np
import pytest

import navila_sdk as navila
from navila_sdk.testing import FakeDriver, fake_embodiment
from navila_sdk.testing.faults import FAULTS, Fault, undergo

IN_STEPS = [fault for fault in FAULTS if not (fault.real_time or fault.heavy)]
LIVE = [fault for fault in FAULTS if fault.real_time and not fault.heavy]
BODY = fake_embodiment()
BEARINGS = np.linspace(-math.pi, math.pi, 60)
GENEROUS_S = 2.0


def world():
    """Open ground, and a scan that says so."""
    return FakeDriver(scan=lambda _, time_s: navila.RangeScan(BEARINGS, np.full(60, np.inf), time_s))


def test_the_list_is_whole():
    assert len({fault.id for fault in FAULTS}) == len(FAULTS) >= 20


@pytest.mark.parametrize("fault", IN_STEPS, ids=lambda fault: fault.id)
def test_in_simulated_time(fault, tmp_path):
    # Simulated time is exact: a quarter of a second is the promise, and one tick more is a defect.
    found = undergo(fault, BODY, world, tmp_path, live=False)
    assert not found.wrong(fault, 0.25), found


@pytest.mark.parametrize("fault", LIVE, ids=lambda fault: fault.id)
def test_in_real_time(fault, tmp_path):
    found = undergo(fault, BODY, world, tmp_path, live=True)
    assert not found.wrong(fault, GENEROUS_S), found


def test_a_chain_that_fails_is_found_out(tmp_path):
    # A fault that does nothing leaves the robot walking to its goal: that must not pass for a stop.
    harmless = Fault(id="nothing", what="nothing happens", ends=("stale",))
    found = undergo(harmless, BODY, world, tmp_path, live=False)
    assert "ended as 'stopped'" in found.wrong(harmless, 0.25)
