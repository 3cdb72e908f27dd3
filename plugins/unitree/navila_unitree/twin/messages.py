"""A twin's messages, as the vendor's types."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from navila_sdk.hardware.twin_body import Snapshot
from navila_unitree import sdk
from navila_unitree.cloud import FLOAT32, packed
from navila_unitree.low.order import MotorOrder
from navila_unitree.low.state import Felt, write_state


def quaternion(snapshot: Snapshot) -> list[float]:
    """Return the body's rotation as w, x, y, z: heading, then pitch by its tilt."""
    yaw, pitch = snapshot.odometry.yaw_rad / 2, snapshot.tilt_rad / 2
    c, s, u, v = math.cos(yaw), math.sin(yaw), math.cos(pitch), math.sin(pitch)
    return [c * u, -s * v, c * v, s * u]


def _fill_imu(imu: Any, snapshot: Snapshot) -> None:  # noqa: ANN401 - the SDK publishes no types
    imu.quaternion = quaternion(snapshot)
    imu.gyroscope = [0.0, 0.0, snapshot.twist.wz_radps]
    imu.accelerometer = [0.0, 0.0, 9.81]
    imu.rpy = [0.0, snapshot.tilt_rad, snapshot.odometry.yaw_rad]


def sport_state(message: Any, snapshot: Snapshot, state_code: int, mode: int, height_m: float) -> Any:  # noqa: ANN401
    """Fill a SportModeState_."""
    whole = int(snapshot.time_s)
    message.stamp.sec, message.stamp.nanosec = whole, int((snapshot.time_s - whole) * 1e9)
    message.error_code, message.mode = state_code, mode
    _fill_imu(message.imu_state, snapshot)
    pose, twist = snapshot.odometry, snapshot.twist
    message.position = [pose.x_m, pose.y_m, height_m]
    message.body_height = height_m
    c, s = math.cos(pose.yaw_rad), math.sin(pose.yaw_rad)
    message.velocity = [c * twist.vx_mps - s * twist.vy_mps, s * twist.vx_mps + c * twist.vy_mps, 0.0]
    message.yaw_speed = twist.wz_radps
    return message


def low_state(
    message: Any,  # noqa: ANN401 - the SDK publishes no types
    snapshot: Snapshot,
    felt: Felt | None,
    order: MotorOrder,
    tick: int,
    charge_percent: int,
) -> Any:  # noqa: ANN401
    """Fill a LowState_: IMU, joints, tick and battery; where nothing is felt the joints rest."""
    message.tick = tick & 0xFFFFFFFF
    _fill_imu(message.imu_state, snapshot)
    if felt is not None:
        write_state(message, order, felt)
    message.bms_state.soc = charge_percent
    return message


def point_cloud(points_m: NDArray[np.float32], frame: str, time_s: float) -> Any:  # noqa: ANN401
    """Return a PointCloud2 of points, float32 (N, 3)."""
    sensors, headers = sdk.message("sensor_msgs"), sdk.message("std_msgs")
    whole = int(time_s)
    stamp = sdk.message("builtin_interfaces").Time_(whole, int((time_s - whole) * 1e9))
    fields = [sensors.PointField_(name, 4 * i, FLOAT32, 1) for i, name in enumerate("xyz")]
    count = len(points_m)
    data = list(packed(points_m))
    return sensors.PointCloud2_(headers.Header_(stamp, frame), 1, count, fields, False, 12, 12 * count, data, True)
