"""Joint level as another kind of the same robot: the motion switcher lets go, and a policy of ours walks.

Nothing moves before ``start``, which comes last: whatever is missing is found while the robot still lies or hangs.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from navila_sdk.clock import WallClock
from navila_sdk.embodiment import Embodiment, HeightMapSpec
from navila_sdk.errors import ConfigError, RobotError, RobotRefusedError, RobotUnreachableError
from navila_sdk.hardware.joint_link import JointLink
from navila_sdk.hardware.joint_pilot import Pilot
from navila_sdk.locomotion.choose import locomotion_policy
from navila_sdk.locomotion.policy import Policy
from navila_sdk.observation import PointCloud
from navila_sdk.perception.height_map import HeightMap
from navila_unitree.domain import Place
from navila_unitree.kind import Kind
from navila_unitree.low.body import LowBody
from navila_unitree.low.ground import MAP_TOPIC, GatheredGround, Ground, RobotGround
from navila_unitree.low.guard import bodyguard
from navila_unitree.low.legs import JointLegs
from navila_unitree.low.senses import LowSenses
from navila_unitree.low.strangers import JointStrangers
from navila_unitree.low.switcher import Switcher
from navila_unitree.options import DriverOptions

MAX_TILT_RAD = 0.8
GRACE_S = 0.3
"""Between the motion service's letting go and taking the joints: its last commands are still on their way."""

GUARD_LATE_S = 0.1
"""By how much more than the driver's own threads the guard is patient."""
GUARD_STARTS_S = 10.0

Cloud = Callable[[], PointCloud | None]


class _JointLevel:
    """Makes the parts of a robot at joint level, and starts it."""

    def __init__(self, body: Embodiment, low: LowBody, options: DriverOptions, policy: Policy) -> None:
        self._body, self._low, self._options, self._policy = body, low, options, policy
        self.clock = WallClock()
        self._legs = JointLegs(low.order)
        self._ears: JointStrangers | None = None

    def legs(self, _: float) -> JointLegs:
        return self._legs

    def senses(self, _: JointLegs) -> LowSenses:
        return LowSenses(self._low.order, self._options.odometry or self._low.odometry, self.clock)

    def strangers(self) -> JointStrangers:
        self._ears = JointStrangers()
        return self._ears

    def forbids(self, _: int) -> str:
        return self._legs.trouble

    def heights(self, spec: HeightMapSpec) -> HeightMap | None:
        return self._legs.ground.highest(spec) if self._legs.ground else None

    def make_ready(self, _: JointLegs, senses: LowSenses, options: DriverOptions) -> None:
        """See that it's this robot, and that it may be got up."""
        if senses.wrong:
            raise RobotError(
                f"what answers isn't {self._body.name}: {senses.wrong}; say --embodiment of the robot that is there"
            )
        if not options.stand_up:
            raise RobotRefusedError(
                f"joint level lets {self._body.name}'s own controller go, and gets the robot up by its joints: "
                f"{self._low.must}; then allow it: --set driver.stand_up=true"
            )

    def start(self, legs: JointLegs, senses: LowSenses, clouds: Cloud | None) -> None:
        """Take the joints, and return when the robot stands by its policy."""
        options, low, name = self._options, self._low, self._body.name
        if options.guard:
            place = Place(options.interface, options.domain)
            legs.guard = bodyguard(place, low.order, low.damping, options.joint_stale_s + GUARD_LATE_S)
        ground = legs.ground = self._ground(senses, clouds)
        if legs.guard is not None:
            legs.guard.wait(options.timeout_s + GUARD_STARTS_S)
        switcher = Switcher(name, options.timeout_s)
        if switcher.holder() and low.lie_down is not None:
            low.lie_down(options.timeout_s)
        switcher.release(options.timeout_s)
        write = legs.open()
        time.sleep(GRACE_S)
        if self._ears is not None:
            self._ears.begin()
        damping = np.full(len(low.order.joints), low.damping)
        pilot = Pilot(self._policy, low.order.joints, low.order.ends_rad, damping, low.rise, MAX_TILT_RAD)
        link = legs.link = JointLink(
            pilot,
            write,
            senses.feel,
            ground.map if ground else lambda: None,
            self.clock,
            send_hz=options.joint_hz,
            stale_s=options.joint_stale_s,
        )
        link.begin()
        way_s = low.rise.soft_s + low.rise.pose_s * (1 + len(low.rise.poses))
        stands = link.wait_until_walking(way_s + options.timeout_s)
        end_s = time.monotonic() + (low.settle_s if options.settle_s is None else options.settle_s)
        while stands and not pilot.trouble and time.monotonic() < end_s:
            time.sleep(0.02)
        if not stands or pilot.trouble:
            raise RobotRefusedError(
                f"{name} didn't get up: {pilot.trouble or 'it took too long'}; its joints are damped"
            )

    def _ground(self, senses: LowSenses, clouds: Cloud | None) -> Ground | None:
        spec = self._policy.card.height_map
        if spec is None:
            return None
        if not self._low.makes_map:
            assert clouds is not None
            return GatheredGround(spec, lambda: senses.place, clouds, self._body.base_height_m)
        ground = RobotGround(spec, lambda: senses.place, self.clock)
        end_s = time.monotonic() + self._options.timeout_s
        while ground.map() is None:
            if time.monotonic() > end_s:
                ground.close()
                raise RobotUnreachableError(
                    f"no height map on {MAP_TOPIC} within {self._options.timeout_s:g} s, and the policy walks only on "
                    "ground it sees; switch the LiDAR on, or walk blind: --set driver.policy=blind"
                )
            time.sleep(0.05)
        return ground


def joint_kind(
    body: Embodiment, kind: Kind[Any, Any], low: LowBody, options: DriverOptions
) -> Kind[JointLegs, LowSenses]:
    """Return a robot at joint level.

    Args:
        body: Its record.
        kind: The robot at velocity level.
        low: What joint level must know of it besides.
        options: How it's driven.

    Raises:
        PolicyError: The policy doesn't fit the robot.
        ConfigError: The policy sees a height map that isn't made here.
    """
    policy = locomotion_policy(body, options.policy or None)
    spec = policy.card.height_map
    if spec is not None and spec.frame != "heading":
        raise ConfigError(
            f"driver.policy: {policy.path} sees the ground in the frame {spec.frame!r}, and a height map is cut "
            "in the frame 'heading' here; choose another policy"
        )
    if spec is not None and not low.makes_map and not options.lidar:
        raise ConfigError(
            f"driver.policy: {policy.path} sees the ground, and without the LiDAR {body.name} sees none; "
            "set driver.lidar = true, or choose a blind policy"
        )
    level = _JointLevel(body, low, options, policy)
    return Kind(
        service=kind.service,
        strangers=level.strangers,
        legs=level.legs,
        senses=level.senses,
        make_ready=level.make_ready,
        forbids=level.forbids,
        cloud_topic=kind.cloud_topic,
        cloud_mount=kind.cloud_mount,
        lens=kind.lens,
        start=level.start,
        heights=level.heights,
        clock=level.clock,
    )
