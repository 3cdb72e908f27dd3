"""A live robot: an embodiment in a world, behind the safety chain.

The driver a plugin made is held privately: every command goes ``drive -> gate -> watchdog -> driver``, and
zero is sent on every way out.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import logging
import threading
import weakref
from collections.abc import Generator, Mapping, Sequence
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from navila_sdk.actions import Action
from navila_sdk.clock import Clock, SimulatedClock, WallClock
from navila_sdk.embodiment import Embodiment
from navila_sdk.errors import EStopLatchedError, SafetyError, SensorStaleError
from navila_sdk.events import ActionEnded, ActionStarted, Broadcast, Commanded, Event, Listener, SafetyEvent
from navila_sdk.execution.outcome import Execution, ExecutorSettings, Outcome
from navila_sdk.execution.run import ActionRun
from navila_sdk.execution.safety.gate import SafetyGate, Verdict
from navila_sdk.execution.safety.lookout import Lookout
from navila_sdk.execution.safety.outlet import Outlet
from navila_sdk.execution.safety.settings import SafetySettings
from navila_sdk.geometry import ZERO_TWIST, Pose2, Twist
from navila_sdk.observation import Observation, PointCloud, RobotState
from navila_sdk.scenes import Scene
from navila_sdk.world import Driver, Measuring, Metered, Pictured, SimulatedDriver

_log = logging.getLogger(__name__)
_open_robots: weakref.WeakSet[Robot] = weakref.WeakSet()


@atexit.register
def _close_all() -> None:
    for robot in list(_open_robots):
        robot.close()


def _note_expired(news: Broadcast, clock: Clock, age_s: float) -> None:
    news.emit(SafetyEvent(clock.now_s(), "watchdog", f"no command for {age_s:.2f} s: zero sent"))


class Robot:
    """Senses and moves. Use it as a context manager; it's stopped and released however the block ends.

    Args:
        embodiment: The robot's record.
        driver: What a world made of it; owned by the robot from now on.
        executor: How actions are tracked.
        safety: What the safety chain allows.
        pace: Simulated seconds per wall second at most; None is as fast as possible.
        clock: The robot's clock, for drivers that bring their own (replay); made from the driver otherwise.
        made_from: What ``connect`` was asked for (world, scene, seed, options), for the recording.
    """

    def __init__(
        self,
        embodiment: Embodiment,
        driver: Driver,
        *,
        executor: ExecutorSettings | None = None,
        safety: SafetySettings | None = None,
        pace: float | None = None,
        clock: Clock | None = None,
        made_from: Mapping[str, Any] | None = None,
    ) -> None:
        self.embodiment = embodiment
        self.made_from: Mapping[str, Any] = made_from or {}
        self.executor_settings = (executor or ExecutorSettings()).reachable(driver)
        self.safety_settings = safety or SafetySettings()
        self._driver = driver
        self.clock: Clock = clock or (
            SimulatedClock(driver.advance, driver.step_s, pace) if isinstance(driver, SimulatedDriver) else WallClock()
        )
        self.period_s = 1 / embodiment.control_hz
        self._gate = SafetyGate(embodiment, self.safety_settings)
        self._lookout = Lookout(embodiment, driver, self.safety_settings.zones_from)
        self._news = Broadcast()
        self._cancelled = threading.Event()
        self._stage = ("", "")
        self._estops_known = 0
        self._frame_stale_s = max(self.safety_settings.frame_stale_s, 2 / embodiment.camera.rate_hz)
        self.verdict: Verdict | None = None
        self._closed = False
        expired = functools.partial(_note_expired, self._news, self.clock)  # not a method: the outlet would hold us
        self._outlet = Outlet(driver.send, self._gate, self.clock, self.safety_settings, self.period_s, expired)
        _open_robots.add(self)

    # -- senses ---------------------------------------------------------------------------------

    @property
    def scene(self) -> Scene | None:
        """The scene, in worlds that know theirs."""
        return getattr(self._driver, "scene", None)

    def observe(self) -> Observation:
        """Return the freshest camera frame with the pose it was taken at.

        Raises:
            SensorStaleError: It's older than ``safety.frame_stale_s``: the camera has stopped.
        """
        self._check_open()
        frame = self._driver.observe()
        age_s, limit_s = self.clock.now_s() - frame.time_s, self._frame_stale_s
        if abs(age_s) > limit_s:
            old = f"is {age_s:.1f} s old" if age_s > 0 else f"is {-age_s:.1f} s ahead of the robot's clock"
            raise SensorStaleError(
                f"the camera's newest frame {old}, limit {limit_s:g} s (safety.frame_stale_s): the camera has stopped, "
                "or its times are on another clock"
            )
        return frame

    def state(self) -> RobotState:
        """Return the freshest robot state."""
        self._check_open()
        return self._driver.state()

    def cloud(self) -> PointCloud | None:
        """Return the freshest LiDAR scan, or None without a LiDAR."""
        self._check_open()
        return self._driver.cloud()

    def true_pose(self) -> Pose2 | None:
        """Return the exact pose in the scene's frame where the world knows it; for judges, not planners."""
        return self._driver.true_pose() if isinstance(self._driver, SimulatedDriver) else None

    def way_m(self, start_m: tuple[float, float], goal_m: tuple[float, float]) -> float | None:
        """Return the shortest way between two points as the world has it (inf: none), or None where it has none."""
        return self._driver.way_m(start_m, goal_m) if isinstance(self._driver, Measuring) else None

    def energy_j(self) -> float | None:
        """Return the work of the motors so far, in joules, or None where the world doesn't know it."""
        return self._driver.energy_j() if isinstance(self._driver, Metered) else None

    def picture(self, width_px: int, height_px: int) -> NDArray[np.uint8] | None:
        """Return a third-person picture, uint8 (H, W, 3), or None where the world can't draw itself."""
        return self._driver.overview(width_px, height_px) if isinstance(self._driver, Pictured) else None

    # -- motion ---------------------------------------------------------------------------------

    def drive(self, twist: Twist, *, state: RobotState | None = None) -> Twist:
        """Command a body velocity, valid until the watchdog's time limit, and return what was really sent.

        Args:
            twist: What is wanted.
            state: The state the command was made from; read anew where it isn't given.
        """
        self._check_open()
        now_s = self.clock.now_s()
        state = self._lookout.looked(state or self._driver.state())
        verdict = self._outlet.drive(twist, state, now_s)
        self.verdict = verdict
        self._note_stage(verdict, now_s)
        self.emit(Commanded(now_s, state, twist, verdict.sent, verdict.reasons))
        return verdict.sent

    def execute(self, action: Action, *, anchor: Pose2 | None = None) -> Outcome:
        """Carry out one action and return how it ended; the robot stands afterwards.

        Args:
            action: What to do.
            anchor: Odometry pose it's measured from (``plan.pose``); the present one where it isn't given.

        Raises:
            CapabilityError: The embodiment doesn't declare the action's verb; nothing has moved.
            EStopLatchedError: The e-stop is latched.
        """
        return self.run((action,), anchor=anchor)[-1].outcome

    def run(self, actions: Sequence[Action], *, anchor: Pose2 | None = None) -> list[Execution]:
        """Carry out actions in order, each anchored where the one before ideally ends, until one fails.

        Args:
            actions: What to do; every verb is checked before the first moves.
            anchor: Odometry pose the first one is measured from; the present one where it isn't given.
        """
        if self._gate.estop_cause:
            raise EStopLatchedError(
                f"the e-stop is latched ({self._gate.estop_cause}): make sure the robot is safe, "
                "then call reset_estop()"
            )
        for action in actions:
            self.embodiment.check_can(action)
        self._cancelled.clear()
        done: list[Execution] = []
        with self.stopping():
            for action in actions:
                run = self.begin(action, anchor)
                while (execution := self.tick(run)) is None:
                    pass
                done.append(execution)
                anchor = run.goal
                if not execution.outcome.ok:
                    break
        return done

    def begin(self, action: Action, anchor: Pose2 | None = None) -> ActionRun:
        """Start an action without moving yet; ``tick`` carries it on."""
        state = self.state()
        run = ActionRun(action, anchor or state.pose, state, self.embodiment, self.executor_settings)
        self.emit(ActionStarted(self.clock.now_s(), action, run.anchor, run.goal))
        # What stopped an earlier action says nothing of this one.
        self.verdict = None
        self._estops_known = self._gate.estops
        return run

    def tick(self, run: ActionRun | None, *, flows: bool = False) -> Execution | None:
        """Run one period of the fast clock for ``run`` (None stands still); return its ending, if any.

        Args:
            run: The action under way.
            flows: Whether the next action goes on in the same direction, so that braking can be left out.
        """
        now_s = self.clock.now_s()
        state = self.state()
        execution: Execution | None = None
        if run is not None:
            if self._gate.estops != self._estops_known:
                cause = self._gate.estop_cause or "e-stopped, and released meanwhile"
                execution = run.end(Outcome.ESTOPPED, state, now_s, cause)
            elif self._cancelled.is_set():
                execution = run.end(Outcome.CANCELLED, state, now_s, "cancelled")
            else:
                execution = run.ended(state, self.verdict, now_s, flows=flows)
        twist = run.twist(state) if run is not None and execution is None else ZERO_TWIST
        if execution is not None:
            self.emit(ActionEnded(now_s, execution))
            if execution.outcome.ok:
                return execution
        self.drive(twist, state=state)
        self.clock.sleep_until(now_s + self.period_s)
        return execution

    def finish(self, run: ActionRun, outcome: Outcome, cause: str) -> Execution:
        """End a running action from outside and return its record; the caller decides what moves next."""
        now_s = self.clock.now_s()
        execution = run.end(outcome, self.state(), now_s, cause)
        self.emit(ActionEnded(now_s, execution))
        return execution

    def stand(self, duration_s: float) -> None:
        """Stand still for a while, with the fast clock running."""
        end_s = self.clock.now_s() + duration_s
        while self.clock.now_s() < end_s:
            self.tick(None)

    def cancel(self) -> None:
        """End the running action as CANCELLED; may be called from any thread."""
        self._cancelled.set()

    @property
    def cancelled(self) -> bool:
        """Whether ``cancel`` was called since the last action or episode began."""
        return self._cancelled.is_set()

    def clear_cancel(self) -> None:
        """Forget an earlier ``cancel``."""
        self._cancelled.clear()

    # -- stopping -------------------------------------------------------------------------------

    def estop(self, cause: str = "asked for") -> None:
        """Stop at once and latch; nothing moves until ``reset_estop``. May be called from any thread."""
        self._gate.estop(cause)
        self._outlet.halt()
        self._note_stage(Verdict(ZERO_TWIST, "e-stop", self._gate.estop_cause), self.clock.now_s())

    @property
    def estops(self) -> int:
        """How often the e-stop was latched so far; whoever moves the robot stops when it grows."""
        return self._gate.estops

    def reset_estop(self) -> None:
        """Release the e-stop."""
        self._gate.reset_estop()

    @property
    def estop_cause(self) -> str:
        """Why the e-stop is latched; empty while it isn't."""
        return self._gate.estop_cause

    def stop(self) -> None:
        """Send zero now, past every limit."""
        if not self._closed:
            self._outlet.halt()

    @contextlib.contextmanager
    def stopping(self) -> Generator[None]:
        """Send zero however the block ends; what it raised comes before what a broken driver says to that."""
        try:
            yield
        except BaseException:
            try:
                self.stop()
            # A driver is a plugin; the first error says what happened.
            except Exception as error:  # noqa: BLE001
                _log.warning("zero couldn't be sent: %s: %s", type(error).__name__, error)
            raise
        self.stop()

    def close(self) -> None:
        """Stop the robot and let go of it; a second call does nothing."""
        if self._closed:
            return
        try:
            self._outlet.halt()
        finally:
            self._closed = True
            self._outlet.close()
            _open_robots.discard(self)
            self._driver.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # -- listeners ------------------------------------------------------------------------------

    def listen(self, listener: Listener) -> None:
        """Call ``listener`` with every event from now on."""
        self._news.listen(listener)

    def unlisten(self, listener: Listener) -> None:
        """Stop calling ``listener``."""
        self._news.unlisten(listener)

    def emit(self, event: Event) -> None:
        """Hand an event to every listener, in order."""
        self._news.emit(event)

    # -- inside ---------------------------------------------------------------------------------

    def _check_open(self) -> None:
        if self._closed:
            raise SafetyError(f"{self.embodiment.name} is closed; connect again")

    def _note_stage(self, verdict: Verdict, now_s: float) -> None:
        """Emit a safety event when something else than before stops the robot, or nothing any more."""
        stage = (verdict.stage, verdict.source)
        if stage == self._stage:
            return
        before, self._stage = self._stage, stage
        if before[0]:
            self.emit(SafetyEvent(now_s, before[0], "over", active=False))
        if verdict.stage:
            self.emit(SafetyEvent(now_s, verdict.stage, verdict.cause))
