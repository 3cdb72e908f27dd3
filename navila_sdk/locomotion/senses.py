"""What a legged body feels, as one plain value."""

from __future__ import annotations

import math

import attrs
import numpy as np
from numpy.typing import NDArray

from navila_sdk.errors import ObservationError

Floats = NDArray[np.float64]


@attrs.frozen(slots=True, eq=False)
class Senses:
    """One moment of a legged body.

    Attributes:
        time_s: On the robot's clock.
        position_rad: (N,) joint angles, in the body's joint order.
        velocity_radps: (N,) joint velocities.
        wxyz: (4,) orientation of the base in odometry, unit length.
        angular_radps: (3,) angular velocity in the base frame (gyroscope).
        linear_mps: (3,) linear velocity in the base frame, from odometry.
    """

    time_s: float
    position_rad: Floats
    velocity_radps: Floats
    wxyz: Floats
    angular_radps: Floats
    linear_mps: Floats

    def check(self) -> None:
        """Refuse numbers no body can have.

        Raises:
            ObservationError: Something is NaN or infinite, or the orientation isn't of unit length.
        """
        # Fifty times a second: a sum of squares is finite only where all its parts are. Method calls take a third of
        # the operator's time on arrays so small.
        angles, speeds, spin, linear = self.position_rad, self.velocity_radps, self.angular_radps, self.linear_mps
        squared = float(self.wxyz.dot(self.wxyz))
        whole = angles.dot(angles) + speeds.dot(speeds) + spin.dot(spin) + linear.dot(linear) + squared + self.time_s
        if not math.isfinite(whole):
            for field in attrs.fields(Senses):
                if not np.isfinite(getattr(self, field.name)).all():
                    raise ObservationError(f"the body's senses hold no finite {field.name} at {self.time_s:.3f} s")
            raise ObservationError(f"the body's senses hold numbers too great for any body at {self.time_s:.3f} s")
        length = math.sqrt(squared)
        if abs(length - 1.0) > 1e-3:
            raise ObservationError(f"an orientation is a unit quaternion, w first; this one has length {length:.4g}")


def gravity_direction(wxyz: Floats) -> Floats:
    """Return the unit vector pointing down, in the base frame (3,)."""
    w, x, y, z = wxyz.tolist()
    return np.array([-2 * (x * z - w * y), -2 * (y * z + w * x), -(1 - 2 * (x * x + y * y))])


def roll_pitch_yaw(wxyz: Floats) -> Floats:
    """Return the angles (3,) of z-y-x rotations; pitch saturates at a quarter turn."""
    w, x, y, z = wxyz.tolist()
    return np.array(
        [
            np.arctan2(2 * (w * x + y * z), 1 - 2 * (x * x + y * y)),
            np.arcsin(min(max(2 * (w * y - z * x), -1.0), 1.0)),
            np.arctan2(2 * (w * z + x * y), 1 - 2 * (y * y + z * z)),
        ]
    )
