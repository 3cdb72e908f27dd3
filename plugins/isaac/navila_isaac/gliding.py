"""A body that's moved as told, within its limits, and can't pass what its fan of rays sees: fidelity ``kinematic``."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from navila_isaac.frames import pose_of, yaw_pitch
from navila_isaac.movers import Moved
from navila_isaac.simulator import Simulator
from navila_sdk.embodiment import Embodiment, Footprint
from navila_sdk.geometry import ZERO_TWIST, Pose2, Twist, arc
from navila_sdk.perception.beams import level_points

Floats = NDArray[np.float64]

_KEEP_M = 0.01
_EPSILON_M = 1e-9


def depth_m(points_m: Floats, box: Footprint, margin_m: float = 0.0) -> Floats:
    """Return how deep points (N, 2), in the body's frame, lie in its footprint (N,); negative outside."""
    half = np.array((box.length_m / 2 + margin_m, box.width_m / 2 + margin_m))
    return (half - np.abs(points_m)).min(axis=1)


def free_motion(points_m: Floats, box: Footprint, wanted: Pose2) -> tuple[Pose2, bool]:
    """Return as much of a displacement as the points leave room for, and whether something was in the way.

    What is in the way is what would come deeper into the footprint: a body can always move out of what it stands in.
    Where the whole motion is blocked, the body slides: without turning, along either of its axes, or it only turns.

    Args:
        points_m: (N, 2) what is around, in the body's frame.
        box: The footprint.
        wanted: Displacement in that frame; short, as of one step.
    """
    before = depth_m(points_m, box, _KEEP_M)
    x, y, turn = wanted.as_tuple()
    whole, along, across = (x, y), (x, 0.0), (0.0, y)
    slides = (
        (*whole, turn),
        (*whole, 0.0),
        (*along, turn),
        (*across, turn),
        (0.0, 0.0, turn),
        (*along, 0.0),
        (*across, 0.0),
    )
    for slide in slides:
        motion = Pose2(*slide)
        after = depth_m(_seen_from(points_m, motion), box, _KEEP_M)
        if not ((after > 0) & (after > before + _EPSILON_M)).any():
            return motion, motion != wanted
    return Pose2(), True


def _seen_from(points_m: Floats, pose: Pose2) -> Floats:
    c, s = math.cos(pose.yaw_rad), math.sin(pose.yaw_rad)
    x, y = points_m[:, 0] - pose.x_m, points_m[:, 1] - pose.y_m
    return np.stack([c * x + s * y, -s * x + c * y], axis=1)


class Glider:
    """Implements ``Mover`` for a figure.

    Args:
        simulator: Where it lives.
        body: Its record.
        step_s: Length of a world step.
        substeps: Physics steps in it.
    """

    def __init__(self, simulator: Simulator, body: Embodiment, step_s: float, substeps: int) -> None:
        self._simulator, self._body = simulator, body
        self._step_s, self._substeps = step_s, substeps
        self._twist = ZERO_TWIST

    def place(self, pose: Pose2) -> None:
        """Put the body, at rest, at a pose."""
        self._twist = ZERO_TWIST
        self._put(pose)
        self._simulator.step()

    def _put(self, pose: Pose2) -> None:
        position = np.array((pose.x_m, pose.y_m, self._body.base_height_m))
        self._simulator.put(position, np.array(yaw_pitch(pose.yaw_rad)))

    def step(self, command: Twist, time_s: float) -> Moved:
        """Move the body by a world step."""
        del time_s
        self._twist = self._body.limits.follow(self._twist, command, self._step_s)
        bumped = False
        if not self._twist.is_zero:
            reading = self._simulator.read()
            pose = pose_of(reading.position_m, reading.wxyz)
            around = level_points(self._simulator.cast("fan"), reading.position_m, pose.yaw_rad)[:, :2]
            wanted = arc(Pose2(), self._twist, self._step_s)
            motion, bumped = free_motion(around.astype(float), self._body.footprint, wanted)
            if bumped:
                dt_s = self._step_s
                self._twist = Twist(motion.x_m / dt_s, motion.y_m / dt_s, motion.yaw_rad / dt_s)
            self._put(pose.compose(motion))
        for _ in range(self._substeps):
            self._simulator.step()
        return Moved(self._twist, bumped, 0.0)
