"""The two-clock loop: a planner thinks on the slow clock, the executor moves on the fast one.

``sync`` stops, thinks, moves. ``pipelined`` asks for the next plan so early that it arrives when the running
action ends; since every action is anchored to the pose of its frame, a late plan still means the same place.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping

import attrs

from navila_sdk.actions import MoveForward, Stop
from navila_sdk.agenda import Agenda
from navila_sdk.episode import Episode, EpisodeOutcome
from navila_sdk.errors import NavilaError, PlannerError, PlannerTimeoutError
from navila_sdk.events import (
    Commanded,
    EpisodeEnded,
    EpisodeStarted,
    Event,
    Observed,
    Planned,
)
from navila_sdk.execution.outcome import Execution, Outcome
from navila_sdk.execution.run import ActionRun
from navila_sdk.geometry import ZERO_TWIST, Pose2
from navila_sdk.grammar import Unparsed
from navila_sdk.instruction import checked_instruction
from navila_sdk.navigator_settings import NavigatorMode, NavigatorSettings
from navila_sdk.observation import RobotState
from navila_sdk.planner import Plan, Planner
from navila_sdk.robot import Robot
from navila_sdk.thinker import Thinker, Thought

_log = logging.getLogger(__name__)
_ENDINGS = {
    Outcome.TIMED_OUT: EpisodeOutcome.TIMED_OUT,
    Outcome.BLOCKED: EpisodeOutcome.BLOCKED,
    Outcome.STUCK: EpisodeOutcome.STUCK,
    Outcome.CANCELLED: EpisodeOutcome.CANCELLED,
    Outcome.STALE: EpisodeOutcome.STALE,
    Outcome.ESTOPPED: EpisodeOutcome.ESTOPPED,
}
_LAST_MOMENT_S = 0.3
WATCHED = -1
_RETRIED = {Outcome.BLOCKED, Outcome.STUCK, Outcome.TIMED_OUT}


class _Path:
    """Adds up the driven path from the states of the fast clock."""

    def __init__(self) -> None:
        self.points_m: list[tuple[float, float]] = []
        self.length_m = 0.0
        self.last = Pose2()

    def add(self, state: RobotState) -> None:
        if not state.pose.is_finite:
            return
        self.last = state.pose
        point = (state.pose.x_m, state.pose.y_m)
        if self.points_m:
            if point == self.points_m[-1]:
                return
            self.length_m += math.dist(self.points_m[-1], point)
        self.points_m.append(point)


class Navigator:
    """Runs one instruction with one planner on one robot.

    Args:
        planner: What decides.
        robot: What moves.
        settings: How the two clocks run.
        usable_at: For replay: when each observation's plan became usable; overrides the settings' charge.
    """

    def __init__(
        self,
        planner: Planner,
        robot: Robot,
        settings: NavigatorSettings | None = None,
        *,
        usable_at: Mapping[int, float] | None = None,
    ) -> None:
        self._robot = robot
        self.settings = settings or NavigatorSettings()
        self._prepared: str | None = None
        self._thinker = Thinker(planner, robot.clock, self.settings, usable_at)
        self._agenda = Agenda()
        self._run: ActionRun | None = None
        self._run_committed = False
        self._asked_ahead = False
        self._may_flow = False
        self._plans: list[Plan] = []
        self._executions: list[Execution] = []
        self._path = _Path()
        self._observed = 0
        self._seen_s = 0.0
        self._failures = 0
        self._unparsed = 0
        self._stale = 0
        self._idle_s = 0.0
        self._ending: tuple[EpisodeOutcome, str] | None = None

    def prepare(self, instruction: str) -> None:
        """Hand the instruction to the planner without moving; ``navigate`` does so where it isn't done yet.

        Raises:
            InstructionError: The instruction is empty, too long or not understood.
            PlannerError: The planner failed.
        """
        if self._ending is not None:
            raise PlannerError("this navigator has run its episode; make a new one for the next")
        instruction = checked_instruction(instruction)
        if self._prepared == instruction:
            return
        try:
            self._thinker.reset(instruction)
        except BaseException:
            self._thinker.close()
            raise
        self._prepared = instruction

    def navigate(self, instruction: str) -> Episode:
        """Carry out ``instruction`` and return what came of it; the robot stands at the end in any case.

        Raises:
            InstructionError: The instruction is empty, too long or not understood; nothing has moved.
            PlannerError: The planner failed before anything moved.
        """
        self.prepare(instruction)
        instruction = instruction.strip()
        robot, start_s = self._robot, self._robot.clock.now_s()
        robot.clear_cancel()
        robot.listen(self._watch)
        robot.emit(EpisodeStarted(start_s, instruction))
        try:
            with robot.stopping():
                self._loop(start_s, robot.estops)
                robot.drive(ZERO_TWIST)
        except KeyboardInterrupt:
            self._ending = (EpisodeOutcome.CANCELLED, "interrupted")
            self._thinker.close(at_once=True)
            raise
        # A driver is a plugin: whatever it raises ends the episode, standing, with the cause on record.
        except Exception as error:  # noqa: BLE001
            _log.debug("the episode ended by an exception", exc_info=True)
            self._ending = (EpisodeOutcome.ROBOT_FAILED, f"{type(error).__name__}: {error}")
        finally:
            self._thinker.close()
            robot.unlisten(self._watch)
            outcome, cause = self._ending or (EpisodeOutcome.CANCELLED, "left early")
            robot.emit(EpisodeEnded(robot.clock.now_s(), str(outcome), cause))
        return Episode(
            instruction=instruction,
            outcome=outcome,
            cause=cause,
            plans=tuple(self._plans),
            executions=tuple(self._executions),
            path_m=tuple(self._path.points_m),
            final_pose=self._path.last,
            path_length_m=self._path.length_m,
            duration_s=robot.clock.now_s() - start_s,
            idle_s=self._idle_s,
        )

    # -- the loop -------------------------------------------------------------------------------

    def _loop(self, start_s: float, estops: int) -> None:
        robot = self._robot
        while self._ending is None:
            now_s = robot.clock.now_s()
            if now_s - start_s > self.settings.max_time_s:
                self._end(EpisodeOutcome.TIME_LIMIT, f"{self.settings.max_time_s:g} s are over")
                return
            if robot.cancelled and self._run is None:
                self._end(EpisodeOutcome.CANCELLED, "cancelled")
                return
            # One that was released meanwhile ends the episode too: nothing goes on by itself.
            if (robot.estop_cause or robot.estops != estops) and self._run is None:
                self._end(EpisodeOutcome.ESTOPPED, robot.estop_cause or "e-stopped, and released meanwhile")
                return
            self._think(now_s)
            if self._ending is not None:
                return
            if self._run is None:
                self._begin_next()
            if self._run is None:
                self._idle_s += robot.period_s
            run = self._run
            flows = run is not None and self._agenda.continues(run.action, run.goal)
            execution = robot.tick(run, flows=flows)
            if execution is not None:
                self._conclude(execution)

    def _begin_next(self) -> None:
        item = self._agenda.next()
        if item is not None:
            self._run = self._robot.begin(item.action, item.anchor)
            self._run_committed = item.committed
            state, latency_s = self._robot.state(), self._thinker.expected_latency_s
            self._asked_ahead = latency_s <= 0
            self._may_flow = isinstance(item.action, MoveForward) and self._run.cruise_s(state) > latency_s

    def _conclude(self, execution: Execution) -> None:
        """Note how an action ended, and decide whether the episode goes on."""
        self._executions.append(execution)
        self._run = None
        if execution.outcome.ok:
            self._failures = 0
            if execution.action == Stop():
                self._end(EpisodeOutcome.STOPPED)
            return
        fixed = self._run_committed or self._agenda.committed
        self._agenda.clear()
        self._failures += 1
        if execution.outcome not in _RETRIED or fixed or self._failures > self.settings.blocked_retries:
            self._end(_ENDINGS[execution.outcome], f"{execution.action}: {execution.cause}")

    def _end(self, outcome: EpisodeOutcome, cause: str = "") -> None:
        self._ending = (outcome, cause)

    # -- thinking -------------------------------------------------------------------------------

    def _think(self, now_s: float) -> None:
        if self._wants_plan():
            if self._observed >= self.settings.max_plans:
                self._end(EpisodeOutcome.STEP_LIMIT, f"{self.settings.max_plans} plans are used up")
                return
            observation = self._robot.observe()
            self._robot.emit(Observed(now_s, observation, self._observed))
            self._thinker.submit(observation, self._observed)
            self._observed += 1
            self._seen_s = now_s
        elif self._wants_frame(now_s):
            observation = self._robot.observe()
            self._robot.emit(Observed(now_s, observation, WATCHED))
            self._thinker.watch(observation)
            self._seen_s = now_s
        thought = self._thinker.poll()
        if thought is not None:
            self._take(thought)

    def _wants_frame(self, now_s: float) -> bool:
        """Whether a frame is due that is only watched: the robot moves, and the last one is old enough."""
        rate_hz = self.settings.watch_hz
        if rate_hz <= 0 or self._run is None or not self._thinker.watches:
            return False
        return now_s >= self._seen_s + 1 / rate_hz - 1e-9

    def _wants_plan(self) -> bool:
        """Whether it's time to ask: standing with nothing to do, or just early enough while moving."""
        if self._thinker.busy or self._agenda.committed or self._agenda.final:
            return False
        if self._run is None:
            return not len(self._agenda)
        if self.settings.mode is NavigatorMode.SYNC or self._asked_ahead or self._run.action == Stop():
            return False
        latency_s, state = self._thinker.expected_latency_s, self._robot.state()
        # Long moves are asked about so early that they can flow on unbraked, short ones and turns so late
        # that the frame still shows something new.
        left_s = self._run.cruise_s(state) if self._may_flow else self._run.remaining_s(state)
        self._asked_ahead = left_s <= latency_s
        return self._asked_ahead

    def _take(self, thought: Thought) -> None:
        """Adopt a plan, or say why not."""
        robot, now_s = self._robot, self._robot.clock.now_s()
        plan = thought.plan
        if plan is None:
            assert thought.error is not None
            hung = isinstance(thought.error, PlannerTimeoutError)
            self._end(
                EpisodeOutcome.PLANNER_TIMED_OUT if hung else EpisodeOutcome.PLANNER_FAILED,
                str(thought.error),
            )
            return
        if not plan.actions:
            self._unparsed += 1
            reason = plan.unparsed.reason if plan.unparsed is not None else "no action"
            robot.emit(Planned(now_s, plan, thought.index, used=False, note=f"unparsed: {reason}"))
            if self._unparsed > self.settings.unparsed_retries:
                self._end(EpisodeOutcome.UNPARSED, f"{plan.raw[:200]!r}: {reason}")
            return
        self._unparsed = 0
        age_s = now_s - plan.time_s
        if age_s > self.settings.max_plan_age_s:
            note = f"stale: {age_s:.2f} s old, limit {self.settings.max_plan_age_s:g} s"
            robot.emit(Planned(now_s, plan, thought.index, used=False, note=note))
            self._stale += 1
            if self._stale > self.settings.stale_retries:
                self._end(EpisodeOutcome.STALE, f"{self._stale} plans in a row were {note}")
            return
        self._stale = 0
        try:
            for action in plan.actions:
                # Made again, so that an amount that was smuggled past its check is caught here.
                robot.embodiment.check_can(attrs.evolve(action))
        except NavilaError as error:
            note = str(error)
            bare = attrs.evolve(
                plan, actions=(), committed=0, probabilities=None, unparsed=Unparsed(plan.raw, note, (0, 0))
            )
            robot.emit(Planned(now_s, bare, thought.index, used=False, note=note))
            self._end(EpisodeOutcome.PLANNER_FAILED, note)
            return
        robot.emit(Planned(now_s, plan, thought.index))
        self._plans.append(plan)
        self._agenda.adopt(plan)
        run = self._run
        if run is not None and not self._agenda.adds_to(run.action, run.goal):
            # The frame was taken so early that its plan ends where the robot is going already: look again.
            self._agenda.clear()
            self._asked_ahead = False
        if plan.action == Stop() and self._run is not None and self._worth_cutting(self._run):
            cut = robot.finish(self._run, Outcome.CANCELLED, "the planner says stop")
            self._executions.append(cut)
            self._run = None

    def _worth_cutting(self, run: ActionRun) -> bool:
        """Whether a stop should end the running action instead of waiting for its last moment."""
        return not self._run_committed and run.remaining_s(self._robot.state()) > _LAST_MOMENT_S

    def _watch(self, event: Event) -> None:
        if isinstance(event, Commanded):
            self._path.add(event.state)
