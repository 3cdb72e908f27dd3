"""The vendor's numbers of a robot's motors, by the names its model and its policies use."""

from __future__ import annotations

from collections.abc import Sequence

import attrs
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

MOTORS = 20
"""Places in the messages; no robot of this family fills them all."""


@attrs.frozen(slots=True)
class Motor:
    """A motor.

    Attributes:
        joint: Its joint's name.
        place: Its place in the vendor's messages.
        low_rad: The joint's least angle.
        high_rad: Its greatest.
        mode: The byte that switches it on.
    """

    joint: str
    place: int
    low_rad: float
    high_rad: float
    mode: int = 0x01


class MotorOrder:
    """Between a robot's joints, in the order given here, and the vendor's twenty places.

    Args:
        motors: The robot's motors.
        imu_joint: The joint between base and IMU, about their common z axis; None where the IMU sits in the base.

    Raises:
        ValueError: Two motors share a name or a place, or a place doesn't exist.
    """

    def __init__(self, motors: Sequence[Motor], imu_joint: str | None = None) -> None:
        self.joints = tuple(motor.joint for motor in motors)
        self.places = np.array([motor.place for motor in motors])
        self.modes = tuple(motor.mode for motor in motors)
        self.ends_rad = np.array([(motor.low_rad, motor.high_rad) for motor in motors])
        self.imu = None if imu_joint is None else self.joints.index(imu_joint)
        self.spare = tuple(place for place in range(MOTORS) if place not in self.places)
        places = set(self.places.tolist())
        if len(places) < len(motors) or len(set(self.joints)) < len(motors) or not places <= set(range(MOTORS)):
            raise ValueError(f"each motor has a name and a place of its own, 0 to {MOTORS - 1}; got {list(motors)}")

    def to_vendor(self, values: Floats, spare: float = 0.0) -> Floats:
        """Return the vendor's (20,) for values (N,) in this order; ``spare`` where there is no motor."""
        placed = np.full(MOTORS, spare)
        placed[self.places] = values
        return placed

    def from_vendor(self, values: Floats) -> Floats:
        """Return the values (N,) in this order of the vendor's (20,)."""
        return np.asarray(values, float)[self.places]

    def shuffle(self, joints: Sequence[str]) -> NDArray[np.intp]:
        """Return where each of this order's joints stands among others: ``theirs[order.shuffle(names)]`` is ours.

        Raises:
            ValueError: They aren't the same joints.
        """
        if sorted(joints) != sorted(self.joints):
            odd = sorted(set(joints) ^ set(self.joints))
            raise ValueError(f"these joints are on one side only: {', '.join(odd)}")
        return np.array([list(joints).index(name) for name in self.joints])
