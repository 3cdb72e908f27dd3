"""A body whose legs carry it: senses, the SDK's controller with any policy card, servos: fidelity ``physics``."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from navila_isaac.frames import heading_velocity, turned, yaw_pitch
from navila_isaac.ground_sense import GroundSense
from navila_isaac.movers import Moved, touching
from navila_isaac.simulator import Reading, Simulator
from navila_isaac.timing import Timing
from navila_sdk.geometry import ZERO_TWIST, Pose2, Twist
from navila_sdk.locomotion.controller import LocomotionController
from navila_sdk.locomotion.policy import Policy
from navila_sdk.locomotion.senses import Senses, gravity_direction

Floats = NDArray[np.float64]

DROP_M = 0.08
"""A body is let down from this high over its walking height: the margin NaVILA-Bench spawns its Go2 with."""
SETTLE_S = 1.0
_ODOMETRY_S = 0.1


class Walker:
    """Implements ``Mover`` for a robot.

    Args:
        simulator: Where it lives.
        policy: What moves the joints.
        timing: The world's clocks; a world step is the policy's period.
        ground_m: Returns the height of the ground under a pose, in the scene.
        sense: Makes the height map of each control tick, for policies that see one.

    Raises:
        PolicyError: The card names joints the body doesn't have.
    """

    def __init__(
        self,
        simulator: Simulator,
        policy: Policy,
        timing: Timing,
        ground_m: Callable[[Pose2], float],
        sense: GroundSense | None,
    ) -> None:
        self._simulator, self._timing = simulator, timing
        self._card, self._ground_m, self._sense = policy.card, ground_m, sense
        self._controller = LocomotionController(policy, simulator.joints, np.zeros(len(simulator.joints)))
        self._velocity = np.zeros(3)
        self.held_back = ""

    def place(self, pose: Pose2) -> None:
        """Let the body down at a pose and give it time to find its feet, then turn and move it there exactly."""
        floor_m = self._ground_m(pose)
        height_m = floor_m + self._card.base_height_m + DROP_M
        upright = np.array(yaw_pitch(pose.yaw_rad))
        self._controller.reset()
        if self._sense is not None:
            self._sense.stand(pose, floor_m, -SETTLE_S)
        self._simulator.put(np.array((pose.x_m, pose.y_m, height_m)), upright, self._controller.rest_rad)
        for tick in range(round(SETTLE_S / self._timing.step_s)):
            self._tick(ZERO_TWIST, (tick * self._timing.step_s) - SETTLE_S)
        settled = self._simulator.read()
        position = np.array((pose.x_m, pose.y_m, settled.position_m[2]))
        self._simulator.put(position, turned(settled.wxyz, pose.yaw_rad))
        self._controller.reset()
        self._velocity = np.zeros(3)

    def step(self, command: Twist, time_s: float) -> Moved:
        """Move the body by a control period.

        Raises:
            ObservationError: The physics blew up: the senses are no longer finite.
        """
        self._tick(command, time_s)
        reading = self._simulator.read()
        share = min(1.0, self._timing.step_s / _ODOMETRY_S)
        now = heading_velocity(reading.linear_mps, reading.angular_radps, reading.wxyz)
        self._velocity += (now - self._velocity) * share
        return Moved(Twist(*self._velocity.tolist()), touching(reading.forces_n), tilt_of(reading))

    def _tick(self, command: Twist, time_s: float) -> None:
        reading = self._simulator.read()
        ground = self._sense.look(self._simulator, reading, time_s) if self._sense is not None else None
        targets = self._controller.step(senses_of(reading, time_s), command, ground)
        self.held_back = targets.held_back
        self._simulator.target(targets.position_rad)
        for _ in range(self._timing.substeps):
            self._simulator.step()


def senses_of(reading: Reading, time_s: float) -> Senses:
    """Return what a body feels, as the controller takes it."""
    return Senses(
        time_s,
        reading.joint_rad,
        reading.joint_radps,
        reading.wxyz,
        reading.angular_radps,
        reading.linear_mps,
    )


def tilt_of(reading: Reading) -> float:
    """Return the angle between a body's up axis and gravity's."""
    return math.acos(min(max(-float(gravity_direction(reading.wxyz)[2]), -1.0), 1.0))
