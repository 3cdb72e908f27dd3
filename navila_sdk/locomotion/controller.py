"""The controller every card runs on: senses and a velocity in, joint targets out, at the card's rate."""

from __future__ import annotations

import math
from collections.abc import Sequence

import attrs
import numpy as np
from numpy.typing import NDArray

from navila_sdk.embodiment import Embodiment
from navila_sdk.errors import ObservationError, PolicyError
from navila_sdk.geometry import ZERO_TWIST, Twist
from navila_sdk.locomotion.observe import ObservationBuilder
from navila_sdk.locomotion.policy import Policy
from navila_sdk.locomotion.senses import Senses
from navila_sdk.perception.encode import encode_map
from navila_sdk.perception.height_map import HeightMap

Floats = NDArray[np.float64]

MAX_MAP_AGE_S = 0.5
"""A height map older than this isn't walked by: five scans of a 10 Hz LiDAR."""
MIN_KNOWN_SHARE = 0.2
"""Nor one with less of its cells seen."""


@attrs.frozen(slots=True, eq=False)
class JointTargets:
    """What the servos are told.

    Attributes:
        position_rad: (N,) in the body's joint order.
        held_back: Why the command was replaced by zero; empty when it wasn't.
    """

    position_rad: Floats
    held_back: str = ""


class LocomotionController:
    """Runs a policy on a body.

    Args:
        policy: The policy.
        joints: Names of the body's joints, in its order.
        start_rad: (N,) where joints stay that the card doesn't name.

    Raises:
        PolicyError: The card names joints the body doesn't have.
    """

    def __init__(self, policy: Policy, joints: Sequence[str], start_rad: Floats) -> None:
        card = self.card = policy.card
        self._policy, self._network = policy, policy.seat()
        places = {name: i for i, name in enumerate(joints)}
        check_joints(policy, joints)
        self._order = np.array([places[name] for name in card.joints])
        self._default = np.array([servo.default_rad for servo in card.joints.values()])
        self._scale = np.array(card.action_scale)
        self._rest = np.array(start_rad, float)
        for name, servo in (*card.joints.items(), *card.held.items()):
            self._rest[places[name]] = servo.default_rad
        self._servos = {places[name]: servo for name, servo in (*card.joints.items(), *card.held.items())}
        self._builder = ObservationBuilder(card, self._order)
        limits = card.commands
        self._ranges = (limits.vx_mps, limits.vy_mps, limits.wz_radps)
        self.reset()

    def reset(self) -> None:
        """Forget the past: the body stands anew."""
        self._builder.reset()
        self._action = np.zeros(len(self._order))
        self._targets = self._rest.copy()
        self._map: HeightMap | None = None

    @property
    def rest_rad(self) -> Floats:
        """The pose at action zero (N,), in the body's joint order."""
        return self._rest.copy()

    def gains(self, kp: Floats, kd: Floats) -> tuple[Floats, Floats]:
        """Return stiffness and damping (N,) of every joint; ``kp`` and ``kd`` stay where the card names none."""
        kp, kd = kp.copy(), kd.copy()
        for place, servo in self._servos.items():
            kp[place], kd[place] = servo.kp, servo.kd
        return kp, kd

    def step(self, senses: Senses, command: Twist, ground: HeightMap | None = None) -> JointTargets:
        """Return the joint targets for the next control period.

        A command beyond what the policy was trained for is held inside. A policy that sees walks only on ground
        it knows: with no height map, a stale one, or one mostly unknown, it's told to stand.

        Args:
            senses: What the body feels now.
            command: Velocity asked.
            ground: The freshest height map; policies that see none ignore it.

        Raises:
            ObservationError: The senses, the command or the map aren't finite, or the map has another grid.
        """
        senses.check()
        if not command.is_finite:
            raise ObservationError(f"a velocity command must be finite; got {command}")
        spec = self.card.height_map
        held_back, encoded = "", None
        if spec is not None:
            held_back = self._doubt(ground, senses.time_s)
            if ground is not None and ground is not self._map:
                encoded = encode_map(ground, spec)
                self._map = ground
        asked = ZERO_TWIST if held_back else self._inside(command)
        observation = self._builder.build(senses, asked, self._action, encoded)
        action = self._network.act(observation)
        if not math.isfinite(action.dot(action)):
            raise ObservationError(f"{self._policy.path}: the policy answered with NaN or infinity")
        if self.card.action_clip is not None:
            action = np.clip(action, -self.card.action_clip, self.card.action_clip)
        self._action = action
        targets = self._rest.copy()
        targets[self._order] = self._default + self._scale * action
        return JointTargets(targets, held_back)

    def _inside(self, command: Twist) -> Twist:
        pairs = zip(command.as_tuple(), self._ranges, strict=True)
        return Twist(*(min(max(value, low), high) for value, (low, high) in pairs))

    def _doubt(self, ground: HeightMap | None, now_s: float) -> str:
        if ground is None:
            return "no height map"
        age_s = now_s - ground.time_s
        if age_s > MAX_MAP_AGE_S:
            return f"height map {age_s:.2f} s old"
        if ground.known_share < MIN_KNOWN_SHARE:
            return f"only {ground.known_share:.0%} of the ground is known"
        return ""


def check_joints(policy: Policy, joints: Sequence[str]) -> None:
    """Refuse a policy that drives joints a body doesn't have.

    Raises:
        PolicyError: Names them, and those there are.
    """
    unknown = [name for name in (*policy.card.joints, *policy.card.held) if name not in joints]
    if unknown:
        raise PolicyError(
            f"{policy.path}: the policy drives joints this body doesn't have: {', '.join(unknown)}; "
            f"it has: {', '.join(joints)}"
        )


def check_map(policy: Policy, embodiment: Embodiment) -> None:
    """Refuse a policy whose height map this body doesn't make.

    Raises:
        PolicyError: Names both grids, and where they differ.
    """
    wanted = policy.card.height_map
    if wanted is None:
        return
    offered = [spec for spec in (embodiment.height_map, *embodiment.more_height_maps) if spec is not None]
    if any(not wanted.differences(spec) for spec in offered):
        return
    if not offered:
        raise PolicyError(f"{policy.path}: the policy sees a height map, and {embodiment.name} makes none")
    gaps = "; ".join(wanted.differences(offered[0]))
    raise PolicyError(
        f"{policy.path}: the policy's height map isn't the one {embodiment.name} makes (policy, body: {gaps}); "
        "choose another policy, or declare this grid in the record's more_height_maps"
    )
