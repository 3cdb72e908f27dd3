"""What a robot's joints are told at joint level, tick by tick: up from where it lies or hangs, walking, damped.

No threads and no clock of its own: what comes in decides what goes out, so that it runs the same in a test, against a
twin and on a robot. Whatever is wrong ends in damping, and damping is for good.
"""

from __future__ import annotations

import enum
import math
from collections.abc import Mapping, Sequence

import attrs
import numpy as np
from numpy.typing import NDArray

from navila_sdk.errors import ObservationError
from navila_sdk.geometry import Twist
from navila_sdk.locomotion.controller import LocomotionController
from navila_sdk.locomotion.drive import JointDrive
from navila_sdk.locomotion.policy import Policy
from navila_sdk.locomotion.senses import Senses, gravity_direction
from navila_sdk.perception.height_map import HeightMap

Floats = NDArray[np.float64]

PAST_END_RAD = 0.3
"""How far past its end a joint may be told to go: policies push against their ends a little."""
NOT_THERE_RAD = 0.5
"""A joint this far from where it should stand at the end of rising is held by something."""
PATIENCE_S = 2.0
"""For how long it may get there late."""
BLIND_S = 1.0
"""A policy that sees, and is asked to walk, stands this long without a height map before that is said."""


class Stage(enum.Enum):
    """What the pilot is doing."""

    RISING = "rising"
    WALKING = "walking"
    DAMPED = "damped"


@attrs.frozen(slots=True, kw_only=True)
class Rise:
    """How a robot gets from where its joints are to where its policy begins.

    Attributes:
        poses: Angles on the way, by joint; joints that aren't named go straight to the policy's.
        pose_s: Seconds to each of them, and to the policy's own pose.
        gains: Stiffness and damping on the way, by joint; the card's where a joint isn't named.
        soft_s: Seconds in which stiffness grows from nothing, at the pose the robot is found in.
        hand_over_s: Seconds in which the gains become the card's, while the policy already runs.
    """

    poses: Sequence[Mapping[str, float]] = ()
    pose_s: float = 1.5
    gains: Mapping[str, tuple[float, float]] = attrs.field(factory=dict[str, tuple[float, float]])
    soft_s: float = 0.5
    hand_over_s: float = 0.5


class Pilot:
    """Flies a robot by its joints.

    Args:
        policy: What walks.
        joints: The robot's joints, in its order.
        ends_rad: (N, 2) least and greatest angle of each.
        damping: (N,) of a robot that shall sink down, N m s/rad.
        rise: How it gets up.
        max_tilt_rad: Tilted further, it has fallen.

    Raises:
        PolicyError: The policy drives joints the robot doesn't have.
    """

    def __init__(
        self, policy: Policy, joints: Sequence[str], ends_rad: Floats, damping: Floats, rise: Rise, max_tilt_rad: float
    ) -> None:
        self.card = policy.card
        self.trouble = ""
        """Why it's damped; "" while it isn't."""
        self.blocked = ""
        """Why it stands though it was asked to walk; "" where it needn't."""
        self._joints, self._rise, self._max_tilt_rad = tuple(joints), rise, max_tilt_rad
        self._low, self._high = ends_rad[:, 0] - PAST_END_RAD, ends_rad[:, 1] + PAST_END_RAD
        self._damped = JointDrive.damping(damping)
        self._controller = LocomotionController(policy, joints, np.zeros(len(joints)))
        mean = [float(np.mean([getattr(s, name) for s in policy.card.joints.values()])) for name in ("kp", "kd")]
        self._kp, self._kd = self._controller.gains(*(np.full(len(joints), value) for value in mean))
        self._rise_kp, self._rise_kd = self._kp.copy(), self._kd.copy()
        for name, (kp, kd) in rise.gains.items():
            self._rise_kp[self._joints.index(name)], self._rise_kd[self._joints.index(name)] = kp, kd
        self._way: list[Floats] = []
        self._begun_s = 0.0
        self._walks = False
        self._blind_s: float | None = None

    @property
    def stage(self) -> Stage:
        """What it's doing."""
        if self.trouble:
            return Stage.DAMPED
        return Stage.WALKING if self._walks else Stage.RISING

    @property
    def damped(self) -> JointDrive:
        """The drive that lets the robot sink down."""
        return self._damped

    def give_up(self, why: str) -> JointDrive:
        """Damp for good; the first reason stays."""
        self.trouble = self.trouble or why
        return self._damped

    def tick(self, senses: Senses, command: Twist, ground: HeightMap | None) -> JointDrive:
        """Return what the joints are told until the next tick.

        Args:
            senses: What the robot feels.
            command: The velocity asked of it; it's heard only where it walks.
            ground: The freshest height map.
        """
        if self.trouble:
            return self._damped
        try:
            senses.check()
            tilt_rad = math.acos(min(max(-float(gravity_direction(senses.wxyz)[2]), -1.0), 1.0))
            if tilt_rad > self._max_tilt_rad:
                return self.give_up(f"it fell: tilted {tilt_rad:.2f} rad, limit {self._max_tilt_rad:.2f}")
            drive = self._walking(senses, command, ground) if self._walks else self._rising(senses)
        except ObservationError as error:
            return self.give_up(str(error))
        return drive if drive.is_finite else self.give_up("its next joint targets aren't finite")

    def _rising(self, senses: Senses) -> JointDrive:
        if not self._way:
            self._begun_s = senses.time_s
            rest = self._controller.rest_rad
            named = [np.array([pose.get(n, r) for n, r in zip(self._joints, rest, strict=True)])
                     for pose in self._rise.poses]  # fmt: skip
            self._way = [senses.position_rad.copy(), *named, rest]
        passed_s = senses.time_s - self._begun_s - self._rise.soft_s
        if passed_s < 0:
            part = 1 + passed_s / self._rise.soft_s
            return self._held(self._way[0], part * self._rise_kp, self._rise_kd)
        leg, part = divmod(passed_s / self._rise.pose_s, 1.0)
        if leg < len(self._way) - 1:
            smooth = part * part * (3 - 2 * part)
            before, after = self._way[int(leg)], self._way[int(leg) + 1]
            return self._held(before + smooth * (after - before), self._rise_kp, self._rise_kd)
        off_rad = np.abs(senses.position_rad - self._way[-1])
        if off_rad.max() > NOT_THERE_RAD:
            if passed_s < self._rise.pose_s * (len(self._way) - 1) + PATIENCE_S:
                return self._held(self._way[-1], self._rise_kp, self._rise_kd)
            worst = int(off_rad.argmax())
            return self.give_up(
                f"it didn't get up: {self._joints[worst]} is {off_rad[worst]:.2f} rad from where it should stand"
            )
        self._walks, self._begun_s = True, senses.time_s
        return self._walking(senses, Twist(), None)

    def _walking(self, senses: Senses, command: Twist, ground: HeightMap | None) -> JointDrive:
        targets = self._controller.step(senses, command, ground)
        blind = bool(targets.held_back) and not command.is_zero
        self._blind_s = (self._blind_s or senses.time_s) if blind else None
        if self._blind_s is not None and senses.time_s - self._blind_s > BLIND_S:
            self.blocked = f"{targets.held_back}; its policy walks only on ground it sees"
        part = min(1.0, (senses.time_s - self._begun_s) / self._rise.hand_over_s)
        kp, kd = self._rise_kp + part * (self._kp - self._rise_kp), self._rise_kd + part * (self._kd - self._rise_kd)
        return self._held(targets.position_rad, kp, kd)

    def _held(self, position_rad: Floats, kp: Floats, kd: Floats) -> JointDrive:
        return JointDrive.towards(np.clip(position_rad, self._low, self._high), kp, kd)
