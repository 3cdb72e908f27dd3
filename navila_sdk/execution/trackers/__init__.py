"""Anchored tracking: from an action and the pose it's measured from to twists that end exactly there.

The goal is a pose in odometry, fixed when the action's frame was taken, so neither latency nor a body
that is faster or slower than commanded changes where an action ends.
"""

from __future__ import annotations

from navila_sdk.actions import (
    Action,
    MoveBackward,
    MoveForward,
    StepLeft,
    StepRight,
    TurnLeft,
    TurnRight,
)
from navila_sdk.embodiment import Embodiment
from navila_sdk.execution.outcome import ExecutorSettings
from navila_sdk.execution.trackers.still import StillTracker
from navila_sdk.execution.trackers.timed import TimedTracker
from navila_sdk.execution.trackers.tracker import Tracker
from navila_sdk.execution.trackers.translation import TranslationTracker
from navila_sdk.execution.trackers.turn import TurnTracker
from navila_sdk.geometry import Pose2

__all__ = ["Tracker", "tracker_for"]


def tracker_for(
    action: Action,
    anchor: Pose2,
    start_s: float,
    body: Embodiment,
    settings: ExecutorSettings,
    *,
    timed: bool = False,
) -> Tracker:
    """Return what carries out ``action`` measured from ``anchor``.

    Args:
        action: What to do.
        anchor: Odometry pose its frame was taken at.
        start_s: Time it begins.
        body: The robot.
        settings: Tolerances.
        timed: Use NaVILA's open-loop velocities instead of tracking.
    """
    if isinstance(action, (MoveForward, MoveBackward, StepLeft, StepRight)):
        if timed:
            return TimedTracker(action, anchor, start_s)
        return TranslationTracker(action, anchor, body, settings)
    if isinstance(action, (TurnLeft, TurnRight)):
        if timed:
            return TimedTracker(action, anchor, start_s)
        return TurnTracker(action, anchor, body, settings)
    return StillTracker(action, anchor, start_s)
