"""A twin's own height map: the ground and what stands on it, as far as its LiDAR sees, in odometry's axes."""

from __future__ import annotations

import math
from typing import Any

import attrs
import numpy as np
from numpy.typing import NDArray

from navila_sdk.geometry import Pose2
from navila_sdk.hardware.twin_body import Snapshot
from navila_sdk.observation import RangeScan
from navila_sdk.scenes.ground import ground_height_m
from navila_sdk.scenes.scene import Scene, Solid
from navila_unitree import sdk
from navila_unitree.low.ground import MAP_TOPIC
from navila_unitree.twin.faults import Faults
from navila_unitree.twin.joint_body import ODOMETRY_HEIGHT_M
from navila_unitree.twin.outlet import Outlet

CELLS, RESOLUTION_M, UNKNOWN_M = 128, 0.06, 1e9
SEES_M = 3.6
INTO_M = 0.15
"""How far behind the face of an obstacle its top is still seen."""


class MapMaker:
    """Publishes the map.

    Args:
        scene: The place.
        faults: What shall go wrong.
        top_m: What hangs higher than this isn't in the map.
    """

    def __init__(self, scene: Scene, faults: Faults, top_m: float) -> None:
        self._scene, self._faults = standing(scene, top_m), faults
        self._outlet = Outlet(MAP_TOPIC, sdk.message("unitree_go").HeightMap_, faults)

    def say(self, snapshot: Snapshot, scan: RangeScan | None) -> None:
        """Publish the map of this moment."""
        if self._faults.on("lidar-gone") or not snapshot.odometry.is_finite:
            return
        self._outlet.put(height_map(self._scene, snapshot, scan, blind=self._faults.on("lidar-nan")))

    def close(self) -> None:
        """Leave the topic."""
        self._outlet.close()


def standing(scene: Scene, top_m: float) -> Scene:
    """Return a scene whose ground is whatever stands on it, too: a LiDAR doesn't know what may be walked on.

    Args:
        scene: The place.
        top_m: What hangs higher than this is left out: a lintel.
    """
    solids = (*scene.walls, *(solid for thing in scene.objects for solid in thing.solids))
    stands = tuple(solid for solid in solids if solid.center_m[2] - solid.size_m[2] / 2 < top_m)
    return attrs.evolve(scene, ground=(*scene.ground, *stands))


def height_map(scene: Scene, snapshot: Snapshot, scan: RangeScan | None, *, blind: bool = False) -> Any:  # noqa: ANN401
    """Return a HeightMap_: cell (ix, iy) at origin + [ix, iy] * resolution, x running fastest, about 1e9 unknown."""
    heights, origin = cells(scene, snapshot.true, snapshot.odometry, scan)
    if blind:
        heights = np.full_like(heights, np.nan)
    message: Any = sdk.blank("unitree_go_msg_dds__HeightMap_")
    message.stamp, message.frame_id = snapshot.time_s, "odom"
    message.resolution, message.width, message.height = RESOLUTION_M, CELLS, CELLS
    message.origin = list(origin)
    message.data = heights.T.ravel().tolist()
    return message


def cells(
    scene: Scene, true: Pose2, odometry: Pose2, scan: RangeScan | None
) -> tuple[NDArray[np.float32], tuple[float, float]]:
    """Return heights (nx, ny) in odometry, unknown ones 1e9, and where cell (0, 0) is.

    Args:
        scene: The place.
        true: Where the robot is in it.
        odometry: Where the robot's odometry believes it to be.
        scan: How far it sees in each direction.
    """
    half = CELLS // 2
    # A map's cells stay where they are while the robot moves.
    origin = tuple((round(at / RESOLUTION_M) - half) * RESOLUTION_M for at in (odometry.x_m, odometry.y_m))
    ahead, left = np.meshgrid(
        origin[0] + RESOLUTION_M * np.arange(CELLS) - odometry.x_m,
        origin[1] + RESOLUTION_M * np.arange(CELLS) - odometry.y_m,
        indexing="ij",
    )
    turn = true.yaw_rad - odometry.yaw_rad
    c, s = math.cos(turn), math.sin(turn)
    near = attrs.evolve(scene, ground=tuple(solid for solid in scene.ground if _away_m(solid, true) < SEES_M))
    heights = ground_height_m(near, true.x_m + c * ahead - s * left, true.y_m + s * ahead + c * left)
    heights = heights + ODOMETRY_HEIGHT_M
    away = np.hypot(ahead, left)
    seen = np.full(away.shape, SEES_M)
    if scan is not None and len(scan.bearing_rad):
        bearing = np.arctan2(left, ahead) - odometry.yaw_rad
        order = np.argsort(scan.bearing_rad)
        reach = np.where(np.isnan(scan.range_m), 0.0, scan.range_m)[order] + INTO_M
        gap = math.tau / len(order)
        nearest = np.searchsorted(scan.bearing_rad[order] + gap / 2, (bearing + math.pi) % math.tau - math.pi) % len(
            order
        )
        seen = np.minimum(seen, reach[nearest])
    return np.where(away <= seen, heights, UNKNOWN_M).astype(np.float32), (origin[0], origin[1])


def _away_m(solid: Solid, pose: Pose2) -> float:
    """Return the least distance at which a solid can be."""
    away_m = math.hypot(solid.center_m[0] - pose.x_m, solid.center_m[1] - pose.y_m)
    return away_m - math.hypot(*solid.size_m) / 2
