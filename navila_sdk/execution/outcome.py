"""How an action ended, and the settings that decide it."""

from __future__ import annotations

import enum

import attrs

from navila_sdk.actions import Action
from navila_sdk.geometry import Pose2
from navila_sdk.world import Driver, Stepped

_HALF_A_STEP = 0.51


class Outcome(enum.StrEnum):
    """How the execution of an action ended; every ending but REACHED leaves the robot stopped."""

    REACHED = "reached"
    TIMED_OUT = "timed out"
    BLOCKED = "blocked"
    STUCK = "stuck"
    CANCELLED = "cancelled"
    STALE = "stale"
    ESTOPPED = "e-stopped"

    @property
    def ok(self) -> bool:
        """Whether the action did what it says."""
        return self is Outcome.REACHED


@attrs.frozen(slots=True)
class Execution:
    """One action carried out.

    Attributes:
        action: What was asked.
        outcome: How it ended.
        anchor: Odometry pose the action was measured from.
        goal: Odometry pose it meant.
        final_pose: Odometry pose it ended at.
        start_s: Start on the robot's clock.
        end_s: End on the robot's clock.
        cause: One line for people where the outcome isn't REACHED.
    """

    action: Action
    outcome: Outcome
    anchor: Pose2
    goal: Pose2
    final_pose: Pose2
    start_s: float
    end_s: float
    cause: str = ""

    @property
    def error_m(self) -> float:
        """Distance between where it ended and where it should have."""
        return self.goal.distance_m(self.final_pose)


class ExecutionMode(enum.StrEnum):
    """How an action becomes motion.

    ANCHORED tracks the goal on odometry; TIMED drives NaVILA's fixed velocities for the sentence's duration
    (0.5 m/s, pi/6 rad/s), open loop.
    """

    ANCHORED = "anchored"
    TIMED = "timed"


@attrs.frozen(slots=True, kw_only=True)
class ExecutorSettings:
    """How actions are tracked and when they are given up.

    Attributes:
        mode: Anchored tracking or timed open loop.
        position_tolerance_m: Arrival tolerance of the position.
        yaw_tolerance_rad: Arrival tolerance of the heading.
        timeout_factor: An action may take this many times its ideal duration ...
        timeout_slack_s: ... plus this.
        patience_s: How long the safety chain may hold the robot before the action is Blocked.
        stuck_after_s: How long the robot may make no progress while commanded before it's Stuck.
        stale_after_s: A robot state older than this ends the action as Stale; so does any sensor the safety chain
            hasn't believed for this long. Shorter hiccups are waited out, standing.
        stalled_after_s: A control loop that stood still for longer, with the watchdog's zero, ends the action as Stale.
        skirt_m: How far a straight move may shift aside of what stands in its way, for bodies that can side-step, and
            how far a turn may step to make room for itself; 0 never.
    """

    mode: ExecutionMode = ExecutionMode.ANCHORED
    position_tolerance_m: float = 0.01
    yaw_tolerance_rad: float = 0.0087
    timeout_factor: float = 3.0
    timeout_slack_s: float = 3.0
    patience_s: float = 3.0
    stuck_after_s: float = 2.0
    stale_after_s: float = 0.5
    stalled_after_s: float = 1.0
    skirt_m: float = 0.2

    def reachable(self, driver: Driver) -> ExecutorSettings:
        """Return tolerances that a driver's body can keep: half a step where it moves by whole steps only."""
        if not isinstance(driver, Stepped):
            return self
        return attrs.evolve(
            self,
            position_tolerance_m=max(self.position_tolerance_m, _HALF_A_STEP * driver.stride_m),
            yaw_tolerance_rad=max(self.yaw_tolerance_rad, _HALF_A_STEP * driver.turn_rad),
        )
