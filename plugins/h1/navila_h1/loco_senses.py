"""What an H1 says of itself: odometry only when asked, the IMU on a topic; only together they are a reading."""

from __future__ import annotations

import threading
import time
from typing import Any

import attrs
from navila_unitree import codes, sdk
from navila_unitree.clouds import Rotation, levelling
from navila_unitree.feed import Arrival, Feed

from navila_h1.loco import CALL_TIMEOUT_S, ENABLE_ODOMETRY, GET_ODOMETRY, WALKING, LocoLegs
from navila_sdk.geometry import Pose2
from navila_sdk.hardware.odometry import Reading, tilt_of

ODOMETRY_HZ = 50.0


@attrs.frozen(slots=True)
class Imu:
    """Turn rate and rotation (w, x, y, z)."""

    wz_radps: float
    rotation: tuple[float, float, float, float]


class LocoSenses:
    """Asks for odometry on a thread of its own, and hears the IMU; only together they are a reading.

    Args:
        legs: The service's client, for what may take long.
    """

    silent = ""

    def __init__(self, legs: LocoLegs) -> None:
        self._legs, self._client = legs, legs.odometer
        self.level: Rotation = levelling(1.0, 0.0, 0.0, 0.0)
        self._odometry: Arrival[Pose2] | None = None
        self._count, self._tick = 0, -1
        self.code = 0
        self._done = threading.Event()
        self._imu: Feed[Imu] = Feed("rt/lowstate", sdk.message("unitree_go").LowState_, self._read)
        self._thread = threading.Thread(target=self._ask, name="navila-odometry", daemon=True)
        self._thread.start()

    @property
    def latest(self) -> Arrival[Reading] | None:
        """The freshest reading; as old as the older of its two parts."""
        odometry, imu = self._odometry, self._imu.latest
        if odometry is None or imu is None:
            return None
        reading = Reading(
            odometry.value, imu.value.wz_radps, tilt_of(*imu.value.rotation), float(self._count), WALKING, timed=False
        )
        return Arrival(reading, min(odometry.time_s, imu.time_s))

    def wait(self, timeout_s: float) -> Arrival[Reading] | None:
        """Return the first reading; None where none came in time.

        Raises:
            RobotRefusedError: The robot answers, and says it has no odometry.
        """
        end_s = time.monotonic() + timeout_s
        while (found := self.latest) is None and time.monotonic() < end_s:
            if self.code and self.code not in codes.UNREACHABLE:
                codes.check(self.code, "h1: odometry")
            time.sleep(0.02)
        return found

    def close(self) -> None:
        """Stop asking and listening."""
        self._done.set()
        self._thread.join(timeout=2 * CALL_TIMEOUT_S)
        self._imu.close()

    def _read(self, message: Any) -> Imu | None:  # noqa: ANN401 - the SDK publishes no types
        tick = int(message.tick)
        if tick == self._tick:
            return None  # the same again is no news
        self._tick = tick
        w, x, y, z = (float(part) for part in message.imu_state.quaternion)
        self.level = levelling(w, x, y, z)
        return Imu(float(message.imu_state.gyroscope[2]), (w, x, y, z))

    def _ask(self) -> None:
        self._client.call(ENABLE_ODOMETRY)
        while not self._done.is_set():
            begun_s = time.monotonic()
            self.code, data = self._client.call(GET_ODOMETRY)
            pose = _pose(data) if self.code == 0 else None
            if pose is not None:
                self._count += 1
                self._odometry = Arrival(pose, begun_s)
            self._done.wait(max(begun_s + 1 / ODOMETRY_HZ - time.monotonic(), 0.001))


def _pose(data: Any) -> Pose2 | None:  # noqa: ANN401 - JSON from the wire
    try:
        return Pose2(data["x"], data["y"], data["z"])
    except (TypeError, KeyError, ValueError):
        return None
