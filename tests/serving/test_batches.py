"""Robots that ask at about the same time are answered in one call, and what one suffers no other feels."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from navila_client import ClientError, DeadlineError, PlannerClient, RefusedError

from navila_sdk.errors import ObservationError
from navila_sdk.serving.server import PlannerServer
from tests.serving.conftest import frame
from tests.vla.conftest import NEEDS, TINY

HERE = {"pose": (0.0, 0.0, 0.0), "time_s": 0.0}


@pytest.fixture
def robots():
    """Return a function that makes robots with an episode under way; all say goodbye at the end."""
    clients = []

    def make(server, count, deadline_s=8.0):
        for number in range(count):
            client = PlannerClient(server.url, deadline_s=deadline_s)
            client.reset(f"walk{number}")
            clients.append(client)
        return clients

    yield make
    for client in clients:
        client.close()


def ask(clients, values=None):
    """Let all ask at once, and return each one's text or error."""

    def one(number):
        try:
            return clients[number].step(frame((values or {}).get(number, number)), **HERE).text
        except ClientError as error:
            return error

    with ThreadPoolExecutor(len(clients)) as threads:
        return list(threads.map(one, range(len(clients))))


def until(condition):
    end = time.monotonic() + 5
    while not condition():
        assert time.monotonic() < end, "it never came to this"
        time.sleep(0.01)


def test_what_comes_within_the_window_is_answered_together(serving, together, robots):
    # Longer than any deadline: a server that waited for it in spite of having heard all robots would be too late.
    server = serving(planner=together, batch_window_s=10.0)
    clients = robots(server, 4)
    assert ask(clients) == [f"walk{number} 1 {number}" for number in range(4)]
    assert ask(clients) == [f"walk{number} 2 {number}" for number in range(4)]
    assert together.sizes == [4, 4]
    assert server.server.metrics.counts["passes"] == 2
    assert server.server.metrics.counts["steps_in_passes"] == 8


def test_what_comes_while_the_planner_is_busy_is_answered_together(serving, together, robots):
    server = serving(planner=together, batch_window_s=0.0)
    clients = robots(server, 4)
    together.free.clear()
    with ThreadPoolExecutor(1) as first, ThreadPoolExecutor(1) as others:
        one = first.submit(clients[3].step, frame(), **HERE)
        until(lambda: together.sizes == [1])
        rest = others.submit(ask, clients[:3])
        until(lambda: server.server.thinking.waiting("all") == 3)
        together.free.set()
        assert one.result(5).text == "walk3 1 0"
        assert rest.result(5) == [f"walk{number} 1 {number}" for number in range(3)]
    assert together.sizes == [1, 3]


def test_no_more_than_so_many_at_once(serving, together, robots):
    server = serving(planner=together, batch_window_s=5.0, max_batch=2)
    assert ask(robots(server, 4)) == [f"walk{number} 1 {number}" for number in range(4)]
    assert max(together.sizes) <= 2
    assert sum(together.sizes) == 4


def test_one_robots_error_is_no_others(serving, together, robots):
    server = serving(planner=together, batch_window_s=10.0)
    clients = robots(server, 3)
    server.planners[1].fails = ObservationError("too dark")
    found = ask(clients)
    assert (found[0], found[2]) == ("walk0 1 0", "walk2 1 2")
    assert isinstance(found[1], RefusedError)
    assert found[1].kind == "ObservationError"
    server.planners[1].fails, server.planners[1].nonsense = None, "go left"
    found = ask(clients)
    assert "returned a str, not a Plan" in str(found[1])
    assert found[0] == "walk0 2 0"


def test_a_call_that_fails_or_miscounts_is_told_to_those_it_was_for(serving, together, robots):
    server = serving(planner=together, batch_window_s=10.0)
    clients = robots(server, 2)
    server.planners[0].fails = RuntimeError("burnt out")
    assert all("burnt out" in str(error) for error in ask(clients))
    server.planners[0].fails = None
    together.most_answers = 1
    assert all("returned 1 answers to 2 robots" in str(error) for error in ask(clients))
    together.most_answers = 1000
    assert ask(clients) == [f"walk{number} {server.planners[number].steps} {number}" for number in range(2)]


def test_a_step_given_up_before_it_began_is_never_made(serving, together, robots):
    server = serving(planner=together, batch_window_s=0.0)
    clients = robots(server, 2)
    together.free.clear()
    with ThreadPoolExecutor(1) as threads:
        one = threads.submit(clients[0].step, frame(), **HERE)
        until(lambda: together.sizes == [1])
        clients[1].deadline_s = 0.2
        with pytest.raises(DeadlineError):
            clients[1].step(frame(), **HERE)
        until(lambda: server.server.metrics.counts["deadline"] == 1)
        together.free.set()
        assert one.result(5).text == "walk0 1 0"
    clients[1].deadline_s = 5.0
    assert clients[1].step(frame(), **HERE).text == "walk1 1 0"
    assert server.planners[1].steps == 1


def test_a_planner_that_is_stuck_does_not_hold_up_the_end(serving, together, robots):
    server = serving(planner=together, batch_window_s=0.0, drain_s=0.2)
    clients = robots(server, 1)
    together.free.clear()
    failed = []

    def step():
        try:
            clients[0].step(frame(), **HERE)
        except ClientError as error:
            failed.append(error)

    clients[0].deadline_s = 2.0
    thread = threading.Thread(target=step)
    thread.start()
    until(lambda: together.sizes == [1])
    began = time.monotonic()
    server.run(server.server.stop())
    assert time.monotonic() - began < 3.0
    together.free.set()
    thread.join(5)
    assert len(failed) == 1


def test_the_model_serves_robots_together_as_it_would_each_alone(serving, robots):
    pytest.importorskip("transformers", reason=NEEDS)
    from navila_sdk.planners.navila import NavilaPlanner
    from navila_sdk.vla.model import NavilaModel

    model = NavilaModel.from_pretrained(TINY)
    server = serving(
        lambda _, given: PlannerServer(lambda: NavilaPlanner(model), {"planner": "navila"}, given), batch_window_s=5.0
    )
    clients = robots(server, 3)
    for time_ in range(3):
        found = ask(clients, {number: 40 * time_ + number for number in range(3)})
        for number, text in enumerate(found):
            frames = [np.asarray(frame(40 * before + number)) for before in range(time_ + 1)]
            assert text == model.generate(frames, f"walk{number}")
    assert server.server.metrics.counts["passes"] == 3
