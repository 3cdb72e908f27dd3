"""Where the zones' range scan comes from: the robot's state, or made here of its cloud, depth image or a height map.

A height map is the robot's own where it makes one, and gathered here of its clouds elsewhere.
"""

from __future__ import annotations

import math

import attrs
import numpy as np

from navila_sdk.embodiment import Embodiment, HeightMapSpec
from navila_sdk.errors import CapabilityError
from navila_sdk.execution.safety.settings import ZoneSource
from navila_sdk.observation import Observation, PointCloud, RangeScan, RobotState
from navila_sdk.perception.elevation import ElevationMemory
from navila_sdk.perception.free_space import scan_of_cloud, scan_of_depth, scan_of_heights
from navila_sdk.perception.height_map import HeightMap
from navila_sdk.world import Driver, Mapped

_AROUND = HeightMapSpec(x_min_m=-2.0, x_max_m=2.0, y_min_m=-2.0, y_max_m=2.0, resolution_m=0.05)


class Lookout:
    """Gives each state the scan the settings ask for.

    Args:
        body: The robot's record.
        driver: What senses.
        source: What the scan is made of.
    """

    def __init__(self, body: Embodiment, driver: Driver, source: ZoneSource) -> None:
        self._body, self._driver, self._source = body, driver, source
        self._seen: PointCloud | Observation | HeightMap | None = None
        self._scan: RangeScan | None = None
        self._memory = ElevationMemory(too_high_m=body.footprint.height_m - body.base_height_m)
        self._mapped: Mapped | None = None
        if source is not ZoneSource.HEIGHTS:
            return
        if isinstance(driver, Mapped) and self._of_map(driver) is not None:
            self._mapped = driver
        else:
            self._memory.stand(driver.state().pose, 0.0, body.footprint.radius_m, 0.0)

    def looked(self, state: RobotState) -> RobotState:
        """Return a state with its scan.

        Raises:
            CapabilityError: The robot has no such sensor.
        """
        if self._source is ZoneSource.STATE:
            return state
        if self._mapped is not None:
            return attrs.evolve(state, scan=self._of_map(self._mapped))
        seen = self._driver.observe() if self._source is ZoneSource.DEPTH else self._driver.cloud()
        if seen is None or (isinstance(seen, Observation) and seen.depth_m is None):
            lacks = "its camera gives no depth" if self._source is ZoneSource.DEPTH else "it has no LiDAR"
            raise CapabilityError(
                f"safety.zones_from is {str(self._source)!r}, but {self._body.name} can't: {lacks}; choose another"
            )
        if seen is not self._seen:
            self._seen = seen
            self._scan = self._made(seen, state)
        return attrs.evolve(state, scan=self._scan)

    def _of_map(self, driver: Mapped) -> RangeScan | None:
        """Return the scan of the robot's own map; where there is none any more, the last one grows old."""
        ground = driver.heights(_AROUND)
        if ground is not None and ground is not self._seen:
            self._seen, self._scan = ground, scan_of_heights(ground, self._body, ground.time_s)
        return self._scan

    def _made(self, seen: PointCloud | Observation, state: RobotState) -> RangeScan:
        body = self._body
        if isinstance(seen, Observation):
            assert seen.depth_m is not None
            return scan_of_depth(seen.depth_m, body.camera, body, seen.time_s)
        if self._source is ZoneSource.CLOUD or not len(seen.points_m) or not state.pose.is_finite:
            return scan_of_cloud(seen.points_m, body, seen.time_s)
        pose, points = state.pose, seen.points_m.astype(np.float64)
        c, s = math.cos(pose.yaw_rad), math.sin(pose.yaw_rad)
        placed = np.stack(
            [
                pose.x_m + c * points[:, 0] - s * points[:, 1],
                pose.y_m + s * points[:, 0] + c * points[:, 1],
                points[:, 2] + body.base_height_m,
            ],
            axis=1,
        )
        self._memory.add(placed, (pose.x_m, pose.y_m, body.base_height_m), seen.time_s)
        return scan_of_heights(self._memory.highest(pose, body.base_height_m, _AROUND), body, seen.time_s)
