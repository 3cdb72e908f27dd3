"""What every body in a scene shares, however it moves: its clock, its sensors, its command, its picture."""

from __future__ import annotations

import abc

import attrs
import numpy as np
from numpy.typing import NDArray

from navila_mujoco.eye import Eye
from navila_mujoco.faults import InvalidTwistError, WorldClosedError
from navila_mujoco.ground import Ground
from navila_mujoco.lidar import BodyScan
from navila_mujoco.options import WorldOptions
from navila_mujoco.sight import Sight
from navila_mujoco.stage import Stage
from navila_sdk.embodiment import Embodiment
from navila_sdk.errors import SceneError
from navila_sdk.geometry import ZERO_TWIST, Pose2, Twist, wrap_angle
from navila_sdk.observation import Observation, PointCloud, RangeScan, RobotState
from navila_sdk.scenes.scene import Scene
from navila_sdk.strict import check_picture_px

_EPSILON_S = 1e-9
_FOLLOW_S = 1.2


class SceneDriver(abc.ABC):
    """A body in a scene; ``move`` is what the subclasses add.

    A camera frame or LiDAR scan is taken when it's asked for and the last one is older than the sensor's
    period; it carries the pose and time it was taken at. The range scan in ``state()`` works the same way.

    Args:
        embodiment: The robot.
        scene: Where it lives.
        options: How.
        eye: Makes the camera's pictures.
        sight: What there is to see.

    Raises:
        SceneError: The robot would start inside an obstacle, or off the floor.
    """

    def __init__(self, embodiment: Embodiment, scene: Scene, options: WorldOptions, eye: Eye, sight: Sight) -> None:
        self.step_s = options.step_s
        start = Pose2(*options.start) if options.start else scene.start
        # Odometry begins at the scene's start for everyone who asks the driver: planners, map, judges.
        self.scene = attrs.evolve(scene, start=start)
        self._embodiment = embodiment
        self._ground = Ground(scene, embodiment.footprint)
        self._pose = Pose2(start.x_m, start.y_m, wrap_angle(start.yaw_rad))
        self._check_start()
        self._eye = eye
        self._sight = sight
        self._stage: Stage | None = None
        self._scanner = BodyScan(embodiment, self._ground)
        self._scan_period_s = options.scan_period_s
        self._steps = 0.0
        self._time_s = 0.0
        self._command = ZERO_TWIST
        self._follow_rad = self._pose.yaw_rad
        self._odometry_pose = Pose2()
        self._state: RobotState | None = None
        self._scan: RangeScan | None = None
        self._frame: Observation | None = None
        self._cloud: PointCloud | None = None
        self._twist, self._touching, self._tilt_rad, self._lift_m = ZERO_TWIST, False, 0.0, 0.0
        self._closed = False

    def _check_start(self) -> None:
        pose, names = self._pose, self._ground.overlapped(self._pose)
        if names:
            raise SceneError(
                f"{self._embodiment.name} can't start at x={pose.x_m:g} y={pose.y_m:g} yaw={pose.yaw_rad:g} "
                f"in the scene {self.scene.name!r}: it would stand in {', '.join(names)}; start it elsewhere"
            )

    def _check_open(self) -> None:
        if self._closed:
            raise WorldClosedError("this world is closed; connect again")

    @abc.abstractmethod
    def move(self) -> None:
        """Move the body by ``step_s``: set the pose, odometry, twist, touch, tilt and lift anew."""

    @abc.abstractmethod
    def sweep(self) -> NDArray[np.float32]:
        """Return a LiDAR scan of this moment, float32 (N, 3), in the base frame turned level."""

    def advance(self) -> None:
        """Move the world by ``step_s``.

        Raises:
            WorldClosedError: The driver was closed.
        """
        self._check_open()
        self.move()
        self._pass(1.0)

    def _pass(self, steps: float) -> None:
        """Let time pass that the body has moved in."""
        gap_rad = wrap_angle(self._pose.yaw_rad - self._follow_rad)
        self._follow_rad += gap_rad * min(1.0, steps * self.step_s / _FOLLOW_S)
        self._steps += steps
        self._time_s = self._steps * self.step_s
        self._state = None

    def true_pose(self) -> Pose2:
        """Return the exact pose in the scene's frame."""
        self._check_open()
        return self._pose

    def state(self) -> RobotState:
        """Return the state now, with a range scan at most one scan period old."""
        self._check_open()
        if self._state is None:
            scan, now_s = self._scan, self._time_s
            if scan is None or now_s - scan.time_s >= self._scan_period_s - _EPSILON_S:
                scan = self._scan = self._scanner.scan(self._pose, now_s)
            self._state = RobotState(now_s, self._odometry_pose, self._twist, self._touching, self._tilt_rad, scan)
        return self._state

    def observe(self) -> Observation:
        """Return a camera frame at most one frame period old."""
        self._check_open()
        frame, period_s = self._frame, 1 / self._embodiment.camera.rate_hz
        if frame is None or self._time_s - frame.time_s >= period_s - _EPSILON_S:
            rgb, depth = self._eye.capture(self._pose, self._lift_m)
            frame = self._frame = Observation(rgb, self._odometry_pose, self._time_s, depth)
        return frame

    def cloud(self) -> PointCloud | None:
        """Return a LiDAR scan at most one scan period old, or None without a LiDAR."""
        self._check_open()
        if self._embodiment.lidar is None:
            return None
        cloud, period_s = self._cloud, 1 / self._embodiment.lidar.rate_hz
        if cloud is None or self._time_s - cloud.time_s >= period_s - _EPSILON_S:
            cloud = self._cloud = PointCloud(self.sweep(), self._time_s)
        return cloud

    def stage(self) -> Stage:
        """Return what third-person pictures are taken of."""
        return Stage(self.scene, self._embodiment, self._sight.floor)

    def overview(self, width_px: int, height_px: int) -> NDArray[np.uint8]:
        """Return a third-person picture, uint8 (H, W, 3), from behind and above the robot.

        Raises:
            ConfigError: A side isn't 1 to 4096 pixels.
        """
        self._check_open()
        check_picture_px(width_px, height_px)
        if self._stage is None:
            self._stage = self.stage()
        return self._stage.picture(self._pose, self._follow_rad, width_px, height_px)

    def send(self, twist: Twist) -> None:
        """Command a body velocity, held until the next call.

        Raises:
            InvalidTwistError: A component is NaN or infinite; the command before stays.
        """
        self._check_open()
        if not twist.is_finite:
            raise InvalidTwistError(f"a twist's components must be finite; got {twist}")
        self._command = twist

    def close(self) -> None:
        """Let go of everything; a second call does nothing."""
        if not self._closed:
            self._closed = True
            self._eye.close()
