"""A real server on a free port, in a thread of its own."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time

import numpy as np
import pytest

from navila_sdk.actions import MoveForward, Stop
from navila_sdk.errors import NavilaError
from navila_sdk.planner import Plan
from navila_sdk.serving.server import PlannerServer
from navila_sdk.serving.settings import ServeSettings


def frame(value: int = 0) -> np.ndarray:
    return np.full((6, 8, 3), value, np.uint8)


class Counting:
    """Counts its steps, says what it saw, and does as it's told: sleep, raise, answer nonsense."""

    def __init__(self):
        self.steps = 0
        self.sleep_s = 0.0
        self.fails = None
        self.nonsense = None

    def reset(self, instruction):
        self.instruction = instruction
        self.steps = 0
        if instruction == "boom":
            raise RuntimeError("no such thing")

    def step(self, observation):
        self.steps += 1
        time.sleep(self.sleep_s)
        if self.fails:
            raise self.fails
        if self.nonsense is not None:
            return self.nonsense
        if observation.rgb[0, 0, 0] == 255:
            return Plan((Stop(),), raw="enough")
        said = f"{self.instruction} {self.steps} {observation.rgb[0, 0, 0]}"
        return Plan((MoveForward(0.25),), raw=said, probabilities=(0.5,), model_id="counting", committed=1)


class Watching(Counting):
    """Counts the frames it only watched as well."""

    def watch(self, observation):
        if self.fails:
            raise self.fails
        self.steps += 100


class Together(Counting):
    """Counts like the other, and answers several robots at once.

    Attributes:
        sizes: How many it was asked about, each time; shared by all.
        free: Cleared, it thinks until it's set; shared by all.
    """

    batch_key = "all"
    sizes: list[int]
    free: threading.Event

    @staticmethod
    def step_many(asked):
        first = asked[0][0]
        first.sizes.append(len(asked))
        first.free.wait(10)
        found = []
        for planner, observation in asked:
            try:
                found.append(planner.step(observation))
            except NavilaError as error:
                found.append(error)
        return found[: first.most_answers]

    most_answers = 1000


@pytest.fixture
def together():
    """Return a class of planners that answer together, with counts of its own."""
    free = threading.Event()
    free.set()
    return type("Together", (Together,), {"sizes": [], "free": free})


class Running:
    """A server under way.

    Attributes:
        planners: Those it made, one for each robot.
        port: Where it listens.
    """

    def __init__(self, server_of, planner=Counting, scheme="ws", **settings):
        self.planners = []
        self._planner = planner
        self._loop = asyncio.new_event_loop()
        self.server = server_of(self._make, ServeSettings(port=settings.pop("port", 0), **settings))
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.port = self.run(self.server.start())
        self.url = f"{scheme}://127.0.0.1:{self.port}"

    def _make(self):
        planner = self._planner()
        self.planners.append(planner)
        return planner

    def run(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(30)

    def stop(self):
        if self._loop.is_running():
            with contextlib.suppress(Exception):
                self.run(self.server.stop())
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(10)
            self._loop.close()


@pytest.fixture
def serving():
    """Return a function that starts a server; all are stopped at the end."""
    started = []

    def start(server_of=None, **settings):  # the settings of the server, ``planner``: what makes one, and ``scheme``
        make = server_of or (lambda planner, given: PlannerServer(planner, {"planner": "counting"}, given))
        started.append(Running(make, **settings))
        return started[-1]

    yield start
    for running in started:
        running.stop()
