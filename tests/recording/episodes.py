"""Small recorded episodes for the tests of log, reader and report."""

import numpy as np

import navila_sdk as navila
from navila_sdk.recording import EpisodeRecorder
from navila_sdk.testing import FakeDriver, FakePlanner, fake_embodiment

PLAN = (navila.MoveForward(0.5), navila.TurnLeft.degrees(30))


def walled_scan(pose, time_s):
    """A scan with every kind of value: free, near, out of reach."""
    ranges = np.array([1.25, np.inf, 3.0000000000000004, 0.7])
    return navila.RangeScan(np.linspace(1.0, 3.0, 4), ranges, time_s)


def record(folder, instruction="go to the box", actions=PLAN, **meta):
    """Record an episode of the fake body; return its events."""
    events = []
    driver = FakeDriver(scan=walled_scan)
    facts = {"embodiment": "fake", "planner": {"name": "fake", "label": "fake"}, **meta}
    with (
        navila.Robot(fake_embodiment(), driver) as robot,
        EpisodeRecorder(folder, scene=robot.scene, meta=facts) as recorder,
    ):
        robot.listen(events.append)
        robot.listen(recorder)
        recorder.film(np.full((30, 40, 3), 128, np.uint8), 0.0)
        navila.Navigator(FakePlanner(list(actions)), robot).navigate(instruction)
        recorder.film(np.full((30, 40, 3), 200, np.uint8), robot.clock.now_s())
    return events
