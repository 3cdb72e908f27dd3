"""The ground under a robot at joint level: the height map it makes itself, or its clouds gathered here.

Nothing is guessed: what isn't known is unknown (NaN), and a map keeps the time it came at, so that the controller
stands where it's old or mostly empty.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Protocol

import attrs
import numpy as np

from navila_sdk.clock import WallClock
from navila_sdk.embodiment import HeightMapSpec
from navila_sdk.errors import ObservationError
from navila_sdk.hardware.arrival import Arrival
from navila_sdk.observation import PointCloud
from navila_sdk.perception.elevation import ElevationMemory
from navila_sdk.perception.height_map import HeightMap
from navila_sdk.perception.robot_grid import RobotGrid
from navila_unitree import sdk
from navila_unitree.feed import Feed
from navila_unitree.low.senses import Place

MAP_TOPIC = "rt/utlidar/height_map_array"
MAX_CELLS = 1_000_000
STANDS_ON_M = 1.0


class Ground(Protocol):
    """Where height maps come from."""

    def map(self) -> HeightMap | None:
        """Return the freshest map around the robot; None before the first."""
        ...

    def highest(self, spec: HeightMapSpec, /) -> HeightMap | None:
        """Return all that the robot's own map knows around it, walls too; None where the robot makes none."""
        ...

    def close(self) -> None:
        """Stop listening."""
        ...


def grid_of(message: Any) -> RobotGrid | None:  # noqa: ANN401 - the SDK publishes no types
    """Return the grid of a HeightMap_, its unknown cells unknown; None where the message isn't sound."""
    width, height = int(message.width), int(message.height)
    data = np.array(message.data, np.float32)
    if width * height != data.size or data.size > MAX_CELLS:
        return None
    try:
        origin = float(message.origin[0]), float(message.origin[1])
        return RobotGrid.from_rows(data, width, origin, float(message.resolution), 0.0)
    except ObservationError:
        return None


class RobotGround:
    """The robot's own height map, cut to what a policy sees.

    Args:
        spec: The policy's grid.
        place: Where the base is, in the map's odometry; None where that isn't known.
        clock: The driver's clock.
        topic: Where the maps come from.
    """

    def __init__(
        self, spec: HeightMapSpec, place: Callable[[], Place | None], clock: WallClock, topic: str = MAP_TOPIC
    ) -> None:
        self.topic = topic
        self._spec, self._place, self._clock = spec, place, clock
        self._feed: Feed[RobotGrid] = Feed(topic, sdk.message("unitree_go").HeightMap_, grid_of)
        self._seen: tuple[Arrival[RobotGrid], HeightMap] | None = None

    @property
    def latest(self) -> Arrival[RobotGrid] | None:
        """The freshest grid."""
        return self._feed.latest

    def map(self) -> HeightMap | None:
        """Return the map around the robot now; as old as the message it's of."""
        found = self._found()
        if found is None:
            return None
        arrival, place = found
        around = arrival.value.around(place.pose, place.height_m, self._spec)
        return attrs.evolve(around, time_s=self._clock.since(arrival.time_s))

    def highest(self, spec: HeightMapSpec) -> HeightMap | None:
        """Return all that the map knew around the robot when it came; the same object until another comes."""
        found = self._found()
        if found is None:
            return None
        arrival, place = found
        if self._seen is None or self._seen[0] is not arrival or self._seen[1].spec != spec:
            known = arrival.value.highest(place.pose, place.height_m, spec)
            self._seen = arrival, attrs.evolve(known, time_s=self._clock.since(arrival.time_s))
        return self._seen[1]

    def close(self) -> None:
        """Stop listening."""
        self._feed.close()

    def _found(self) -> tuple[Arrival[RobotGrid], Place] | None:
        arrival, place = self._feed.latest, self._place()
        if arrival is None or place is None or not place.pose.is_finite or not math.isfinite(place.height_m):
            return None
        return arrival, place


class GatheredGround:
    """The robot's clouds, gathered in odometry; for robots that make no map themselves.

    Args:
        spec: The policy's grid.
        place: Where the base is, in odometry.
        clouds: The freshest cloud, in the base frame turned level.
        standing_m: Height of the base over the ground where it begins.
    """

    def __init__(
        self,
        spec: HeightMapSpec,
        place: Callable[[], Place | None],
        clouds: Callable[[], PointCloud | None],
        standing_m: float,
    ) -> None:
        self._spec, self._place, self._clouds, self._standing_m = spec, place, clouds, standing_m
        self._memory = ElevationMemory()
        self._last: PointCloud | None = None

    def map(self) -> HeightMap | None:
        """Return the map around the robot now, the newest cloud taken in."""
        place, cloud = self._place(), self._clouds()
        if place is None or cloud is None or not place.pose.is_finite or not math.isfinite(place.height_m):
            return None
        pose, height_m = place.pose, place.height_m
        if self._last is None:
            self._memory.stand(pose, height_m - self._standing_m, STANDS_ON_M, cloud.time_s)
        if cloud is not self._last:
            self._last = cloud
            c, s = math.cos(pose.yaw_rad), math.sin(pose.yaw_rad)
            x, y, z = cloud.points_m.astype(float).T
            points = np.stack([pose.x_m + c * x - s * y, pose.y_m + s * x + c * y, z + height_m], axis=1)
            self._memory.add(points, (pose.x_m, pose.y_m, height_m), cloud.time_s)
        return self._memory.around(pose, height_m, self._spec)

    def highest(self, _: HeightMapSpec) -> HeightMap | None:
        """Return None: whoever wants to know gathers the clouds, too."""

    def close(self) -> None:
        """Do nothing: the clouds have an owner."""
