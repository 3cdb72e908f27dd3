"""What happens during an episode, as values: the recorder, the live view and plugin hooks only listen.

Every event carries the time on the robot's clock. Listeners are called one event after another, never two at once.
"""

from __future__ import annotations

import collections
import threading
from collections.abc import Callable, Mapping
from typing import Any

import attrs

from navila_sdk.actions import Action
from navila_sdk.execution.outcome import Execution
from navila_sdk.geometry import Pose2, Twist
from navila_sdk.observation import Observation, RobotState
from navila_sdk.planner import Plan


@attrs.frozen(slots=True)
class Event:
    """Base of all events."""

    time_s: float


@attrs.frozen(slots=True)
class EpisodeStarted(Event):
    """An instruction begins; ``meta`` says with what (names, versions, seeds)."""

    instruction: str
    meta: Mapping[str, Any] = attrs.field(factory=dict[str, Any])


@attrs.frozen(slots=True)
class Observed(Event):
    """An observation was handed to the planner; ``index`` is -1 where it was only watched, not decided on."""

    observation: Observation
    index: int


@attrs.frozen(slots=True)
class Planned(Event):
    """A plan arrived (``time_s`` is when it became usable), made from observation ``index``."""

    plan: Plan
    index: int
    used: bool = True
    note: str = ""


@attrs.frozen(slots=True)
class ActionStarted(Event):
    """The executor takes up an action."""

    action: Action
    anchor: Pose2
    goal: Pose2


@attrs.frozen(slots=True)
class ActionEnded(Event):
    """The executor is done with an action."""

    execution: Execution


@attrs.frozen(slots=True)
class Commanded(Event):
    """One tick of the fast clock: the state read, the twist asked, the one really sent, why they differ."""

    state: RobotState
    asked: Twist
    sent: Twist
    reasons: tuple[str, ...] = ()


@attrs.frozen(slots=True)
class SafetyEvent(Event):
    """A stage of the safety chain (validity, zones, watchdog, e-stop) stopped the robot, or let go again."""

    stage: str
    cause: str
    active: bool = True


@attrs.frozen(slots=True)
class EpisodeEnded(Event):
    """The episode is over."""

    outcome: str
    cause: str = ""


Listener = Callable[[Event], None]


class Broadcast:
    """Hands events to listeners one at a time and in order, from whatever thread or signal handler they come.

    Who emits while another event is being handed out leaves theirs to that one and goes on: the watchdog and the
    e-stop never wait for a slow listener.
    """

    def __init__(self) -> None:
        self._listeners: list[Listener] = []
        self._waiting: collections.deque[Event] = collections.deque()
        self._busy = threading.Lock()
        self._busy_in = 0

    def listen(self, listener: Listener) -> None:
        """Call ``listener`` with every event from now on."""
        self._listeners.append(listener)

    def unlisten(self, listener: Listener) -> None:
        """Stop calling ``listener``: it has heard everything emitted so far, and is in the middle of nothing."""
        if self._busy_in == threading.get_ident():
            self._listeners.remove(listener)
            return
        with self._busy:
            try:
                self._hand_out()
            finally:
                self._listeners.remove(listener)

    def emit(self, event: Event) -> None:
        """Hand an event to every listener, in order; what one raises is raised here."""
        self._waiting.append(event)
        while self._waiting and self._busy.acquire(blocking=False):
            try:
                self._hand_out()
            finally:
                self._busy.release()

    def _hand_out(self) -> None:
        """Hand out what waits; only who holds the lock may."""
        self._busy_in = threading.get_ident()
        try:
            while self._waiting:
                event = self._waiting.popleft()
                for listener in tuple(self._listeners):
                    listener(event)
        finally:
            self._busy_in = 0
