"""Hearing who else moves the robot: requests of its motion service that this process didn't send.

A lease would settle it, but the vendor's motion service doesn't ask for one; listening works on every firmware.
"""

from __future__ import annotations

import time
from typing import Any

from navila_unitree import sdk

HEARD_S = 1.0
"""How long a stranger's command counts; robots hold one about as long."""


class Strangers:
    """Listens to a service's requests.

    Args:
        service: Its name.
        moves: Ids of the requests that move the robot.
    """

    def __init__(self, service: str, moves: frozenset[int]) -> None:
        channel = sdk.module("core.channel")
        self._moves = moves
        self._heard_s, self._heard_id = -1e9, 0
        self.count = 0
        # The SDK's own subscriber hears this process as well; the participant is the SDK's, so it's one all the same.
        participant = channel.ChannelFactory()._ChannelFactory__participant
        topic = channel.Topic(participant, f"rt/api/{service}/request", sdk.message("unitree_api").Request_)
        policy = sdk.module("core.channel").Qos
        from cyclonedds.core import Policy  # pyright: ignore[reportMissingImports]

        quality = policy(Policy.IgnoreLocal.Participant, Policy.History.KeepLast(20))
        self._reader: Any = channel.DataReader(
            participant, topic, quality, channel.Listener(on_data_available=self._arrived)
        )

    def heard(self) -> str:
        """Return what a stranger asked of the robot within the last second; "" where nobody did."""
        ago_s = time.monotonic() - self._heard_s
        if ago_s > HEARD_S:
            return ""
        return f"it heard {self.count} motion commands that aren't ours, the last (request {self._heard_id}) just now"

    def close(self) -> None:
        """Stop listening; a second call does nothing."""
        if self._reader is not None:
            sdk.dismiss(self._reader)
            self._reader = None

    def _arrived(self, reader: Any) -> None:  # noqa: ANN401 - the SDK publishes no types
        for message in reader.take(20):
            identity = getattr(getattr(message, "header", None), "identity", None)
            if identity is not None and identity.api_id in self._moves:
                self._heard_s, self._heard_id = time.monotonic(), int(identity.api_id)
                self.count += 1
