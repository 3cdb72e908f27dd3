"""Hearing who else moves the robot: requests and joint commands that this process didn't send.

A lease would settle it, but the vendor's motion service doesn't ask for one; listening works on every firmware.
"""

from __future__ import annotations

from typing import Any

from navila_unitree import sdk
from navila_unitree.eavesdrop import Eavesdrop

HEARD_S = 1.0
"""How long a stranger's command counts; robots hold one about as long."""


class Strangers:
    """Listens to a service's requests.

    Args:
        service: Its name.
        moves: Ids of the requests that move the robot.
    """

    def __init__(self, service: str, moves: frozenset[int]) -> None:
        self._moves, self._heard_id = moves, 0
        request = sdk.message("unitree_api").Request_
        self._requests = Eavesdrop(f"rt/api/{service}/request", request, self._moving)

    def heard(self) -> str:
        """Return what a stranger asked of the robot within the last second; "" where nobody did."""
        if self._requests.ago_s > HEARD_S:
            return ""
        return (
            f"it heard {self._requests.count} motion commands that aren't ours, the last "
            f"(request {self._heard_id}) just now"
        )

    def close(self) -> None:
        """Stop listening; a second call does nothing."""
        self._requests.close()

    def _moving(self, message: Any) -> bool:  # noqa: ANN401 - the SDK publishes no types
        identity = getattr(getattr(message, "header", None), "identity", None)
        if identity is None or identity.api_id not in self._moves:
            return False
        self._heard_id = int(identity.api_id)
        return True
