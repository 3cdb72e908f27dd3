"""A robot without a simulator: an ideal body on an open floor, for tests of planners, executors and apps."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

from navila_sdk.actions import Action, Stop, Verb
from navila_sdk.embodiment import Camera, Embodiment, Footprint, MotionLimits
from navila_sdk.geometry import ZERO_TWIST, Pose2, Twist
from navila_sdk.observation import Observation, PointCloud, RangeScan, RobotState
from navila_sdk.planner import Plan
from navila_sdk.scenes import Scene


def fake_embodiment(name: str = "fake", **changes: object) -> Embodiment:
    """Return a small all-round body that can do every verb; ``changes`` replace fields of the record."""
    fields: dict[str, object] = {
        "name": name,
        "title": "Ideal test body",
        "limits": MotionLimits(
            vx_max_mps=1.0,
            vx_min_mps=-0.5,
            vy_max_mps=0.4,
            wz_max_radps=1.0,
            ax_max_mps2=1.5,
            ay_max_mps2=1.5,
            awz_max_radps2=3.0,
        ),
        "footprint": Footprint(length_m=0.6, width_m=0.3, height_m=0.4, clearance_m=0.05),
        "base_height_m": 0.3,
        "camera": Camera(x_m=0.3, z_m=0.5, hfov_rad=math.radians(90), width_px=8, height_px=6, rate_hz=5.0),
        "verbs": frozenset(Verb),
        "sources": {"": "chosen: a body for tests"},
    }
    return Embodiment(**{**fields, **changes})  # type: ignore[arg-type]


class FakeDriver:
    """Moves exactly as commanded, in simulated time, on an open floor.

    Args:
        step_s: World step.
        actuation: Maps the commanded twist to the one carried out (slip, bias, a blocked body).
        scan: Makes the range scan of a pose and time; none by default.
    """

    def __init__(
        self,
        step_s: float = 0.02,
        actuation: Callable[[Twist], Twist] | None = None,
        scan: Callable[[Pose2, float], RangeScan] | None = None,
    ) -> None:
        self.step_s = step_s
        self.scene = Scene("open floor", (20.0, 20.0), Pose2(10.0, 10.0, 0.0))
        self.pose = Pose2()
        self.time_s = 0.0
        self.sent: list[Twist] = []
        self.closed = False
        self.contact = False
        self._actuation = actuation
        self._scan = scan
        self._command = ZERO_TWIST
        self._moving = ZERO_TWIST

    def state(self) -> RobotState:
        """Return the exact state."""
        scan = self._scan(self.pose, self.time_s) if self._scan else None
        return RobotState(self.time_s, self.pose, self._moving, self.contact, scan=scan)

    def observe(self) -> Observation:
        """Return a plain frame whose grey level counts the seconds."""
        grey = int(self.time_s) % 256
        return Observation(np.full((6, 8, 3), grey, np.uint8), self.pose, self.time_s)

    def cloud(self) -> PointCloud | None:
        """Return None: this body has no LiDAR."""
        return None

    def send(self, twist: Twist) -> None:
        """Hold ``twist`` until the next call; keeps every command in ``sent``."""
        self.sent.append(twist)
        self._command = twist

    def advance(self) -> None:
        """Move by one step along the arc of the carried-out twist."""
        self._moving = self._actuation(self._command) if self._actuation else self._command
        moving, dt = self._moving, self.step_s
        turn = moving.wz_radps * dt
        half = self.pose.compose(Pose2(0.0, 0.0, turn / 2))
        self.pose = half.compose(Pose2(moving.vx_mps * dt, moving.vy_mps * dt, turn / 2))
        self.time_s = round((self.time_s + dt) / dt) * dt

    def true_pose(self) -> Pose2:
        """Return the pose in the scene's frame."""
        return self.scene.start.compose(self.pose)

    def close(self) -> None:
        """Note that the driver was closed."""
        self.closed = True


class FakePlanner:
    """Answers from a list of plans or actions, then stops; a callable decides on the observation instead."""

    def __init__(self, answers: Sequence[Action | Plan] | Callable[[Observation], Action | Plan] = ()) -> None:
        self._answers = answers
        self._given = 0
        self.instruction = ""
        self.seen: list[Observation] = []

    def reset(self, instruction: str) -> None:
        """Start over."""
        self.instruction, self._given, self.seen = instruction, 0, []

    def step(self, observation: Observation) -> Plan:
        """Return the next answer."""
        self.seen.append(observation)
        if callable(self._answers):
            answer = self._answers(observation)
        else:
            left = self._given < len(self._answers)
            answer = self._answers[self._given] if left else Stop()
        self._given += 1
        if isinstance(answer, Plan):
            return answer
        return Plan((answer,), observation.pose, observation.time_s, str(answer), "fake")
