"""Hearing what other programs say to a robot: messages on a topic that this process didn't send."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from navila_unitree import sdk


class Eavesdrop:
    """Listens to a topic, deaf to this process.

    Args:
        topic: Its DDS name.
        kind: Its message class.
        meant: Says whether a message counts.
    """

    def __init__(self, topic: str, kind: Any, meant: Callable[[Any], bool]) -> None:  # noqa: ANN401 - untyped SDK
        channel = sdk.module("core.channel")
        self._meant = meant
        self._last_s = -1e9
        self.count = 0
        """How many counted."""
        # The SDK's own subscriber hears this process as well; the participant is the SDK's, so it's one all the same.
        participant = channel.ChannelFactory()._ChannelFactory__participant
        from cyclonedds.core import Policy  # pyright: ignore[reportMissingImports]

        quality = channel.Qos(Policy.IgnoreLocal.Participant, Policy.History.KeepLast(20))
        self._reader: Any = channel.DataReader(
            participant,
            channel.Topic(participant, topic, kind),
            quality,
            channel.Listener(on_data_available=self._arrived),
        )

    @property
    def ago_s(self) -> float:
        """How long ago the last one was heard."""
        return time.monotonic() - self._last_s

    def close(self) -> None:
        """Stop listening; a second call does nothing."""
        if self._reader is not None:
            sdk.dismiss(self._reader)
            self._reader = None

    def _arrived(self, reader: Any) -> None:  # noqa: ANN401 - the SDK publishes no types
        for message in reader.take(20):
            if self._meant(message):
                self._last_s = time.monotonic()
                self.count += 1
