"""Who else commands the joints: two programs that do, fight, and the robot falls between them."""

from __future__ import annotations

from typing import Any

from navila_unitree import sdk
from navila_unitree.eavesdrop import Eavesdrop
from navila_unitree.low import command, switcher

HEARD_S = 1.0


def _selects(message: Any) -> bool:  # noqa: ANN401 - the SDK publishes no types
    identity = getattr(getattr(message, "header", None), "identity", None)
    return identity is not None and identity.api_id == switcher.SELECT


class JointStrangers:
    """Listens for joint commands, and for requests to the motion switcher, that this process didn't send.

    The robot's own motion service commands the joints by the same topic; so it counts only from ``begin`` on.
    """

    def __init__(self) -> None:
        self._commands: Eavesdrop | None = None
        self._switches = Eavesdrop(
            f"rt/api/{switcher.SERVICE}/request",
            sdk.message("unitree_api").Request_,
            _selects,
        )

    def begin(self) -> None:
        """Take the joints for one's own: whoever else commands them from now on is a stranger."""
        if self._commands is None:
            kind = sdk.message("unitree_go").LowCmd_
            self._commands = Eavesdrop(command.TOPIC, kind, lambda message: hasattr(message, "motor_cmd"))

    def heard(self) -> str:
        """Return what a stranger did within the last second; "" where nobody did anything."""
        if self._switches.ago_s < HEARD_S:
            return "it gave the joints to a motion service"
        if self._commands is not None and self._commands.ago_s < HEARD_S:
            return f"it heard {self._commands.count} joint commands that aren't ours"
        return ""

    def close(self) -> None:
        """Stop listening; a second call does nothing."""
        self._switches.close()
        if self._commands is not None:
            self._commands.close()
