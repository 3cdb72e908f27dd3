"""One fault, one robot: drive, let it break, and write down what the body was told, and whether it ever moved again."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from pathlib import Path

import attrs

from navila_sdk.embodiment import Embodiment
from navila_sdk.errors import NavilaError, OutputError
from navila_sdk.execution.outcome import ExecutorSettings
from navila_sdk.execution.safety.settings import SafetySettings
from navila_sdk.geometry import Pose2, Twist
from navila_sdk.language import parse_action
from navila_sdk.navigator import Navigator
from navila_sdk.navigator_settings import NavigatorSettings
from navila_sdk.observation import Observation, RobotState
from navila_sdk.recording import EpisodeRecorder, read_log
from navila_sdk.robot import Robot
from navila_sdk.testing.fake import FakePlanner
from navila_sdk.testing.faults.live import LiveBody
from navila_sdk.testing.faults.patient import LivePatient, PatientDriver, PatientPlanner, SimulatedPatient
from navila_sdk.testing.faults.values import Fault
from navila_sdk.world import SimulatedDriver

SAFETY = SafetySettings(sensor_stale_s=0.2)
EXECUTOR = ExecutorSettings(patience_s=0.4, stale_after_s=0.4, stalled_after_s=0.5)
NAVIGATOR = NavigatorSettings(planner_timeout_s=1.0, max_plan_age_s=1.0, blocked_retries=1, unparsed_retries=1)
ACTIONS = ("move forward 75 cm", "turn left 15 degrees", "move forward 75 cm", "move forward 75 cm", "stop")
HOLD_S = 1.0
_SETTLED_S = 0.3
_WATCHED_S = 1.0
_STILL_M, _STILL_RAD = 0.01, 0.02


@attrs.define(slots=True)
class Trial:
    """What a fault may look at and act on."""

    fault: Fault
    folder: Path
    driver: PatientDriver = attrs.field(init=False)
    robot: Robot = attrs.field(init=False)
    recorder: EpisodeRecorder = attrs.field(init=False)
    state: RobotState | None = None
    """The state at the fault's beginning."""
    frame: Observation | None = None
    """The last frame before it."""
    ill: bool = False
    began_s: float | None = None
    cure: list[Callable[[], None]] = attrs.field(factory=list[Callable[[], None]])
    """What undoes the fault."""
    once: bool = False
    """For faults that strike once."""
    answers: int = 0
    """What a broken planner has answered so far."""

    def begin(self, state: RobotState | None) -> None:
        """Let the fault begin, if it hasn't yet."""
        if self.began_s is not None:
            return
        self.state = state
        self.began_s = self.driver.now_s
        self.ill = True
        self.fault.begin(self)

    def wait(self, seconds: float) -> None:
        """Let wall time pass: what a call that blocks does."""
        time.sleep(seconds)

    def wait_once(self, seconds: float) -> None:
        """Do so the first time only."""
        if not self.once:
            self.once = True
            time.sleep(seconds)

    def end(self) -> None:
        """Let it be over."""
        if self.ill:
            self.ill = False
            self.fault.over(self)
        while self.cure:
            self.cure.pop()()


@attrs.frozen(slots=True, kw_only=True)
class Finding:
    """What a fault came to.

    Attributes:
        id: The fault's.
        outcome: How the episode ended; the error's name where it raised one.
        cause: What the user is told.
        to_zero_s: From its beginning to the command from which all are zero; None where it never began.
        stood: Whether the body stands at the end.
        resumed: Whether the body was told to move after the episode's end, the fault being over.
        commands: Ticks in the recording, as far as it can be read.
    """

    id: str
    outcome: str
    cause: str
    to_zero_s: float | None
    stood: bool
    resumed: bool
    commands: int

    def wrong(self, fault: Fault, within_s: float) -> str:
        """Return what isn't as it must be, in words; "" where all is.

        Args:
            fault: The fault.
            within_s: The longest time to zero that is accepted, where nothing may be finished first.
        """
        if self.to_zero_s is None:
            return "the fault never began"
        if self.outcome not in fault.ends:
            return f"ended as {self.outcome!r} ({self.cause}), not as {' or '.join(fault.ends)}"
        if not self.stood or self.resumed:
            return "the body moved on after the end"
        if not self.commands:
            return "the recording can't be read"
        if not (fault.harmless or fault.finishes) and self.to_zero_s > within_s:
            return f"zero after {self.to_zero_s:.2f} s"
        return ""


def undergo(
    fault: Fault, body: Embodiment, world: Callable[[], SimulatedDriver], folder: Path, *, live: bool
) -> Finding:
    """Drive a robot, let a fault befall it, and return what came of it.

    Args:
        fault: What breaks.
        body: The robot's record.
        world: Makes the simulated robot, on open ground.
        folder: For the recording; must be empty.
        live: Whether the robot lives in real time; simulated time otherwise.
    """
    trial = Trial(fault, folder)
    driver = LivePatient(LiveBody(world(), HOLD_S), trial) if live else SimulatedPatient(world(), trial)
    trial.driver = driver
    clock = driver.clock if isinstance(driver, LivePatient) else None
    actions = [parse_action(sentence) for sentence in fault.first or ACTIONS]
    planner = PatientPlanner(FakePlanner(actions), trial)  # type: ignore[arg-type] - sentences of ours are actions
    with Robot(body, driver, safety=SAFETY, executor=EXECUTOR, clock=clock) as robot:
        trial.robot = robot
        trial.recorder = EpisodeRecorder(folder)
        robot.listen(trial.recorder)
        outcome, cause = _episode(trial, planner)
        ended_s = driver.now_s
        # Some stops come from beside the loop, a moment after it.
        robot.clock.sleep_until(ended_s + _SETTLED_S)
        if driver.told and not driver.told[-1][1].is_zero:
            robot.clock.sleep_until(driver.told[-1][0] + HOLD_S + _SETTLED_S)
        settled_s, before = driver.now_s, driver.true_pose()
        trial.end()
        robot.clock.sleep_until(driver.now_s + _WATCHED_S)
        robot.unlisten(trial.recorder)
        with contextlib.suppress(OutputError):
            trial.recorder.close()
        stood = _still(before, driver.true_pose())
    return Finding(
        id=fault.id,
        outcome=outcome,
        cause=cause,
        to_zero_s=None if trial.began_s is None else _to_zero_s(driver.told, trial.began_s),
        stood=stood,
        resumed=any(told_s > settled_s and not twist.is_zero for told_s, twist in driver.told),
        commands=_readable(folder),
    )


def _episode(trial: Trial, planner: PatientPlanner) -> tuple[str, str]:
    try:
        episode = Navigator(planner, trial.robot, NAVIGATOR).navigate("go ahead")
    except NavilaError as error:
        return type(error).__name__, str(error)
    except KeyboardInterrupt:
        return "interrupted", ""
    return str(episode.outcome), episode.cause


def _to_zero_s(told: list[tuple[float, Twist]], began_s: float) -> float:
    """Return the time from the fault to the first command from which all are zero."""
    moving = [place for place, (_, twist) in enumerate(told) if not twist.is_zero]
    if not moving:
        return 0.0
    last = moving[-1] + 1
    # Where no zero came through, the robot's own hold time ended it.
    end_s = told[last - 1][0] + HOLD_S
    if last < len(told):
        end_s = min(end_s, told[last][0])
    return max(end_s - began_s, 0.0)


def _still(before: Pose2, after: Pose2) -> bool:
    return before.distance_m(after) < _STILL_M and abs(before.relative(after).yaw_rad) < _STILL_RAD


def _readable(folder: Path) -> int:
    try:
        return len(read_log(folder).commands)
    except NavilaError:
        return 0
