"""What a navigated instruction comes to."""

from __future__ import annotations

import enum
from pathlib import Path

import attrs

from navila_sdk.actions import Action
from navila_sdk.execution.outcome import Execution
from navila_sdk.geometry import Pose2
from navila_sdk.planner import Plan


class EpisodeOutcome(enum.StrEnum):
    """How an episode ended."""

    STOPPED = "stopped"  # the planner said stop: the instruction is done, in its own view
    STEP_LIMIT = "step limit"
    TIME_LIMIT = "time limit"
    BLOCKED = "blocked"
    STUCK = "stuck"
    TIMED_OUT = "timed out"
    CANCELLED = "cancelled"
    ESTOPPED = "e-stopped"
    STALE = "stale"
    UNPARSED = "unparsed"
    PLANNER_FAILED = "planner failed"
    PLANNER_TIMED_OUT = "planner timed out"
    ROBOT_FAILED = "robot failed"

    @property
    def ok(self) -> bool:
        """Whether the planner ended the episode by saying stop."""
        return self is EpisodeOutcome.STOPPED


@attrs.frozen(slots=True, kw_only=True)
class Episode:
    """The result of one instruction.

    Attributes:
        instruction: What was asked.
        outcome: How it ended.
        cause: One line for people where it didn't end by Stop.
        plans: Every plan the navigator took up.
        executions: Every action carried out, in order (Stop included).
        path_m: Odometry positions on the fast clock, (x_m, y_m).
        final_pose: Odometry pose at the end, relative to the start.
        path_length_m: Length of the driven path.
        duration_s: Time on the robot's clock.
        idle_s: Time the robot stood still waiting for a plan.
        folder: Where the recording lies, if one was made.
    """

    instruction: str
    outcome: EpisodeOutcome
    cause: str = ""
    plans: tuple[Plan, ...] = ()
    executions: tuple[Execution, ...] = ()
    path_m: tuple[tuple[float, float], ...] = attrs.field(default=(), repr=False)
    final_pose: Pose2 = attrs.field(factory=Pose2)
    path_length_m: float = 0.0
    duration_s: float = 0.0
    idle_s: float = 0.0
    folder: Path | None = None

    @property
    def actions(self) -> tuple[Action, ...]:
        """The actions carried out, in order."""
        return tuple(execution.action for execution in self.executions)
