"""What the servos of a legged body are told, as one plain value: the common law of every joint-level link."""

from __future__ import annotations

import attrs
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@attrs.frozen(slots=True, eq=False)
class JointDrive:
    """One command to every joint: torque = kp (position - angle) + kd (velocity - rate) + torque.

    Attributes:
        position_rad: (N,) in the body's joint order.
        velocity_radps: (N,).
        torque_nm: (N,).
        kp: (N,) stiffness, N m/rad.
        kd: (N,) damping, N m s/rad.
    """

    position_rad: Floats
    velocity_radps: Floats
    torque_nm: Floats
    kp: Floats
    kd: Floats

    @property
    def is_finite(self) -> bool:
        """Whether every number is one."""
        parts = (self.position_rad, self.velocity_radps, self.torque_nm, self.kp, self.kd)
        return all(bool(np.isfinite(part).all()) for part in parts)

    @property
    def stiffness(self) -> float:
        """The greatest stiffness of any joint; 0 where the joints are only damped, or limp."""
        return float(self.kp.max())

    @classmethod
    def towards(cls, position_rad: Floats, kp: Floats, kd: Floats) -> JointDrive:
        """Return the drive that holds angles."""
        none = np.zeros(len(position_rad))
        return cls(position_rad, none, none, kp, kd)

    @classmethod
    def damping(cls, kd: Floats) -> JointDrive:
        """Return the drive that only brakes: the body sinks down."""
        none = np.zeros(len(kd))
        return cls(none, none, none, none, kd)
