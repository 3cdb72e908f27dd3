"""LowState, both ways: IMU and joints, in the base's frame and in the order of the robot's joints."""

from __future__ import annotations

import math
from typing import Any

import attrs
import numpy as np
from numpy.typing import NDArray

from navila_unitree.low.order import MotorOrder

Floats = NDArray[np.float64]

TOPIC = "rt/lowstate"


@attrs.frozen(slots=True, eq=False)
class Felt:
    """What a robot's low level says.

    Attributes:
        tick: Its own count; the same count again is no news.
        wxyz: (4,) orientation of the base; its heading is the IMU's own.
        angular_radps: (3,) in the base frame.
        position_rad: (N,) in the order's own order.
        velocity_radps: (N,).
        torque_nm: (N,) as the robot estimates it.
    """

    tick: int
    wxyz: Floats
    angular_radps: Floats
    position_rad: Floats
    velocity_radps: Floats
    torque_nm: Floats


def base_from_imu(wxyz: Floats, angular: Floats, angle_rad: float, rate_radps: float) -> tuple[Floats, Floats]:
    """Return the base's orientation and angular velocity, from those of a body turned against it about z.

    Args:
        wxyz: (4,) orientation of the IMU.
        angular: (3,) its angular velocity, in its own frame.
        angle_rad: How far the IMU is turned from the base.
        rate_radps: How fast.
    """
    a, b = math.cos(angle_rad / 2), -math.sin(angle_rad / 2)
    w, x, y, z = wxyz
    turned = np.array([w * a - z * b, x * a + y * b, y * a - x * b, z * a + w * b])
    c, s = math.cos(angle_rad), math.sin(angle_rad)
    gx, gy = angular[0], angular[1]
    return turned, np.array([c * gx - s * gy, s * gx + c * gy, angular[2] - rate_radps])


def imu_from_base(wxyz: Floats, angular: Floats, angle_rad: float, rate_radps: float) -> tuple[Floats, Floats]:
    """Return what an IMU says that is turned against the base about z; the inverse of ``base_from_imu``."""
    c, s = math.cos(angle_rad), math.sin(angle_rad)
    inside = np.array([c * angular[0] + s * angular[1], c * angular[1] - s * angular[0], angular[2]])
    turned, _ = base_from_imu(wxyz, angular, -angle_rad, 0.0)
    return turned, inside + np.array([0.0, 0.0, rate_radps])


def read_state(message: Any, order: MotorOrder) -> Felt:  # noqa: ANN401 - the SDK publishes no types
    """Return what a LowState_ says."""
    motors = np.array([(motor.q, motor.dq, motor.tau_est) for motor in message.motor_state])
    q, dq, tau = (order.from_vendor(column) for column in motors.T)
    wxyz = np.array(message.imu_state.quaternion, float)
    # Float32 on the wire: a unit to within 1e-7, and nothing else is mended here.
    length = math.sqrt(float(wxyz @ wxyz))
    wxyz = wxyz / length if abs(length - 1) < 1e-3 else wxyz
    angular = np.array(message.imu_state.gyroscope, float)
    if order.imu is not None:
        wxyz, angular = base_from_imu(wxyz, angular, float(q[order.imu]), float(dq[order.imu]))
    return Felt(int(message.tick), wxyz, angular, q, dq, tau)


def write_state(message: Any, order: MotorOrder, felt: Felt) -> None:  # noqa: ANN401 - the SDK publishes no types
    """Fill the IMU and the motors of a LowState_, as a robot's low level would."""
    wxyz, angular = felt.wxyz, felt.angular_radps
    if order.imu is not None:
        angle, rate = float(felt.position_rad[order.imu]), float(felt.velocity_radps[order.imu])
        wxyz, angular = imu_from_base(wxyz, angular, angle, rate)
    message.imu_state.quaternion, message.imu_state.gyroscope = wxyz.tolist(), angular.tolist()
    rows = zip(
        order.places,
        order.modes,
        felt.position_rad.tolist(),
        felt.velocity_radps.tolist(),
        felt.torque_nm.tolist(),
        strict=True,
    )
    for place, mode, q, dq, tau in rows:
        motor = message.motor_state[place]
        motor.mode, motor.q, motor.dq, motor.tau_est = mode, q, dq, tau


def mismatch(message: Any, order: MotorOrder) -> str:  # noqa: ANN401 - the SDK publishes no types
    """Return why a LowState_ can't be this robot's; "" where it can.

    Robots of this family share topic and message. Places without a motor stay at zero, places with one never are.
    """
    moved = [place for place in order.spare if message.motor_state[place].q != 0.0]
    if moved:
        return f"its motor {moved[0]} has an angle, and this robot has no such motor"
    still = [place for place in order.places.tolist() if message.motor_state[place].q == 0.0]
    if len(still) > len(order.places) // 3:
        return f"its motors {', '.join(map(str, still))} stand at exactly zero, as motors do that aren't there"
    return ""
