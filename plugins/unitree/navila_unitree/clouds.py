"""The LiDAR's cloud as the SDK wants it: in the base frame turned level, with the time it arrived."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from navila_sdk.clock import WallClock
from navila_sdk.embodiment import Lidar
from navila_sdk.observation import PointCloud
from navila_unitree import sdk
from navila_unitree.cloud import points_of
from navila_unitree.feed import Arrival, Feed

Rotation = NDArray[np.float32]


def levelling(w: float, x: float, y: float, z: float) -> Rotation:
    """Return the rotation (3, 3) that turns vectors of a tilted body level, its heading kept."""
    up = np.array([2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)])
    ahead = np.array([1.0, 0.0, 0.0]) - up[0] * up
    ahead /= max(float(np.linalg.norm(ahead)), 1e-9)
    return np.stack([ahead, np.cross(up, ahead), up]).astype(np.float32)


class Clouds:
    """Listens to the LiDAR.

    Args:
        clock: The driver's clock.
        level: The rotation that turns the base frame level, now.
        topic: Where clouds come from.
        mount: Where the LiDAR sits on the robot, if they are in its own frame; None if they are in the base frame.
        base_height_m: Height of the base over the floor, standing.
    """

    def __init__(
        self,
        clock: WallClock,
        level: Callable[[], Rotation],
        topic: str,
        mount: Lidar | None = None,
        base_height_m: float = 0.0,
    ) -> None:
        self._clock, self._level = clock, level
        self._turn, self._shift = mounting(mount, base_height_m)
        self._feed: Feed[NDArray[np.float32]] = Feed(topic, sdk.message("sensor_msgs").PointCloud2_, self._read)
        self._last: tuple[Arrival[NDArray[np.float32]], PointCloud] | None = None

    def wait(self, timeout_s: float) -> bool:
        """Return whether a cloud came in time."""
        return self._feed.wait(timeout_s) is not None

    def latest(self) -> PointCloud | None:
        """Return the freshest cloud; the same object until another comes."""
        arrival = self._feed.latest
        if arrival is None:
            return None
        if self._last is None or self._last[0] is not arrival:
            self._last = (arrival, PointCloud(arrival.value, self._clock.since(arrival.time_s)))
        return self._last[1]

    def close(self) -> None:
        """Stop listening."""
        self._feed.close()

    def _read(self, message: Any) -> NDArray[np.float32] | None:  # noqa: ANN401 - the SDK publishes no types
        points = points_of(message)
        if points is None:
            return None
        based: NDArray[np.float32] = points @ self._turn.T + self._shift
        return (based @ self._level().T).astype(np.float32)


def mounting(mount: Lidar | None, base_height_m: float) -> tuple[Rotation, NDArray[np.float32]]:
    """Return rotation and shift from the sensor's frame to the base's."""
    if mount is None:
        return np.eye(3, dtype=np.float32), np.zeros(3, np.float32)
    c, s = math.cos(mount.pitch_rad), math.sin(mount.pitch_rad)
    turn = np.array([[c, 0.0, s], [0.0, 1.0, 0.0], [-s, 0.0, c]], np.float32)
    return turn, np.array([mount.x_m, mount.y_m, mount.z_m - base_height_m], np.float32)
