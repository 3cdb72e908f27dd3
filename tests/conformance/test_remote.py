"""The planner ``remote`` passes the kit with a real server behind it."""

from __future__ import annotations

import pytest

from navila_sdk.planners.random import RandomPlanner
from navila_sdk.testing.conformance import check_planner
from navila_sdk.testing.conformance.subject import bench
from tests.serving.conftest import serving  # noqa: F401 - a fixture


@pytest.mark.usefixtures("on")
def test_a_planner_elsewhere_passes(serving, tmp_path, monkeypatch):  # noqa: F811 - the fixture
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NAVILA_CONFIG_DIR", str(tmp_path))
    server = serving(planner=lambda: RandomPlanner(0), max_sessions=64)
    report = check_planner("remote", options={"url": server.url}, on=bench())
    assert report.ok, str(report)
    assert not [result for result in report.results if result.why]
