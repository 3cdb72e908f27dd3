"""What a twin tells while it plays a robot (``navila twin --trace FILE``), read while it's still telling."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

Event = dict[str, Any]
_LOOK_S = 0.05


class TwinTrace:
    """The events in a trace so far; each line is read once.

    Args:
        path: The trace; it needn't be there yet.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read = 0
        self._events: list[Event] = []

    def events(self) -> list[Event]:
        """Return everything that happened so far; the name of each is under ``event``."""
        if self._path.exists():
            with self._path.open("rb") as file:
                file.seek(self._read)
                fresh = file.read()
            whole = fresh[: fresh.rfind(b"\n") + 1]
            self._read += len(whole)
            self._events += [cast("Event", json.loads(line)) for line in whole.splitlines()]
        return self._events

    def ticks(self, since: int = 0) -> list[Event]:
        """Return every step so far (time_s, pose, twist, command), or those among the events from one on."""
        return [event for event in self.events()[since:] if event["event"] == "tick"]

    def wait_for(
        self, name: str, limit_s: float = 60.0, after: int = 0, check: Callable[[], None] = lambda: None
    ) -> Event:
        """Return the first event of a name, once it has happened.

        Args:
            name: Of the event: "ready", "tick", "leaves", ...
            limit_s: How long to wait.
            after: So many first events, of any name, don't count.
            check: Called between looks; raises where waiting has no use any more.

        Raises:
            TimeoutError: It didn't happen in time.
        """
        end_s = time.monotonic() + limit_s
        while time.monotonic() < end_s:
            for event in self.events()[after:]:
                if event["event"] == name:
                    return event
            check()
            time.sleep(_LOOK_S)
        last = [event["event"] for event in self.events()][-5:]
        raise TimeoutError(f"{self._path}: no {name!r} within {limit_s:g} s; the last events were {last}")
