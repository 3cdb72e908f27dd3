"""Where a twin's messages leave it: one topic, with the faults of a bad link."""

from __future__ import annotations

import collections
import copy
import time
from typing import Any

from navila_unitree import sdk
from navila_unitree.twin.faults import Faults


class Outlet:
    """Publishes on a topic.

    Args:
        topic: Its DDS name.
        kind: Its message class.
        faults: What shall go wrong.
    """

    def __init__(self, topic: str, kind: Any, faults: Faults) -> None:  # noqa: ANN401 - the SDK publishes no types
        self._faults = faults
        self._waiting: collections.deque[tuple[float, Any]] = collections.deque()
        self._frozen: Any = None
        self._publisher = sdk.module("core.channel").ChannelPublisher(topic, kind)
        self._publisher.Init()

    def put(self, message: Any) -> None:  # noqa: ANN401 - the SDK publishes no types
        """Publish a message, or let it meet its fault."""
        faults = self._faults
        if faults.on("silent") or faults.loses():
            return
        if faults.on("frozen"):
            self._frozen = message = copy.deepcopy(message) if self._frozen is None else self._frozen
        late_s = faults.value("late")
        if late_s is None and not self._waiting:
            self._publisher.Write(message)
            return
        self._waiting.append((time.monotonic() + (late_s or 0.0), copy.deepcopy(message)))
        while self._waiting and self._waiting[0][0] <= time.monotonic():
            self._publisher.Write(self._waiting.popleft()[1])

    def close(self) -> None:
        """Leave the topic."""
        sdk.dismiss(self._publisher._ChannelPublisher__channel._Channel__writer._Writer__writer)
        self._publisher.Close()
