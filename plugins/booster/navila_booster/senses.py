"""What a T1 says of itself: odometer, IMU and joints, falls; odometer and IMU only together are a reading.

Messages carry no stamp, so a repeated one shows only by its IMU: a real one is never the same twice, bit by bit.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from typing import Any

import attrs

from navila_booster.modes import FALLS
from navila_booster.quiet import quiet
from navila_booster.sdk import sdk
from navila_sdk.geometry import Pose2
from navila_sdk.hardware.arrival import Arrival
from navila_sdk.hardware.odometry import Reading


@attrs.frozen(slots=True)
class Imu:
    """Roll, pitch, yaw in rad; turn rates in rad/s; accelerations in m/s^2."""

    rpy_rad: tuple[float, float, float]
    gyro_radps: tuple[float, float, float]
    acc_mps2: tuple[float, float, float]

    @property
    def tilt_rad(self) -> float:
        """The angle between the trunk's up axis and gravity's."""
        roll, pitch, _ = self.rpy_rad
        return math.acos(min(1.0, max(-1.0, math.cos(roll) * math.cos(pitch))))


@attrs.frozen(slots=True)
class Joints:
    """The joints in the vendor's order (23 of a T1): rad, rad/s, Nm. Ankles as pitch and roll, not as their cranks."""

    position_rad: tuple[float, ...]
    velocity_radps: tuple[float, ...]
    torque_nm: tuple[float, ...]


class Senses:
    """Hears the robot.

    Args:
        mode: Gives the mode's number now.
    """

    def __init__(self, mode: Callable[[], int]) -> None:
        self.mode = mode
        self._count = 0
        self._pose: Arrival[Pose2] | None = None
        self._imu: Arrival[Imu] | None = None
        self._motors: Joints | None = None
        self.fall = 0
        self._charge_percent: float | None = None
        self._wake = threading.Condition()
        self._closed = False
        kinds = (
            ("B1OdometerStateSubscriber", self._hear_odometer),
            ("B1LowStateSubscriber", self._hear_low),
            ("B1FallDownStateSubscriber", self._hear_fall),
            ("B1BatteryStateSubscriber", self._hear_battery),
        )
        self._subscribers: list[Any] = [getattr(sdk(), name)(hear) for name, hear in kinds if hasattr(sdk(), name)]
        with quiet():
            for subscriber in self._subscribers:
                subscriber.InitChannel()

    @property
    def latest(self) -> Arrival[Reading] | None:
        """The freshest reading; as old as the older of its two parts."""
        pose, imu = self._pose, self._imu
        if pose is None or imu is None:
            return None
        mode = FALLS.get(self.fall, self.mode())
        reading = Reading(
            pose.value, imu.value.gyro_radps[2], imu.value.tilt_rad, float(self._count), mode, timed=False
        )
        return Arrival(reading, min(pose.time_s, imu.time_s))

    @property
    def joints(self) -> Joints | None:
        """The joints as last heard; None before the first message."""
        return self._motors

    @property
    def imu(self) -> Imu | None:
        """The IMU as last heard; None before the first message."""
        return self._imu.value if self._imu else None

    def wait(self, timeout_s: float) -> Arrival[Reading] | None:
        """Return the first reading; None where none came in time."""
        with self._wake:
            self._wake.wait_for(lambda: self.latest is not None, timeout_s)
        return self.latest

    def charge(self, timeout_s: float) -> float | None:
        """Return the battery's charge in per cent, waiting for it; None where the robot doesn't say it."""
        with self._wake:
            self._wake.wait_for(lambda: self._charge_percent is not None, timeout_s)
        return self._charge_percent

    def close(self) -> None:
        """Stop listening; a second call does nothing."""
        if not self._closed:
            self._closed = True
            for subscriber in self._subscribers:
                subscriber.CloseChannel()

    # Messages live only as long as the call that brings them: everything is copied out here.

    def _hear_odometer(self, message: Any) -> None:  # noqa: ANN401 - the SDK publishes no types
        if not self._closed:
            self._count += 1
            self._pose = Arrival(Pose2(float(message.x), float(message.y), float(message.theta)), time.monotonic())
            self._notify()

    def _hear_low(self, message: Any) -> None:  # noqa: ANN401 - the SDK publishes no types
        if self._closed:
            return
        state = message.imu_state
        imu = Imu(_three(state.rpy), _three(state.gyro), _three(state.acc))
        if self._imu is not None and imu == self._imu.value:
            return  # the same again is no news
        self._imu = Arrival(imu, time.monotonic())
        motors = message.motor_state_serial
        self._motors = Joints(
            tuple(float(motor.q) for motor in motors),
            tuple(float(motor.dq) for motor in motors),
            tuple(float(motor.tau_est) for motor in motors),
        )
        self._notify()

    def _hear_fall(self, message: Any) -> None:  # noqa: ANN401 - the SDK publishes no types
        self.fall = int(message.fall_down_state)

    def _hear_battery(self, message: Any) -> None:  # noqa: ANN401 - the SDK publishes no types
        self._charge_percent = float(message.soc)
        self._notify()

    def _notify(self) -> None:
        with self._wake:
            self._wake.notify_all()


def _three(values: Any) -> tuple[float, float, float]:  # noqa: ANN401 - the SDK publishes no types
    x, y, z = (float(value) for value in values)
    return x, y, z
