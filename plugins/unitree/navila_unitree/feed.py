"""What arrives on a topic: the latest message and when it came, on this computer's clock.

The robot's clock isn't ours and may be anywhere; its stamps only say whether anything is new.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from navila_sdk.hardware.arrival import Arrival
from navila_unitree import sdk

__all__ = ["Arrival", "Feed"]

Value = TypeVar("Value")


class Feed(Generic[Value]):
    """Subscribes to a topic and keeps the latest message.

    Args:
        topic: Its DDS name.
        kind: Its message class.
        read: Makes a value of a message, on the SDK's thread; None leaves the message out.
    """

    def __init__(self, topic: str, kind: Any, read: Callable[[Any], Value | None]) -> None:  # noqa: ANN401 - untyped SDK
        self.topic = topic
        self._read = read
        self._wake = threading.Condition()
        self._latest: Arrival[Value] | None = None
        self.count = 0
        self._closed = False
        self._subscriber = sdk.module("core.channel").ChannelSubscriber(topic, kind)
        self._subscriber.Init(self._arrived, 0)

    @property
    def latest(self) -> Arrival[Value] | None:
        """The latest message; None before the first."""
        return self._latest

    def wait(self, timeout_s: float) -> Arrival[Value] | None:
        """Return the latest message, waiting for the first one."""
        with self._wake:
            self._wake.wait_for(lambda: self._latest is not None, timeout_s)
        return self._latest

    def close(self) -> None:
        """Stop listening; a second call does nothing."""
        if not self._closed:
            self._closed = True
            sdk.dismiss(self._subscriber._ChannelSubscriber__channel._Channel__reader._Reader__reader)
            self._subscriber.Close()

    def _arrived(self, message: Any) -> None:  # noqa: ANN401 - the SDK publishes no types
        if self._closed:
            return
        value = self._read(message)
        if value is None:
            return
        with self._wake:
            self._latest = Arrival(value, time.monotonic())
            self.count += 1
            self._wake.notify_all()
