"""Robots and a server: plans travel, limits are said, and what one robot suffers no other feels."""

from __future__ import annotations

import http.client
import socket
import threading
import time

import numpy as np
import pytest
from navila_client import (
    DeadlineError,
    LostEpisodeError,
    LostServerError,
    PlannerClient,
    RefusedError,
    WireError,
    pack,
    unpack,
)
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from navila_sdk.errors import ObservationError
from tests.serving.conftest import Watching, frame

HERE = {"pose": (0.0, 0.0, 0.0), "time_s": 0.0}
HELLO = {"type": "hello", "protocol": 1, "session": None, "robot": {}}


def test_a_plan_arrives_whole(serving):
    server = serving()
    with PlannerClient(server.url) as client:
        client.reset("walk")
        reply = client.step(frame(7), **HERE)
        assert (reply.text, reply.sentences, reply.reason) == ("walk 1 7", ("move forward 25 cm",), "")
        assert (reply.probabilities, reply.model_id, reply.committed) == ((0.5,), "counting", 1)
        assert set(reply.server_timing) == {"read", "think"}
        assert client.server["planner"] == {"planner": "counting"}
        assert client.step(frame(255), **HERE).sentences == ("stop",)


def test_robots_do_not_see_each_other(serving):
    server = serving()
    with PlannerClient(server.url) as one, PlannerClient(server.url) as other:
        one.reset("left")
        other.reset("right")
        for number in range(1, 4):
            assert one.step(frame(), **HERE).text == f"left {number} 0"
        assert other.step(frame(9), **HERE).text == "right 1 9"
        one.reset("again")
        assert one.step(frame(), **HERE).text == "again 1 0"
    assert len(server.planners) == 2


def test_a_planner_that_fails_concerns_its_robot_alone(serving):
    server = serving()
    with PlannerClient(server.url) as one, PlannerClient(server.url) as other:
        other.reset("walk")
        with pytest.raises(RefusedError, match=r"planner raised RuntimeError: no such thing"):
            one.reset("boom")
        one.reset("walk")
        server.planners[-1].fails = ObservationError("too dark")
        with pytest.raises(RefusedError, match="too dark") as error:
            one.step(frame(), **HERE)
        assert error.value.kind == "ObservationError"
        server.planners[-1].fails, server.planners[-1].nonsense = None, "go left"
        with pytest.raises(RefusedError, match="returned a str, not a Plan"):
            one.step(frame(), **HERE)
        assert other.step(frame(), **HERE).text == "walk 1 0"


@pytest.mark.parametrize(
    ("rgb", "told"),
    [
        (np.zeros((4, 4), np.uint8), "rgb must have shape"),
        (np.zeros((0, 4, 3), np.uint8), "rgb sides must be"),
        (np.zeros((4, 4, 4), np.uint8), "rgb must have shape"),
        (np.zeros((4, 4, 3), np.float32), "uint8"),
        (np.zeros((200, 200, 3), np.uint8), "more than the 10000 pixels"),
    ],
)
def test_frames_that_are_none(serving, rgb, told):
    server = serving(max_frame_px=10_000)
    with PlannerClient(server.url) as client:
        client.reset("walk")
        with pytest.raises(RefusedError, match=told):
            client.step(rgb, **HERE)
        assert client.step(frame(), **HERE).text == "walk 1 0"


@pytest.mark.parametrize("pose", [(float("nan"), 0.0, 0.0), (0.0, 0.0), ("a", 0, 0)])
def test_poses_and_times_that_are_none(serving, pose):
    with PlannerClient(serving().url) as client:
        client.reset("walk")
        with pytest.raises(RefusedError, match="pose"):
            client.step(frame(), pose=pose, time_s=0.0)
        with pytest.raises(RefusedError, match="time"):
            client.step(frame(), pose=(0.0, 0.0, 0.0), time_s=float("inf"))


def test_frames_that_are_only_watched(serving):
    server = serving(planner=Watching)
    with PlannerClient(server.url) as client:
        with pytest.raises(LostEpisodeError, match="reset"):
            client.watch(frame(), **HERE)
        client.reset("walk")
        client.watch(frame(), **HERE)
        client.watch(frame(), **HERE)
        assert client.step(frame(5), **HERE).text == "walk 201 5"
        with pytest.raises(RefusedError, match="rgb"):
            client.watch(np.zeros((4, 4), np.uint8), **HERE)
        server.planners[0].fails = ObservationError("too dark")
        with pytest.raises(RefusedError, match="too dark"):
            client.watch(frame(), **HERE)


def test_frames_are_not_sent_to_a_planner_without_a_history(serving):
    server = serving()
    with PlannerClient(server.url) as client, connect(server.url) as line:
        client.reset("walk")
        client.watch(np.zeros((4, 4), np.uint8), **HERE)
        assert client.step(frame(), **HERE).text == "walk 1 0"
        line.send(pack(HELLO))
        assert unpack(line.recv(timeout=5))["watches"] is False
        line.send(pack({"type": "reset", "id": 1, "instruction": "walk"}))
        line.recv(timeout=5)
        line.send(pack({"type": "watch", "id": 2, "rgb": frame(), "pose": [0, 0, 0], "time_s": 0}))
        assert "keeps no history" in unpack(line.recv(timeout=5))["message"]


def test_no_step_before_an_episode(serving):
    with PlannerClient(serving().url) as client, pytest.raises(LostEpisodeError, match="reset"):
        client.step(frame(), **HERE)


@pytest.mark.parametrize(
    ("first", "told"),
    [
        (b"\xc1", "isn't msgpack"),
        ("hello", "binary"),
        (pack({"type": "step", "id": 1}), "say hello first"),
        (pack({**HELLO, "protocol": 99}), "say hello first, in protocol 1"),
    ],
)
def test_who_does_not_say_hello_is_told_and_shown_out(serving, first, told):
    with connect(serving().url) as line:
        line.send(first)
        reply = unpack(line.recv(timeout=5))
        assert reply["type"] == "error"
        assert told in reply["message"]
        with pytest.raises(ConnectionClosed):
            line.recv(timeout=5)


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ({"type": "dance", "id": 1}, "no request 'dance'"),
        ({"type": "step"}, "a whole number under 'id'"),
        ({"type": "step", "id": -1}, "a whole number under 'id'"),
        ({"type": "reset", "id": 1, "instruction": 5}, "an instruction is text"),
    ],
)
def test_requests_that_are_none_are_answered(serving, message, told):
    with connect(serving().url) as line:
        line.send(pack(HELLO))
        line.recv(timeout=5)
        line.send(pack(message))
        assert told in unpack(line.recv(timeout=5))["message"]
        line.send(pack({"type": "reset", "id": 9, "instruction": "walk"}))
        assert unpack(line.recv(timeout=5))["type"] == "done"


def test_a_message_over_the_limit_ends_its_connection_alone(serving):
    server = serving(max_message_bytes=20_000)
    with PlannerClient(server.url) as other, connect(server.url) as line:
        other.reset("walk")
        line.send(pack(HELLO))
        line.recv(timeout=5)
        line.send(b"\x00" * 30_000)
        with pytest.raises(ConnectionClosed):
            line.recv(timeout=5)
        assert other.step(frame(), **HERE).text == "walk 1 0"


def test_a_broken_line_is_taken_up_again_and_nothing_is_done_twice(serving):
    server = serving()
    with PlannerClient(server.url, deadline_s=5.0) as client:
        client.reset("walk")
        client.step(frame(), **HERE)
        server.planners[0].sleep_s = 0.3

        def cut():
            time.sleep(0.1)
            client._line.socket.shutdown(socket.SHUT_RDWR)

        thread = threading.Thread(target=cut)
        thread.start()
        assert client.step(frame(), **HERE).text == "walk 2 0"
        thread.join()
        server.planners[0].sleep_s = 0.0
        assert client.step(frame(), **HERE).text == "walk 3 0"
    assert len(server.planners) == 1


def test_a_server_that_forgot_says_so(serving):
    server = serving(session_s=0.0)
    with PlannerClient(server.url) as client:
        client.reset("walk")
        client._drop()
        time.sleep(0.1)
        with pytest.raises(LostEpisodeError, match="came back without this episode"):
            client.step(frame(), **HERE)
        client.reset("walk")
        assert client.step(frame(), **HERE).text == "walk 1 0"


def test_a_slow_planner_meets_the_deadline_and_its_late_answer_is_dropped(serving):
    server = serving()
    with PlannerClient(server.url, deadline_s=0.3) as client:
        client.reset("walk")
        server.planners[0].sleep_s = 0.6
        began = time.monotonic()
        with pytest.raises(DeadlineError):
            client.step(frame(1), **HERE)
        assert time.monotonic() - began < 1.0
        server.planners[0].sleep_s = 0.0
        time.sleep(0.5)
        assert client.step(frame(2), **HERE).text == "walk 2 2"


def test_no_server_is_known_within_the_deadline():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    client = PlannerClient(f"ws://127.0.0.1:{port}", deadline_s=0.5)
    began = time.monotonic()
    with pytest.raises(LostServerError, match=r"no planner server at .* within 0\.5 s"):
        client.reset("walk")
    assert time.monotonic() - began < 2.0


def test_a_server_that_accepts_and_says_nothing():
    with socket.create_server(("127.0.0.1", 0)) as mute:
        client = PlannerClient(f"ws://127.0.0.1:{mute.getsockname()[1]}", deadline_s=0.4)
        began = time.monotonic()
        with pytest.raises((LostServerError, DeadlineError)):
            client.reset("walk")
        assert time.monotonic() - began < 3.0


def test_a_token_is_asked_for(serving):
    server = serving(token="open sesame")
    for token in (None, "open"):
        with pytest.raises(RefusedError, match="wants another token"):
            PlannerClient(server.url, token=token).reset("walk")
    with PlannerClient(server.url, token="open sesame") as client:
        client.reset("walk")
    assert _get(server.port, "/healthz") == (200, "ok\n")
    assert _get(server.port, "/metrics")[0] == 401


def _get(port, path):
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    line.request("GET", path)
    response = line.getresponse()
    found = response.status, response.read().decode()
    line.close()
    return found


def test_what_a_server_counts(serving):
    server = serving()
    with PlannerClient(server.url) as client:
        client.reset("walk")
        client.step(frame(), **HERE)
        status, text = _get(server.port, "/metrics")
    assert status == 200
    assert 'navila_events_total{event="steps"} 1' in text
    assert "navila_step_seconds_count 1" in text
    assert "navila_sessions 1" in text
    assert _get(server.port, "/secret")[0] == 404


def test_more_robots_than_it_takes(serving):
    server = serving(max_sessions=2, session_s=60.0)
    clients = [PlannerClient(server.url) for _ in range(3)]
    clients[0].reset("walk")
    clients[1].reset("walk")
    with pytest.raises(RefusedError, match="serves 2 robots at once"):
        clients[2].reset("walk")
    assert clients[0].step(frame(), **HERE).text == "walk 1 0"
    for client in clients:
        client.close()


def test_silent_connections_are_shown_out(serving):
    server = serving(hello_s=0.2)
    with connect(server.url) as line, pytest.raises(ConnectionClosed):
        line.recv(timeout=5)


def test_clients_killed_in_the_middle_leave_no_trace(serving):
    server = serving()
    with PlannerClient(server.url) as other:
        other.reset("walk")
        for _ in range(10):
            client = PlannerClient(server.url)
            client.reset("walk")
            server.planners[-1].sleep_s = 0.05
            client._line.send(pack({"type": "step", "id": 99, "rgb": frame(), "pose": [0, 0, 0], "time_s": 0}))
            client._line.socket.close()
        for number in range(1, 6):
            assert other.step(frame(), **HERE).text == f"walk {number} 0"


def test_a_server_told_to_stop_ends_what_is_under_way(serving):
    server = serving(drain_s=5.0)
    with PlannerClient(server.url, deadline_s=4.0) as client:
        client.reset("walk")
        server.planners[0].sleep_s = 0.5
        found = []
        thread = threading.Thread(target=lambda: found.append(client.step(frame(), **HERE).text))
        thread.start()
        time.sleep(0.2)
        server.run(server.server.stop())
        thread.join()
        assert found == ["walk 1 0"]
        client.deadline_s = 0.3
        with pytest.raises(LostServerError):
            client.step(frame(), **HERE)


def test_addresses_and_deadlines_that_are_none():
    with pytest.raises(ValueError, match="deadline_s"):
        PlannerClient("ws://127.0.0.1:1", deadline_s=0)
    with pytest.raises(Exception, match="is no address"):
        PlannerClient("http://127.0.0.1:1").reset("walk")


def test_a_plan_that_cannot_be_read():
    from navila_client import Reply

    with pytest.raises(WireError, match="can't be read"):
        Reply({"type": "plan", "actions": 3})
