"""A driver and a planner that a fault befalls, and that write down what the body was told."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import attrs

from navila_sdk.clock import WallClock
from navila_sdk.geometry import Pose2, Twist
from navila_sdk.observation import Observation, PointCloud, RobotState
from navila_sdk.planner import Plan, Planner
from navila_sdk.scenes import Scene
from navila_sdk.testing.faults.live import LiveBody
from navila_sdk.world import SimulatedDriver

if TYPE_CHECKING:
    from navila_sdk.testing.faults.trial import Trial

AFTER_S = 1.0
"""A fault begins so long after the first motion."""


class PatientDriver:
    """Passes everything on, until the fault begins."""

    def __init__(self, body: SimulatedDriver | LiveBody, trial: Trial) -> None:
        self._body, self._trial = body, trial
        self._lock = threading.Lock()
        self._began_s: float | None = None
        self.scene: Scene = body.scene
        self.told: list[tuple[float, Twist]] = []
        """Every command that reached the body, and when."""

    @property
    def now_s(self) -> float:
        """The time on the robot's clock."""
        return self._body.clock.now_s() if isinstance(self._body, LiveBody) else self._body.state().time_s

    def true_pose(self) -> Pose2:
        """Return the pose in the scene's frame."""
        return self._body.true_pose()

    def state(self) -> RobotState:
        """Return the state, or what the fault makes of it."""
        state = self._body.state()
        trial = self._trial
        due = self._began_s is not None and self.now_s - self._began_s >= AFTER_S
        if trial.fault.plan is None and (due or trial.fault.at_once):
            trial.begin(state)
        return trial.fault.state(state, trial) if trial.ill else state

    def observe(self) -> Observation:
        """Return the frame, or what the fault makes of it."""
        frame, trial = self._body.observe(), self._trial
        trial.frame = frame if trial.frame is None or not trial.ill else trial.frame
        return trial.fault.frame(frame, trial) if trial.ill else frame

    def cloud(self) -> PointCloud | None:
        """Return the cloud."""
        return self._body.cloud()

    def send(self, twist: Twist) -> None:
        """Tell the body, if the fault lets it be told."""
        if self._began_s is None and not twist.is_zero:
            self._began_s = self.now_s
        if self._trial.ill:
            self._trial.fault.command(twist, self._trial)
        with self._lock:
            self._body.send(twist)
            self.told.append((self.now_s, twist))
        if self._trial.ill:
            self._trial.fault.sent(twist, self._trial)

    def close(self) -> None:
        """Let go of the body."""
        self._body.close()


class LivePatient(PatientDriver):
    """The patient in real time."""

    def __init__(self, body: LiveBody, trial: Trial) -> None:
        super().__init__(body, trial)
        self.clock: WallClock = body.clock


class SimulatedPatient(PatientDriver):
    """The patient in simulated time."""

    def __init__(self, body: SimulatedDriver, trial: Trial) -> None:
        super().__init__(body, trial)
        self._simulated = body
        self.step_s: float = body.step_s

    def advance(self) -> None:
        """Move the world by a step."""
        self._simulated.advance()


@attrs.define(slots=True)
class PatientPlanner:
    """Asks another planner, until the fault begins: at the second question, while the robot moves."""

    planner: Planner
    trial: Trial
    asked: int = 0

    def reset(self, instruction: str) -> None:
        """Start an episode."""
        self.planner.reset(instruction)

    def step(self, observation: Observation) -> Plan:
        """Answer, or let the fault answer."""
        self.asked += 1
        fault = self.trial.fault
        if fault.plan is not None and self.asked > 1:
            self.trial.begin(None)
        return fault.plan(self.trial) if fault.plan is not None and self.trial.ill else self.planner.step(observation)
