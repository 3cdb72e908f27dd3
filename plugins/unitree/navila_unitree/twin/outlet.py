"""Where a twin's messages leave it: one topic of the vendor's, with the faults of a bad link."""

from __future__ import annotations

from typing import Any

from navila_sdk.hardware import outlet as shared
from navila_sdk.hardware.faults import Faults
from navila_unitree import sdk


class Outlet(shared.Outlet):
    """Publishes on a topic.

    Args:
        topic: Its DDS name.
        kind: Its message class.
        faults: What shall go wrong.
    """

    def __init__(self, topic: str, kind: Any, faults: Faults) -> None:  # noqa: ANN401 - the SDK publishes no types
        self._writer = sdk.Writer(topic, kind)
        super().__init__(self._writer, faults)

    def close(self) -> None:
        """Leave the topic."""
        self._writer.close()
