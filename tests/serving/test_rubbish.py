"""Messages of the right form with anything in them, and broken ones: each is answered, and nobody else minds."""

from __future__ import annotations

import logging

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from navila_client import PlannerClient, pack, unpack
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from tests.serving.conftest import frame

HELLO = {"type": "hello", "protocol": 1, "session": None, "robot": {}}
KEYS = ("rgb", "depth", "pose", "time_s", "instruction", "deadline_s")

anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats()
    | st.text(max_size=8)
    | st.binary(max_size=8)
    | st.just(frame()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
messages = st.fixed_dictionaries(
    {"type": st.sampled_from(["reset", "step", "watch", "hello"]), "id": st.integers(-1, 2**63) | anything},
    optional=dict.fromkeys(KEYS, anything),
)


def test_rubbish_is_answered(serving, caplog):
    server = serving(max_sessions=10_000)

    @settings(max_examples=60, suppress_health_check=list(HealthCheck))
    @given(st.lists(messages, min_size=1, max_size=4), st.integers(0, 60), st.binary(min_size=1, max_size=3))
    def heard(sent, at, junk):
        with connect(server.url) as line:
            line.send(pack(HELLO))
            line.recv(timeout=5)
            for message in sent:
                whole = pack(message)
                try:
                    for data in (whole, whole[:at] + junk + whole[at + len(junk) :]):
                        line.send(data)
                        assert unpack(line.recv(timeout=5))["type"] in ("done", "plan", "error")
                except ConnectionClosed:
                    break

    with caplog.at_level(logging.ERROR):
        heard()
        with PlannerClient(server.url, deadline_s=5.0) as client:
            client.reset("walk")
            assert client.step(frame(), pose=(0.0, 0.0, 0.0), time_s=0.0).text == "walk 1 0"
    assert not caplog.records
