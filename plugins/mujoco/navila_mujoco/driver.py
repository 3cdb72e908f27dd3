"""A kinematic body in a scene: it does what it's told within its limits, and can't pass through things."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from navila_mujoco.camera import RayCamera
from navila_mujoco.eye import Eye
from navila_mujoco.lidar import RayLidar
from navila_mujoco.motion import Motion, Odometry
from navila_mujoco.options import WorldOptions
from navila_mujoco.scene_driver import SceneDriver
from navila_mujoco.sight import Sight
from navila_sdk.embodiment import Embodiment
from navila_sdk.errors import CapabilityError
from navila_sdk.geometry import ZERO_TWIST, Pose2, arc, arc_twist
from navila_sdk.scenes.ground import ground_height_m
from navila_sdk.scenes.scene import Scene


class KinematicDriver(SceneDriver):
    """Implements ``navila_sdk.world.SimulatedDriver``; made by the world's record.

    Args:
        embodiment: The robot.
        scene: Where it lives.
        options: How.
        seed: Seed of the errors of motion and odometry.
        eye: Makes the camera's pictures.
        sight: What there is to see.

    Raises:
        SceneError: The robot would start inside an obstacle, or off the floor.
        CapabilityError: The scene has ground to climb, which takes legs.
    """

    def __init__(
        self, embodiment: Embodiment, scene: Scene, options: WorldOptions, seed: int, eye: Eye, sight: Sight
    ) -> None:
        if scene.ground:
            raise CapabilityError(
                f"the scene {scene.name!r:.80} has ground to climb, and a kinematic body knows only a flat floor; "
                "add: --fidelity physics"
            )
        super().__init__(embodiment, scene, options, eye, sight)
        self._lidar = RayLidar(embodiment.lidar, sight) if embodiment.lidar else None
        motion_seed, odometry_seed = np.random.SeedSequence(seed).spawn(2)
        self._motion = Motion(
            embodiment.limits,
            options.step_s,
            options.command_noise,
            options.velocity_bias,
            np.random.default_rng(motion_seed),
        )
        self._odometry = Odometry(self._pose, options.odometry_noise, np.random.default_rng(odometry_seed))
        self._rise()

    def move(self) -> None:
        """Move the body by ``step_s``."""
        before, twist = self._pose, self._motion.step(self._command)
        if twist.is_zero:
            self._twist = ZERO_TWIST
            return
        wanted = arc(before, twist, self.step_s)
        self._pose, self._touching = self._ground.move(before, wanted)
        if self._pose is not wanted:
            twist = arc_twist(before, self._pose, self.step_s)
            self._motion.bumped(twist)
        self._twist = twist
        self._odometry_pose = self._odometry.pose(self._pose)
        self._rise()

    def _rise(self) -> None:
        """Stand as high as a mesh's floor is; any other floor is flat."""
        if self.scene.mesh is not None:
            self._lift_m = float(ground_height_m(self.scene, *np.array(self._pose.as_tuple()[:2])[:, None])[0])

    def place(self, pose: Pose2) -> None:
        """Put the body, at rest, at a pose of the scene; odometry goes on as if it had driven there without error.

        Raises:
            WorldClosedError: The driver was closed.
        """
        self._check_open()
        self._pose = pose
        self._odometry_pose = self._odometry.placed(pose)
        self._motion.twist = self._twist = self._command = ZERO_TWIST
        self._touching = False
        self._rise()
        self._state = self._scan = self._frame = self._cloud = None

    def segments(self) -> NDArray[np.int32]:
        """Return what each pixel of the picture last observed shows, int32 (H, W).

        Raises:
            CapabilityError: The renderer doesn't know.
        """
        self._check_open()
        if not isinstance(self._eye, RayCamera):
            raise CapabilityError("only the renderer 'rays' knows what a pixel shows; take that one")
        return self._eye.segments()

    def sweep(self) -> NDArray[np.float32]:
        """Return a LiDAR scan of this moment."""
        assert self._lidar is not None
        return self._lidar.scan(self._pose, self._embodiment.base_height_m, self._lift_m)
