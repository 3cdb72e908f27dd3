"""One action being carried out: asks its tracker for twists and decides how it ends.

Endings are typed and exclusive. Only a hold by the safety chain is waited out (``patience_s``, standing);
everything else ends the action at once.
"""

from __future__ import annotations

import math

from navila_sdk.actions import Action, Stop, TurnLeft, TurnRight, Wait
from navila_sdk.embodiment import Embodiment
from navila_sdk.execution.outcome import Execution, ExecutionMode, ExecutorSettings, Outcome
from navila_sdk.execution.safety.gate import FENCE_SLOW, ZONES_SLOW, Verdict
from navila_sdk.execution.trackers import Tracker, tracker_for
from navila_sdk.geometry import Pose2, Twist
from navila_sdk.observation import RobotState

SETTLE_M = 0.05  # a body that can't get closer than this to its goal has reached it all the same
SETTLE_RAD = math.radians(3)
SETTLE_S = 1.0  # if it has come no nearer for so long
SETTLE_MPS, SETTLE_RADPS = 0.1, 0.1  # is no faster than this
LATE = 0.5  # and has used up this part of its time: on a board's edge feet find no better place
PROGRESS_M = 0.01
PROGRESS_RAD = math.radians(1)
CREEP_M = 0.05  # legs don't follow commands so slow that they'd need the time of being stuck for this
CREEP_RAD = math.radians(5)


class ActionRun:
    """Carries out one action, tick by tick.

    Args:
        action: What to do.
        anchor: Odometry pose it's measured from.
        state: State at the start.
        body: The robot; must declare the action's verb.
        settings: Tolerances and limits.

    Raises:
        CapabilityError: The body can't do the action.
    """

    def __init__(
        self,
        action: Action,
        anchor: Pose2,
        state: RobotState,
        body: Embodiment,
        settings: ExecutorSettings,
    ) -> None:
        body.check_can(action)
        self.action = action
        self.anchor = anchor
        self._settings = settings
        self._start_s = state.time_s
        timed = settings.mode is ExecutionMode.TIMED
        self._turns = not timed and isinstance(action, (TurnLeft, TurnRight))
        self._tracker: Tracker = tracker_for(action, anchor, state.time_s, body, settings, timed=timed)
        ideal_s = self._tracker.remaining_s(state)
        allowed_s = settings.timeout_factor * ideal_s + settings.timeout_slack_s
        self._late_s, self._deadline_s = state.time_s + LATE * allowed_s, state.time_s + allowed_s
        self._still = isinstance(action, (Stop, Wait))
        self._progress_pose, self._progress_s = state.pose, state.time_s
        self._nearest, self._nearer_s = (math.inf, math.inf), state.time_s
        self._held_since_s: float | None = None
        self._ticked_s: float | None = None
        self._passed = not timed and not self._still and self._tracker.remaining(state) <= 0

    @property
    def goal(self) -> Pose2:
        """The odometry pose the action means."""
        return self._tracker.goal

    def remaining_s(self, state: RobotState) -> float:
        """Return an estimate of the time the action still takes."""
        return self._tracker.remaining_s(state)

    def cruise_s(self, state: RobotState) -> float:
        """Return an estimate of the time until the action slows down for its goal."""
        return self._tracker.cruise_s(state)

    def twist(self, state: RobotState) -> Twist:
        """Return the twist to ask for now."""
        return self._tracker.twist(state)

    def ended(
        self, state: RobotState, verdict: Verdict | None, now_s: float, *, flows: bool = False
    ) -> Execution | None:
        """Return how the action ended, or None while it goes on.

        Args:
            state: The freshest state.
            verdict: What the gate made of the last command.
            now_s: The robot's clock.
            flows: Whether the next action goes on in the same direction: then this one ends, unbraked, where
                braking for its goal would begin.
        """
        if verdict is not None and verdict.stage == "e-stop":
            return self.end(Outcome.ESTOPPED, state, now_s, verdict.cause)
        stood_s = 0.0 if self._ticked_s is None else now_s - self._ticked_s
        self._ticked_s = now_s
        if stood_s > self._settings.stalled_after_s:
            # The watchdog has stopped the robot meanwhile; after so long it mustn't start again by itself.
            return self.end(Outcome.STALE, state, now_s, f"the control loop stood still for {stood_s:.2f} s")
        if now_s - state.time_s > self._settings.stale_after_s:
            return self.end(Outcome.STALE, state, now_s, f"robot state is {now_s - state.time_s:.2f} s old")
        if self._tracker.arrived(state):
            return self.end(Outcome.REACHED, state, now_s)
        if self._passed:
            return self.end(Outcome.REACHED, state, now_s, "already passed")
        if flows and self._tracker.brakes(state):
            return self.end(Outcome.REACHED, state, now_s, "flows into the next move")
        held = self._held(verdict, state, now_s)
        if held is not None:
            return held
        if now_s > self._late_s and self._held_since_s is None and self._comes_no_nearer(state, now_s):
            settled = self._settled(state, now_s)
            if settled is not None:
                return settled
        if now_s > self._deadline_s:
            took_s = now_s - self._start_s
            return self.end(Outcome.TIMED_OUT, state, now_s, f"not there after {took_s:.1f} s")
        return self._stuck(state, verdict, now_s)

    def end(self, outcome: Outcome, state: RobotState, now_s: float, cause: str = "") -> Execution:
        """Return the record of the action ending now."""
        return Execution(self.action, outcome, self.anchor, self.goal, state.pose, self._start_s, now_s, cause)

    def _held(self, verdict: Verdict | None, state: RobotState, now_s: float) -> Execution | None:
        """Return the ending of an action that the safety chain has held for too long, or None."""
        if verdict is None or not verdict.stage:
            self._held_since_s = None
            return None
        if self._held_since_s is None:
            self._held_since_s = now_s
        # An obstacle may walk away; a sensor that failed is no reason to wait and then go on as if nothing had been.
        failed = verdict.stage == "validity" and verdict.source != "command"
        patience_s = self._settings.stale_after_s if failed else self._settings.patience_s
        if now_s - self._held_since_s < patience_s:
            return None
        return self.end(Outcome.STALE if failed else Outcome.BLOCKED, state, now_s, verdict.cause)

    def _stuck(self, state: RobotState, verdict: Verdict | None, now_s: float) -> Execution | None:
        """Return the ending of an action that makes no progress, or None."""
        moved = state.pose.distance_m(self._progress_pose) > PROGRESS_M
        turned = abs(self._progress_pose.relative(state.pose).yaw_rad) > PROGRESS_RAD
        if moved or turned or self._still or self._held_since_s is not None:
            self._progress_pose, self._progress_s = state.pose, now_s
            return None
        if now_s - self._progress_s < self._settings.stuck_after_s:
            return None
        settled = self._settled(state, now_s)
        if settled is not None:
            return settled
        if state.contact:
            return self.end(Outcome.BLOCKED, state, now_s, "in contact and not moving")
        before = self._creeps_before(verdict)
        if before:
            return self.end(Outcome.BLOCKED, state, now_s, f"slowed to nothing before {before}")
        return self.end(Outcome.STUCK, state, now_s, f"no progress for {now_s - self._progress_s:.1f} s")

    def _off(self, state: RobotState) -> tuple[float, float]:
        """Return how far the goal is, and how far off the heading; a full circle's goal is where it began."""
        off = state.pose.relative(self.goal)
        off_rad = self._tracker.remaining(state) if self._turns else off.yaw_rad
        return math.hypot(off.x_m, off.y_m), off_rad

    def _comes_no_nearer(self, state: RobotState, now_s: float) -> bool:
        """Return whether a body that is late has stopped closing in on its goal, though it may sway about it."""
        off_m, off_rad = self._off(state)
        nearest_m, nearest_rad = self._nearest
        if off_m < nearest_m - PROGRESS_M or abs(off_rad) < nearest_rad - PROGRESS_RAD:
            self._nearest, self._nearer_s = (min(off_m, nearest_m), min(abs(off_rad), nearest_rad)), now_s
        slow = state.twist.speed_mps <= SETTLE_MPS and abs(state.twist.wz_radps) <= SETTLE_RADPS
        return slow and now_s - self._nearer_s >= SETTLE_S

    def _settled(self, state: RobotState, now_s: float) -> Execution | None:
        """Return the ending of an action whose goal is as good as reached, or None."""
        off_m, off_rad = self._off(state)
        if abs(off_rad) > SETTLE_RAD or (off_m > SETTLE_M and not self._turns) or state.contact:
            return None
        cause = f"settled {off_m * 100:.1f} cm, {math.degrees(off_rad):.1f} degrees off"
        return self.end(Outcome.REACHED, state, now_s, cause)

    def _creeps_before(self, verdict: Verdict | None) -> str:
        """Return what the safety chain lets the body go on towards, but so slowly that it might as well stand."""
        if verdict is None:
            return ""
        within_s = self._settings.stuck_after_s
        far = verdict.sent.speed_mps * within_s > CREEP_M or abs(verdict.sent.wz_radps) * within_s > CREEP_RAD
        reasons = () if far else verdict.reasons
        return "an obstacle" if ZONES_SLOW in reasons else "the fence" if FENCE_SLOW in reasons else ""
