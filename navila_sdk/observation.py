"""What a robot senses, as plain immutable values, checked once where they are made."""

from __future__ import annotations

from typing import Any, cast

import attrs
import numpy as np
from numpy.typing import NDArray

from navila_sdk.errors import ObservationError
from navila_sdk.geometry import Pose2, Twist

MAX_SIDE_PX = 8192


def _frozen(array: NDArray[Any]) -> NDArray[Any]:
    """Return the array made read-only (a view where the caller still owns the data)."""
    view = array.view()
    view.flags.writeable = False
    return view


def checked_rgb(value: object) -> NDArray[np.uint8]:
    """Return ``value`` as a read-only uint8 array (H, W, 3).

    Raises:
        ObservationError: Another dtype or shape, a side of zero, or a side over 8192 pixels.
    """
    if not isinstance(value, np.ndarray):
        raise ObservationError(f"rgb must be a uint8 array (H, W, 3); got {type(value).__name__}")
    array = cast("NDArray[Any]", value)
    if array.dtype != np.uint8:
        raise ObservationError(f"rgb must be uint8 with values 0-255; got dtype {array.dtype}")
    if array.ndim != 3 or array.shape[2] != 3:
        raise ObservationError(f"rgb must have shape (H, W, 3); got {array.shape}")
    if not (0 < array.shape[0] <= MAX_SIDE_PX and 0 < array.shape[1] <= MAX_SIDE_PX):
        raise ObservationError(f"rgb sides must be 1 to {MAX_SIDE_PX} pixels; got {array.shape[:2]}")
    return _frozen(array)


def _checked_depth(value: object) -> NDArray[np.float32] | None:
    if value is None:
        return None
    if not isinstance(value, np.ndarray):
        raise ObservationError(f"depth_m must be a float array (H, W); got {type(value).__name__}")
    array = cast("NDArray[Any]", value)
    if array.ndim != 2 or array.size == 0 or not np.issubdtype(array.dtype, np.floating):
        raise ObservationError(
            f"depth_m must be a non-empty float array (H, W) in metres; got {array.dtype} {array.shape}"
        )
    return _frozen(array.astype(np.float32, copy=False))


def _finite_pose(_: object, __: object, pose: Pose2) -> None:
    if not pose.is_finite:
        raise ObservationError(f"pose must be finite; got {pose}")


@attrs.frozen(slots=True, eq=False)
class Observation:
    """One camera frame with the odometry pose and the time it was taken at.

    Attributes:
        rgb: Read-only uint8 array (H, W, 3).
        pose: Robot base pose in odometry at capture: metres, radians, origin where the robot connected.
        time_s: Capture time on the robot's clock.
        depth_m: Optional float32 array (H, W): distance along the optical axis; inf where nothing is hit.
    """

    rgb: NDArray[np.uint8] = attrs.field(converter=checked_rgb)
    pose: Pose2 = attrs.field(factory=Pose2, validator=_finite_pose)
    time_s: float = attrs.field(default=0.0, converter=float)
    depth_m: NDArray[np.float32] | None = attrs.field(default=None, converter=_checked_depth)


@attrs.frozen(slots=True, eq=False)
class RangeScan:
    """Free distance around the robot at body height, for the safety zones.

    Attributes:
        bearing_rad: float64 (N,): direction of each ray in the body frame.
        range_m: float64 (N,): horizontal distance from the base origin to the nearest obstacle; inf where
            none is in reach; NaN where the sensor gave nothing (the safety chain then stops the robot).
        time_s: Time of the scan on the robot's clock.
    """

    bearing_rad: NDArray[np.float64]
    range_m: NDArray[np.float64]
    time_s: float


@attrs.frozen(slots=True, eq=False)
class PointCloud:
    """LiDAR returns.

    Attributes:
        points_m: float32 (N, 3) in the base frame turned level: x ahead, y left, z up against gravity.
        time_s: Time of the scan on the robot's clock.
    """

    points_m: NDArray[np.float32]
    time_s: float


@attrs.frozen(slots=True, eq=False)
class RobotState:
    """What a robot knows of itself on each tick of the fast clock.

    Attributes:
        time_s: Time of the state on the robot's clock.
        pose: Odometry pose; origin where the robot connected.
        twist: Measured body velocity.
        contact: Whether the body touches something other than the floor.
        tilt_rad: Angle between the body's up axis and gravity's.
        scan: Freshest range scan, if the robot has a range sensor.
    """

    time_s: float
    pose: Pose2
    twist: Twist = attrs.field(factory=Twist)
    contact: bool = False
    tilt_rad: float = 0.0
    scan: RangeScan | None = None
