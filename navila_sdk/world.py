"""What a world plugin provides: a driver that makes an embodiment live."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

import attrs

from navila_sdk.clock import Clock
from navila_sdk.embodiment import Camera, Embodiment, HeightMapSpec
from navila_sdk.errors import CapabilityError
from navila_sdk.geometry import Pose2, Twist
from navila_sdk.observation import Observation, PointCloud, RobotState

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from navila_sdk.locomotion.drive import JointDrive
    from navila_sdk.locomotion.senses import Senses
    from navila_sdk.perception.height_map import HeightMap
    from navila_sdk.scenes import Scene


@runtime_checkable
class Driver(Protocol):
    """A body in a world, at velocity level. The SDK's safety chain stands between users and ``send``."""

    def state(self) -> RobotState:
        """Return the freshest state; must not block."""
        ...

    def observe(self) -> Observation:
        """Return the freshest camera frame with the pose it was taken at."""
        ...

    def cloud(self) -> PointCloud | None:
        """Return the freshest LiDAR scan, or None without a LiDAR."""
        ...

    def send(self, twist: Twist) -> None:
        """Command a body velocity, held until the next call; must not block."""
        ...

    def close(self) -> None:
        """Stop the body and let go of everything; a second call does nothing."""
        ...


@runtime_checkable
class Clocked(Protocol):
    """A driver that brings the clock its times are on, as drivers of real robots do."""

    clock: Clock


@runtime_checkable
class Pictured(Protocol):
    """A driver that can draw the robot in its world, for films and reports."""

    def overview(self, width_px: int, height_px: int) -> NDArray[np.uint8]:
        """Return a third-person picture, uint8 (H, W, 3)."""
        ...


@runtime_checkable
class Mapped(Protocol):
    """A driver of a robot that may map the ground around it by itself."""

    def heights(self, spec: HeightMapSpec) -> HeightMap | None:
        """Return the highest thing the robot knows in each cell around it, as old as its map; None without a map.

        It's the same object until the robot makes another map.
        """
        ...


@runtime_checkable
class SimulatedDriver(Driver, Protocol):
    """A driver whose time passes only when it's told to."""

    step_s: float
    scene: Scene

    def advance(self) -> None:
        """Move the world by ``step_s``."""
        ...

    def true_pose(self) -> Pose2:
        """Return the exact pose in the scene's frame (for judges; a planner must not use it)."""
        ...


@runtime_checkable
class Metered(Protocol):
    """A driver that knows what work its motors have done."""

    def energy_j(self) -> float:
        """Return the mechanical work of all motors so far, in joules; braking doesn't give any back."""
        ...


@runtime_checkable
class Jointed(SimulatedDriver, Protocol):
    """A simulated body whose joints can be driven from outside, in place of its own controller; for twins.

    Its time then passes by ``servo_s`` with every command; ``advance`` gives the joints back to the controller.
    """

    servo_s: float
    joints: tuple[str, ...]

    def drive_joints(self, drive: JointDrive, carried: float = 0.0) -> None:
        """Move the world by ``servo_s``.

        Args:
            drive: What the servos are told, in the order of ``joints``.
            carried: Which part of its weight a gantry holds, 0 to 1.
        """
        ...

    def senses(self) -> Senses:
        """Return what the body feels now; its orientation is the scene's."""
        ...

    def torques_nm(self) -> NDArray[np.float64]:
        """Return the torque of each joint (N,)."""
        ...

    def base_m(self) -> NDArray[np.float64]:
        """Return where the base origin is in the scene (3,)."""
        ...


@runtime_checkable
class Measuring(Protocol):
    """A driver that knows how far it is from one place to another; for judges, a planner must not use it."""

    def way_m(self, start_m: tuple[float, float], goal_m: tuple[float, float]) -> float:
        """Return the length of the shortest way between two points of the scene in metres; inf where there is none."""
        ...


@runtime_checkable
class Stepped(Protocol):
    """A driver whose body moves by whole steps only: an action ends at the step nearest to its goal.

    Attributes:
        stride_m: Length of a step forward.
        turn_rad: Angle of a turn.
    """

    stride_m: float
    turn_rad: float


@runtime_checkable
class Placeable(SimulatedDriver, Protocol):
    """A driver whose body can be put anywhere at once: what labelled pictures are taken with."""

    def place(self, pose: Pose2) -> None:
        """Put the body, at rest, at a pose of the scene; the next ``observe`` looks from there."""
        ...


SOLID, FLOOR, BEYOND = -1, -2, -3
"""What a pixel shows that is no thing of the scene: a wall, the floor, or ceiling and sky."""


@runtime_checkable
class Segmenting(Placeable, Protocol):
    """A driver that knows what each pixel of its camera shows, for labels; a planner must not use it."""

    def segments(self) -> NDArray[np.int32]:
        """Return (H, W) for the picture last observed: an index of the scene's objects, or one of the codes above."""
        ...


@attrs.frozen(slots=True)
class WorldRequest:
    """What a world is asked to build.

    Attributes:
        embodiment: The robot.
        scene: Scene name or path as the user wrote it, or a scene value; None is the world's default.
        fidelity: One of the record's fidelities; None is the first.
        locomotion: Which policy walks, where the fidelity has legs: a kind of the embodiment's, or a file; None is
            the embodiment's first.
        seed: Seed of everything random in the world.
        options: The world's own options (``[worlds.<name>]`` in the config), unchecked.
        driver: Options of a real robot's driver (``[driver]`` in the config), unchecked.
    """

    embodiment: Embodiment
    scene: str | Scene | None = None
    fidelity: str | None = None
    locomotion: str | None = None
    seed: int = 0
    options: Mapping[str, Any] = attrs.field(factory=dict[str, Any])
    driver: Mapping[str, Any] = attrs.field(factory=dict[str, Any])


@attrs.frozen(slots=True)
class WorldRecord:
    """What an entry point of the group ``navila.worlds`` names.

    Attributes:
        name: As users write it.
        make: Builds the driver; heavy imports belong inside.
        fidelities: What the world offers, the default first.
        gym: ``module:attribute`` that makes an environment for training locomotion policies
            (``navila_sdk.training.locomotion.gym``); None where the world has none.
        summary: One line for listings.
        navila_api: Plugin API version this record is written for.
        camera: Returns what the world's options, unchecked, make of an embodiment's camera, for planners, safety and
            reports; None where no option touches it. Raises ConfigError where an option doesn't fit.
    """

    name: str
    make: Callable[[WorldRequest], Driver]
    fidelities: tuple[str, ...] = ("kinematic",)
    gym: str | None = None
    summary: str = ""
    navila_api: str = "1"
    camera: Callable[[Camera, Mapping[str, Any]], Camera] | None = None

    def offered(self, fidelity: str | None) -> str:
        """Return a fidelity of this world, its first where none is asked for.

        Raises:
            CapabilityError: It has no such fidelity.
        """
        if fidelity is not None and fidelity not in self.fidelities:
            raise CapabilityError(
                f"the world {self.name!r} has no fidelity {fidelity!r:.60}; it offers: {', '.join(self.fidelities)}"
            )
        return fidelity or self.fidelities[0]

    def embodied(self, body: Embodiment, options: Mapping[str, Any]) -> Embodiment:
        """Return an embodiment as it is in this world with these options: with the camera that they leave it.

        Raises:
            ConfigError: An option doesn't fit.
        """
        camera = body.camera if self.camera is None else self.camera(body.camera, options)
        return body if camera == body.camera else attrs.evolve(body, camera=camera)
