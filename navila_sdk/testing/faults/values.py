"""What a fault is: what it does to a driver or a planner from a moment on, and how an episode may end by it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import attrs

from navila_sdk.geometry import Twist
from navila_sdk.observation import Observation, RobotState
from navila_sdk.planner import Plan

if TYPE_CHECKING:
    from navila_sdk.testing.faults.trial import Trial


def _same_state(state: RobotState, _: Trial) -> RobotState:
    return state


def _same_frame(frame: Observation, _: Trial) -> Observation:
    return frame


def _same_command(_: Twist, __: Trial) -> None:
    return


def _nothing(_: Trial) -> None:
    return


@attrs.frozen(slots=True, kw_only=True)
class Fault:
    """Something that breaks while the robot moves.

    Attributes:
        id: Short name.
        what: What happens, for people.
        ends: How the episode may end; "stopped" is its proper end, for what must do no harm.
        state: What the state becomes while it lasts; may raise or block.
        frame: What the camera's frame becomes; may raise or block.
        command: Called before a command reaches the body; may raise or block.
        sent: Called after it has; may raise or block.
        plan: What the planner answers; may raise or block. None leaves the planner alone.
        begin: Called once as it begins.
        over: Called once when it is over: the repaired thing must not set the robot in motion again.
        first: The plan's actions by their sentences, where the fault needs others.
        real_time: Whether it only makes sense on a real clock.
        heavy: Whether it loads the whole machine; not for test suites.
        finishes: Whether the action under way may be finished first: no thing that keeps the robot safe has failed.
        at_once: Whether it's there before the robot moves.
    """

    id: str
    what: str
    ends: tuple[str, ...]
    state: Callable[[RobotState, Trial], RobotState] = _same_state
    frame: Callable[[Observation, Trial], Observation] = _same_frame
    command: Callable[[Twist, Trial], None] = _same_command
    sent: Callable[[Twist, Trial], None] = _same_command
    plan: Callable[[Trial], Plan] | None = None
    begin: Callable[[Trial], None] = _nothing
    over: Callable[[Trial], None] = _nothing
    first: tuple[str, ...] = ()
    real_time: bool = False
    heavy: bool = False
    finishes: bool = False
    at_once: bool = False

    @property
    def harmless(self) -> bool:
        """Whether the robot must go on as if nothing had been."""
        return self.ends == ("stopped",)
