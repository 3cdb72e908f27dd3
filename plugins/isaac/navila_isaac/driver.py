"""The body as the SDK sees it: a clock, senses, a command, whatever simulator stands behind the seam."""

from __future__ import annotations

import math

import attrs
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from navila_isaac.faults import InvalidTwistError, WorldClosedError
from navila_isaac.frames import pose_of
from navila_isaac.gliding import depth_m
from navila_isaac.movers import Moved, Mover
from navila_isaac.rays import FAN_BEARINGS, FAN_REACH_M, fan_bearings
from navila_isaac.simulator import Simulator
from navila_sdk.embodiment import Embodiment
from navila_sdk.errors import SceneError
from navila_sdk.geometry import ZERO_TWIST, Pose2, Twist
from navila_sdk.observation import Observation, PointCloud, RangeScan, RobotState
from navila_sdk.perception.beams import level_points
from navila_sdk.scenes.scene import Scene
from navila_sdk.strict import check_picture_px

_EPSILON_S = 1e-9
_FOV_EDGE_RAD = 1e-6
_BEHIND_M, _ABOVE_M, _AHEAD_M = 1.2, 0.8, 1.0
"""Where third-person pictures are taken from: about where NaVILA-Bench's are."""


@attrs.frozen(slots=True)
class Pace:
    """How often things happen: length of a world step, and age at which the range scan is cast anew."""

    step_s: float
    scan_period_s: float


class IsaacDriver:
    """Implements ``navila_sdk.world.Placeable``; made by the world's record.

    Frames and scans are taken when they're asked for and the last one is older than the sensor's period.

    Args:
        embodiment: The robot.
        scene: Where it lives; its start is where the body is put.
        simulator: What stands behind it; owned from now on.
        mover: What moves the body.
        pace: How often things happen.

    Raises:
        SceneError: The robot would start inside something.
    """

    def __init__(self, embodiment: Embodiment, scene: Scene, simulator: Simulator, mover: Mover, pace: Pace) -> None:
        self.step_s, self.scene = pace.step_s, scene
        self._embodiment, self._simulator, self._mover = embodiment, simulator, mover
        self._scan_period_s = pace.scan_period_s
        self._steps, self._time_s = 0, 0.0
        self._command = ZERO_TWIST
        self._closed = False
        self._stand(scene.start)
        self._check_start()

    def _stand(self, pose: Pose2) -> None:
        self._mover.place(pose)
        self._command = ZERO_TWIST
        self._moved = Moved(ZERO_TWIST, touching=False, tilt_rad=0.0)
        self._scan: RangeScan | None = None
        self._frame: Observation | None = None
        self._cloud: PointCloud | None = None
        self._settle()

    def _settle(self) -> None:
        reading = self._simulator.read()
        self._base_m, self._pose = reading.position_m, pose_of(reading.position_m, reading.wxyz)
        self._state: RobotState | None = None

    def _check_start(self) -> None:
        start, around = self.scene.start, self._around()
        if (depth_m(around, self._embodiment.footprint) > 0).any():
            raise SceneError(
                f"{self._embodiment.name} can't start at x={start.x_m:g} y={start.y_m:g} yaw={start.yaw_rad:g} in the "
                f"scene {self.scene.name!r:.80}: something stands in its footprint; start it elsewhere"
            )

    def _check_open(self) -> None:
        if self._closed:
            raise WorldClosedError("this world is closed; connect again")

    def _around(self) -> NDArray[np.float64]:
        """Return the fan's hits (N, 2) in the body's frame."""
        hits = self._simulator.cast("fan")
        return level_points(hits, self._base_m, self._pose.yaw_rad)[:, :2].astype(float)

    def advance(self) -> None:
        """Move the world by ``step_s``.

        Raises:
            WorldClosedError: The driver was closed.
            ObservationError: The physics blew up.
        """
        self._check_open()
        self._moved = self._mover.step(self._command, self._time_s)
        self._steps += 1
        self._time_s = self._steps * self.step_s
        self._settle()

    def true_pose(self) -> Pose2:
        """Return the exact pose in the scene's frame."""
        self._check_open()
        return self._pose

    def place(self, pose: Pose2) -> None:
        """Put the body, at rest, at a pose of the scene; no time passes for the robot, and odometry stays exact."""
        self._check_open()
        self._stand(pose)

    def state(self) -> RobotState:
        """Return the state now, with a range scan at most one scan period old."""
        self._check_open()
        if self._state is None:
            if self._scan is None or self._time_s - self._scan.time_s >= self._scan_period_s - _EPSILON_S:
                self._scan = self._sweep()
            moved = self._moved
            self._state = RobotState(
                self._time_s, self._odometry(), moved.twist, moved.touching, moved.tilt_rad, self._scan
            )
        return self._state

    def _odometry(self) -> Pose2:
        return self.scene.start.relative(self._pose)

    def _sweep(self) -> RangeScan:
        """Return the nearest thing at any height of the body, bearing by bearing."""
        hits = self._simulator.cast("fan").reshape(-1, FAN_BEARINGS, 3)
        with np.errstate(invalid="ignore"):
            away = np.hypot(hits[:, :, 0] - self._base_m[0], hits[:, :, 1] - self._base_m[1])
        away[~np.isfinite(away)] = np.inf
        ranges = away.min(axis=0)
        ranges[ranges > FAN_REACH_M] = np.inf
        bearing = np.remainder(fan_bearings() - self._pose.yaw_rad + math.pi, math.tau) - math.pi
        if self._embodiment.lidar is None:
            ranges[np.abs(bearing) > self._embodiment.camera.hfov_rad / 2 + _FOV_EDGE_RAD] = np.inf
        return RangeScan(bearing, ranges, self._time_s)

    def observe(self) -> Observation:
        """Return a camera frame at most one frame period old."""
        self._check_open()
        frame, period_s = self._frame, 1 / self._embodiment.camera.rate_hz
        if frame is None or self._time_s - frame.time_s >= period_s - _EPSILON_S:
            rgb, depth = self._simulator.look()
            frame = self._frame = Observation(rgb, self._odometry(), self._time_s, depth)
        return frame

    def cloud(self) -> PointCloud | None:
        """Return a LiDAR scan at most one scan period old, or None without a LiDAR."""
        self._check_open()
        if self._embodiment.lidar is None:
            return None
        cloud, period_s = self._cloud, 1 / self._embodiment.lidar.rate_hz
        if cloud is None or self._time_s - cloud.time_s >= period_s - _EPSILON_S:
            points = level_points(self._simulator.cast("lidar"), self._base_m, self._pose.yaw_rad)
            cloud = self._cloud = PointCloud(points, self._time_s)
        return cloud

    def send(self, twist: Twist) -> None:
        """Command a body velocity, held until the next call.

        Raises:
            InvalidTwistError: A component is NaN or infinite; the command before stays.
            WorldClosedError: The driver was closed; a stop is taken nevertheless, as it stands.
        """
        if self._closed and twist.is_zero:
            return
        self._check_open()
        if not twist.is_finite:
            raise InvalidTwistError(f"a twist's components must be finite; got {twist}")
        self._command = twist

    @property
    def closed(self) -> bool:
        """Whether ``close`` was called."""
        return self._closed

    def close(self) -> None:
        """Let go of the world; Isaac itself runs on for the next one. A second call does nothing."""
        if not self._closed:
            self._closed = True
            self._simulator.close()


class FilmedDriver(IsaacDriver):
    """A driver with a second camera, for films: implements ``navila_sdk.world.Pictured`` as well."""

    def overview(self, width_px: int, height_px: int) -> NDArray[np.uint8]:
        """Return a third-person picture, uint8 (H, W, 3), from behind and above the robot.

        Raises:
            ConfigError: A side isn't 1 to 4096 pixels.
        """
        self._check_open()
        check_picture_px(width_px, height_px)
        c, s = math.cos(self._pose.yaw_rad), math.sin(self._pose.yaw_rad)
        x, y, z = self._base_m.tolist()
        eye = (x - _BEHIND_M * c, y - _BEHIND_M * s, z + _ABOVE_M)
        picture = self._simulator.overview(eye, (x + _AHEAD_M * c, y + _AHEAD_M * s, z))
        if picture.shape[:2] == (height_px, width_px):
            return picture
        return np.asarray(Image.fromarray(picture).resize((width_px, height_px), Image.Resampling.BILINEAR))
