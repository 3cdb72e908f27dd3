"""A walking body in a scene, behind the same door as the kinematic one."""

from __future__ import annotations

import functools

import numpy as np
from numpy.typing import NDArray

from navila_mujoco.eye import Eye
from navila_mujoco.motion import Odometry
from navila_mujoco.options import WorldOptions
from navila_mujoco.physics.actor import LiveActor
from navila_mujoco.physics.arena import PHYSICS_S, build_arena, load_robot
from navila_mujoco.physics.ground_sense import ground_sense
from navila_mujoco.physics.rangefinder import Rangefinder
from navila_mujoco.physics.walker import Walker
from navila_mujoco.scene_driver import SceneDriver
from navila_mujoco.sight import Sight
from navila_mujoco.stage import Stage
from navila_sdk.embodiment import Embodiment
from navila_sdk.errors import ConfigError
from navila_sdk.geometry import Twist
from navila_sdk.locomotion.choose import locomotion_policy, robot_model
from navila_sdk.locomotion.drive import JointDrive
from navila_sdk.locomotion.senses import Senses
from navila_sdk.perception.beams import level_points, lidar_beams
from navila_sdk.perception.height_map import HeightMap
from navila_sdk.scenes.ground import ground_height_m
from navila_sdk.scenes.scene import Scene


class PhysicsDriver(SceneDriver):
    """Implements ``navila_sdk.world.Jointed``; made by the world's record.

    The camera looks level from its standing height over the ground, as a stabilised one would; the body under it
    sways, and its range sensor with it.

    Args:
        embodiment: The robot.
        scene: Where it lives.
        options: How.
        seed: Seed of the odometry's errors.
        eye: Makes the camera's pictures.
        sight: What there is to see.
        locomotion: Which policy walks: a kind of the embodiment's, a file, or None for its first.

    Raises:
        SceneError: The robot would start inside an obstacle.
        CapabilityError: The embodiment has no model or no policy.
        PolicyError: The policy doesn't fit the body.
        ConfigError: An option that only kinematic bodies know, or a step that isn't the policy's period.
    """

    servo_s = PHYSICS_S

    def __init__(
        self,
        embodiment: Embodiment,
        scene: Scene,
        options: WorldOptions,
        seed: int,
        eye: Eye,
        sight: Sight,
        locomotion: str | None,
    ) -> None:
        super().__init__(embodiment, scene, options, eye, sight)
        for name in ("command_noise", "velocity_bias"):
            if getattr(options, name):
                raise ConfigError(
                    f"worlds.mujoco.{name} is for kinematic bodies; in physics, errors come by themselves"
                )
        policy = locomotion_policy(embodiment, locomotion)
        self._model_path = robot_model(embodiment, options.model)
        spec = policy.card.height_map
        self._sense = spec and ground_sense(embodiment, scene, sight, spec, options.height_map)
        self._walker = Walker(
            build_arena(scene, load_robot(self._model_path)),
            policy,
            self._pose,
            ground=functools.partial(ground_height_m, scene),
            delay_s=options.actuator_delay_s,
            tilt_rad=options.start_tilt_rad,
            look=self._look if self._sense else None,
        )
        if abs(options.step_s - self._walker.control_s) > 1e-9:
            raise ConfigError(
                f"worlds.mujoco.step_s is {options.step_s:g} s, but {policy.path} runs every "
                f"{self._walker.control_s:g} s; set it to that"
            )
        self._pose = self._walker.pose
        self._tilt_rad = self._walker.tilt_rad
        random = np.random.default_rng(np.random.SeedSequence(seed).spawn(2)[1])
        self._odometry = Odometry(self.scene.start, options.odometry_noise, random)
        self._odometry_pose = self._odometry.pose(self._pose)
        lidar = embodiment.lidar
        self._lidar = Rangefinder(lidar_beams(lidar, embodiment.base_height_m), sight) if lidar else None

    def _look(self, walker: Walker) -> HeightMap:
        assert self._sense
        return self._sense.look(walker, self._odometry_pose)

    def move(self) -> None:
        """Move the body by ``step_s``."""
        self._walker.step(self._command)
        self._note()

    def drive_joints(self, drive: JointDrive, carried: float = 0.0) -> None:
        """Move the world by ``servo_s``, the joints driven from outside; see ``navila_sdk.world.Jointed``."""
        self._check_open()
        self._walker.drive(drive, carried)
        self._note()
        self._pass(self.servo_s / self.step_s)

    @property
    def joints(self) -> tuple[str, ...]:
        """The body's joints, in its order."""
        return self._walker.joints

    def senses(self) -> Senses:
        """Return what the body feels now."""
        return self._walker.senses()

    def torques_nm(self) -> NDArray[np.float64]:
        """Return the torque of each joint (N,)."""
        return self._walker.torques_nm

    def base_m(self) -> NDArray[np.float64]:
        """Return where the base origin is in the scene (3,)."""
        return self._walker.base[0]

    def _note(self) -> None:
        walker = self._walker
        self._pose = walker.pose
        self._odometry_pose = self._odometry.pose(self._pose)
        self._twist = Twist(*(float(part) for part in walker.velocity))
        self._touching, self._tilt_rad = walker.touching, walker.tilt_rad
        if self.scene.ground or self.scene.mesh is not None:
            self._lift_m = float(walker.base[0][2]) - self._embodiment.base_height_m

    def energy_j(self) -> float:
        """Return the work of the motors so far, in joules."""
        return self._walker.energy_j

    def sweep(self) -> NDArray[np.float32]:
        """Return a LiDAR scan of this moment, cast from the swaying body."""
        assert self._lidar is not None
        assert self._embodiment.lidar is not None
        base_m, wxyz = self._walker.base
        hits, _ = self._lidar.scan(base_m, wxyz, self._embodiment.lidar.range_m)
        return level_points(hits, base_m, self._pose.yaw_rad)

    def stage(self) -> Stage:
        """Return a stage with the robot's own solids, posed as the physics has them."""
        actor = LiveActor(load_robot(self._model_path), self._walker.data)
        return Stage(self.scene, self._embodiment, self._sight.floor, actor)

    def close(self) -> None:
        """Let go of everything; a second call does nothing."""
        super().close()
        self._walker.look = None
