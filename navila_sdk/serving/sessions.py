"""One robot's episode on the server: its planner, its last answer, and when it was last heard of."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable
from typing import Any

import attrs

from navila_sdk.errors import PlannerError
from navila_sdk.planner import Planner


@attrs.define(slots=True, eq=False)
class Session:
    """A robot's place on the server.

    Attributes:
        key: What the client shows to take it up again.
        planner: Its planner; no other session's.
        instruction: The episode's; None before the first.
        last_id: The request answered last.
        last_reply: Its answer, in case it was lost on the way.
        pending_id: The request being carried out.
        pending: What will be its answer.
        lock: Held while a request is carried out.
        seen_s: When it was last heard of, monotonic.
        connected: Connections that speak for it; 0 or 1 but for moments.
        robot: What the client said about the robot.
    """

    key: str
    planner: Planner
    instruction: str | None = None
    last_id: int = 0
    last_reply: dict[str, Any] | None = None
    pending_id: int = 0
    pending: asyncio.Task[dict[str, Any]] | None = None
    lock: asyncio.Lock = attrs.field(factory=asyncio.Lock)
    seen_s: float = attrs.field(factory=time.monotonic)
    connected: int = 0
    robot: dict[str, Any] = attrs.field(factory=dict[str, Any])


class Sessions:
    """All of them.

    Args:
        make: Builds a planner for a new one.
        most: How many there may be.
        keep_s: How long one without a connection is kept.
    """

    def __init__(self, make: Callable[[], Planner], most: int, keep_s: float) -> None:
        self._make, self._most, self._keep_s = make, most, keep_s
        self._all: dict[str, Session] = {}

    def __len__(self) -> int:
        return len(self._all)

    @property
    def connected(self) -> int:
        """Those whose robot is there."""
        return sum(session.connected > 0 for session in self._all.values())

    def sweep(self) -> None:
        """Forget those whose robot has been gone too long."""
        now_s = time.monotonic()
        for key, session in list(self._all.items()):
            if not session.connected and not session.lock.locked() and now_s - session.seen_s > self._keep_s:
                del self._all[key]

    def take_up(self, key: object) -> Session | None:
        """Return the session a client shows the key of, or None."""
        self.sweep()
        return self._all.get(key) if isinstance(key, str) else None

    def open(self) -> Session:
        """Return a new one.

        Raises:
            PlannerError: There are too many.
        """
        self.sweep()
        if len(self._all) >= self._most:
            raise PlannerError(f"this server serves {self._most} robots at once, and that many are here")
        session = Session(secrets.token_urlsafe(16), self._make())
        self._all[session.key] = session
        return session
