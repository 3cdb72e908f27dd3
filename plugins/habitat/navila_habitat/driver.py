"""A body on Habitat's navmesh, behind the SDK's contract; how it moves is what the two kinds below add.

Nothing but the navmesh stops it, and there is no LiDAR and no range scan, so the safety zones have nothing to act on.
"""

from __future__ import annotations

import abc
import math

import attrs
import numpy as np
from numpy.typing import NDArray

from navila_habitat.camera import depth_of, rgb_of, semantic_of
from navila_habitat.chart import Chart
from navila_habitat.faults import InvalidTwistError, WorldClosedError
from navila_habitat.floor import Floor, floor_of, occupancy_of
from navila_habitat.frames import Triple, from_world, local_velocities, pose_of, rotation_of, to_world
from navila_habitat.keeper import KEEPER
from navila_habitat.options import HabitatOptions
from navila_habitat.simulation import Simulation
from navila_habitat.steps import StepCounter
from navila_habitat.velocity import Velocity
from navila_sdk.embodiment import Embodiment
from navila_sdk.errors import CapabilityError
from navila_sdk.geometry import ZERO_TWIST, Pose2, Twist
from navila_sdk.observation import Observation, PointCloud, RobotState
from navila_sdk.scenes.occupancy import OccupancyGrid
from navila_sdk.scenes.scene import Scene
from navila_sdk.strict import check_picture_px

_EPSILON_S = 1e-9
_STRIDE_M = 0.1
_MAP_CELL_M = 0.05


def _stepping(command: Twist) -> Twist:
    """Return what steps can do of a command: nothing backward, nothing sideways."""
    return Twist(max(command.vx_mps, 0.0), 0.0, command.wz_radps)


class HabitatDriver(abc.ABC):
    """Implements ``navila_sdk.world.Placeable`` and ``Measuring``; made by the world's record.

    Args:
        embodiment: The robot.
        scene: Where it lives, with the start it was put at.
        options: How.
        simulation: The open simulator, with the body at the start.
    """

    def __init__(self, embodiment: Embodiment, scene: Scene, options: HabitatOptions, simulation: Simulation) -> None:
        self.step_s = options.step_s
        self.scene = scene
        self._embodiment = embodiment
        self._simulation = simulation
        self._keep_open = options.keep_open
        self._steps = 0
        self._time_s = 0.0
        self._command = ZERO_TWIST
        self._twist = ZERO_TWIST
        self._touching = False
        self._pose = pose_of(simulation.position, simulation.rotation)
        self._frame: Observation | None = None
        self._semantic: NDArray[np.int32] | None = None
        self._way_m = [(self._pose.x_m, self._pose.y_m)]
        self._floor: Floor | None = None
        self._chart: Chart | None = None
        self._closed = False

    @abc.abstractmethod
    def move(self) -> None:
        """Move the body by ``step_s``: the simulation, the twist and the touch."""

    def advance(self) -> None:
        """Move the world by ``step_s``.

        Raises:
            WorldClosedError: The driver was closed.
        """
        self._check_open()
        before = self._simulation.position, self._simulation.rotation
        self.move()
        after = self._simulation.position, self._simulation.rotation
        if after != before:
            self._pose = pose_of(*after)
            if math.dist((self._pose.x_m, self._pose.y_m), self._way_m[-1]) >= _STRIDE_M:
                self._way_m.append((self._pose.x_m, self._pose.y_m))
        self._steps += 1
        self._time_s = self._steps * self.step_s

    def true_pose(self) -> Pose2:
        """Return the exact pose in the scene's frame."""
        self._check_open()
        return self._pose

    def state(self) -> RobotState:
        """Return the state now; odometry has no error here."""
        self._check_open()
        return RobotState(self._time_s, self.scene.start.relative(self._pose), self._twist, self._touching)

    def observe(self) -> Observation:
        """Return a camera frame at most one frame period old."""
        self._check_open()
        frame, period_s = self._frame, 1 / self._embodiment.camera.rate_hz
        if frame is None or self._time_s - frame.time_s >= period_s - _EPSILON_S:
            seen = self._simulation.look()
            depth = depth_of(seen["DEPTH"]) if "DEPTH" in seen else None
            self._semantic = semantic_of(seen["SEMANTIC"]) if "SEMANTIC" in seen else None
            pose = self.scene.start.relative(self._pose)
            frame = self._frame = Observation(rgb_of(seen["COLOR"]), pose, self._time_s, depth)
        return frame

    def cloud(self) -> PointCloud | None:
        """Return None: habitat-sim has no LiDAR."""
        self._check_open()
        return None

    def send(self, twist: Twist) -> None:
        """Command a body velocity, held until the next call.

        Raises:
            InvalidTwistError: A component is NaN or infinite; the command before stays.
        """
        self._check_open()
        if not twist.is_finite:
            raise InvalidTwistError(f"a twist's components must be finite; got {twist}")
        self._command = twist

    def place(self, pose: Pose2) -> None:
        """Put the body, at rest, at a pose of the scene, at the height of the floor it's on now.

        Raises:
            WorldClosedError: The driver was closed.
        """
        self._check_open()
        target = self._at((pose.x_m, pose.y_m))
        near = self._simulation.snapped(target)
        height_m = target[1] if near is None else near[1]
        self._simulation.put((target[0], height_m, target[2]), rotation_of(pose.yaw_rad))
        self._pose = pose
        self._twist = self._command = ZERO_TWIST
        self._touching = False
        self._frame = self._semantic = None
        self.rest()

    @abc.abstractmethod
    def rest(self) -> None:
        """Forget what the body was about to do."""

    # -- what only the world knows --------------------------------------------------------------

    def way_m(self, start_m: tuple[float, float], goal_m: tuple[float, float]) -> float:
        """Return the geodesic distance between two points of the scene on the navmesh of the floor the body is on.

        A point off it counts from the nearest point of it within about 2 m, as in VLN-CE; inf where there is no way.
        """
        self._check_open()
        return self._simulation.way_m(self._at(start_m), self._at(goal_m))

    def semantic(self) -> NDArray[np.int32]:
        """Return (H, W) for the picture last observed: the semantic id of what each pixel shows.

        Raises:
            CapabilityError: The option ``semantic`` is off.
        """
        if self._semantic is None:
            self.observe()
        if self._semantic is None:
            raise CapabilityError("this world has no semantic sensor; add: --set worlds.habitat.semantic=true")
        return self._semantic

    def categories(self) -> dict[int, str]:
        """Return what semantic ids mean, in the words of the scene's own file."""
        self._check_open()
        return self._simulation.categories()

    def occupancy(self) -> OccupancyGrid:
        """Return where the navmesh lets the body stand, on the floor it's on."""
        return occupancy_of(self._seen_floor())

    def overview(self, width_px: int, height_px: int) -> NDArray[np.uint8]:
        """Return a map with the robot on it, uint8 (H, W, 3).

        Raises:
            ConfigError: A side isn't 1 to 4096 pixels.
        """
        self._check_open()
        check_picture_px(width_px, height_px)
        if self._chart is None:
            self._chart = Chart(self._seen_floor())
        return self._chart.picture(self._pose, self._way_m, width_px, height_px)

    def close(self) -> None:
        """Let go of the simulator; a second call does nothing."""
        if not self._closed:
            self._closed = True
            KEEPER.give_back(self._simulation, keep=self._keep_open)

    # -- inside ---------------------------------------------------------------------------------

    def _seen_floor(self) -> Floor:
        self._check_open()
        if self._floor is None:
            radius_m = self._simulation.setup.navmesh.body.radius_m
            settings = self._simulation.finder.nav_mesh_settings
            made_for_m = radius_m if settings is None else float(settings.agent_radius)
            self._floor = floor_of(self._simulation, self._simulation.position[1], _MAP_CELL_M, made_for_m)
        return self._floor

    def _at(self, point_m: tuple[float, float]) -> Triple:
        return to_world(*point_m, from_world(self._simulation.position)[2])

    def _check_open(self) -> None:
        if self._closed:
            raise WorldClosedError("this world is closed; connect again")


class GlidingDriver(HabitatDriver):
    """A body that follows velocities within the embodiment's limits: ``motion = "continuous"``."""

    def __init__(self, embodiment: Embodiment, scene: Scene, options: HabitatOptions, simulation: Simulation) -> None:
        super().__init__(embodiment, scene, options, simulation)
        self._velocity = Velocity(embodiment.limits, options.step_s)

    def move(self) -> None:
        """Move along the velocity for ``step_s``; what the navmesh's border leaves of it is what was driven."""
        twist = self._velocity.step(self._command)
        if twist.is_zero:
            self._twist, self._touching = twist, False
            return
        before = self._pose
        self._touching = self._simulation.glide(*local_velocities(twist), self.step_s)
        if self._touching:
            driven = before.relative(pose_of(self._simulation.position, self._simulation.rotation))
            twist = attrs.evolve(twist, vx_mps=driven.x_m / self.step_s, vy_mps=driven.y_m / self.step_s)
        self._twist = twist

    def rest(self) -> None:
        """Come to rest at once."""
        self._velocity.halt()


class SteppedDriver(HabitatDriver):
    """A body that takes VLN-CE's steps and nothing between them: ``motion = "discrete"``.

    Attributes:
        stride_m: A step forward.
        turn_rad: A turn.
    """

    def __init__(self, embodiment: Embodiment, scene: Scene, options: HabitatOptions, simulation: Simulation) -> None:
        super().__init__(embodiment, scene, options, simulation)
        self.stride_m = options.forward_step_m
        self.turn_rad = math.radians(options.turn_step_deg)
        self._counter = StepCounter(self.stride_m, self.turn_rad)
        self._followed = self._moves = ZERO_TWIST

    def move(self) -> None:
        """Take the step that is due, if one is; the twist told is the one commanded, for the body jumps."""
        step = self._counter.due(self._command, self.step_s)
        if step is not None:
            self._touching = self._simulation.step(step)
        elif self._command.is_zero:
            self._touching = False
        if self._command is not self._followed:
            self._followed, self._moves = self._command, _stepping(self._command)
        self._twist = ZERO_TWIST if self._touching else self._moves

    def rest(self) -> None:
        """Owe no step."""
        self._counter.due(ZERO_TWIST, self.step_s)
