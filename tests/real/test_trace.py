"""A twin's trace, read while it's being written."""

from __future__ import annotations

import json

import pytest

from navila_sdk.testing.trace import TwinTrace


def test_lines_are_read_as_they_come_and_half_ones_wait(tmp_path):
    path = tmp_path / "trace.jsonl"
    trace = TwinTrace(path)
    assert trace.events() == []
    half = json.dumps({"event": "tick", "time_s": 0.1})
    path.write_text(json.dumps({"event": "ready"}) + "\n" + half[:9])
    assert trace.events() == [{"event": "ready"}]
    with path.open("a") as file:
        file.write(half[9:] + "\n")
    assert trace.ticks() == [{"event": "tick", "time_s": 0.1}]
    assert trace.ticks(since=2) == []
    assert len(trace.events()) == 2


def test_waiting_ends_with_the_event_the_limit_or_the_check(tmp_path):
    path = tmp_path / "trace.jsonl"
    path.write_text('{"event": "ready"}\n{"event": "tick", "time_s": 0}\n')
    trace = TwinTrace(path)

    def appears() -> None:
        with path.open("a") as file:
            file.write('{"event": "tick", "time_s": 1}\n')

    def leaves() -> None:
        raise SystemExit("the twin left")

    assert trace.wait_for("tick")["time_s"] == 0
    assert trace.wait_for("tick", after=2, check=appears)["time_s"] == 1
    with pytest.raises(TimeoutError, match=r"no 'leaves' within 0\.1 s"):
        trace.wait_for("leaves", limit_s=0.1)
    with pytest.raises(SystemExit):
        trace.wait_for("leaves", check=leaves)
