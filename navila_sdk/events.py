"""What happens during an episode, as values: the recorder, the live view and plugin hooks only listen.

Every event carries the time on the robot's clock. Listeners are called in order, in the thread of the loop.
"""

from __future__ import annotations

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
