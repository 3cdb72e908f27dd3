"""The part of habitat-sim's interface this plugin uses, as types: nothing else of it is touched.

Names, arguments and their order are those of habitat-sim 0.3 (https://github.com/facebookresearch/habitat-sim,
src_python and src/esp/bindings). A test holds every one of them against a list taken from that source.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Point = NDArray[np.float32]
"""A point (3,) as habitat-sim takes it."""
Vector = Sequence[float]
"""A point or vector as it gives one: magnum's own or an array, of three numbers."""


class NavMeshSettings(Protocol):
    """How a navmesh is computed."""

    cell_size: float
    agent_height: float
    agent_radius: float
    agent_max_climb: float
    agent_max_slope: float

    def set_defaults(self) -> None:
        """Take Habitat's defaults."""
        ...


class ShortestPath(Protocol):
    """A question to the path finder, and its answer."""

    requested_start: Any
    requested_end: Any
    points: Sequence[Vector]
    geodesic_distance: float


class PathFinder(Protocol):
    """The navmesh."""

    is_loaded: bool
    navigable_area: float
    nav_mesh_settings: NavMeshSettings | None

    def load_nav_mesh(self, path: str) -> bool:
        """Read a file."""
        ...

    def save_nav_mesh(self, path: str) -> bool:
        """Write a file."""
        ...

    def find_path(self, path: ShortestPath) -> bool:
        """Fill in the shortest way."""
        ...

    def try_step(self, start: Vector, end: Vector) -> Vector:
        """Return where a move ends that slides along the border."""
        ...

    def try_step_no_sliding(self, start: Vector, end: Vector) -> Vector:
        """Return where a move ends that stops at the border."""
        ...

    def snap_point(self, point: Point) -> Vector:
        """Return the nearest point of the navmesh; NaN where none is near."""
        ...

    def get_random_navigable_point(self) -> Vector:
        """Return some point of it; NaN where there is none."""
        ...

    def get_bounds(self) -> tuple[Vector, Vector]:
        """Return its least and greatest corner."""
        ...

    def get_topdown_view(self, meters_per_pixel: float, height: float, eps: float) -> NDArray[np.bool_]:
        """Return (rows along z, columns along x): whether there is navmesh within ``eps`` of a height."""
        ...


class SensorSpec(Protocol):
    """A camera to be."""

    uuid: str
    sensor_type: Any
    sensor_subtype: Any
    position: Any
    orientation: Any
    resolution: Any
    hfov: float
    far: float


class SimulatorConfiguration(Protocol):
    """What a simulator is opened with."""

    scene_dataset_config_file: str
    scene_id: str
    random_seed: int
    gpu_device_id: int
    allow_sliding: bool
    enable_physics: bool
    load_semantic_mesh: bool


class AgentConfiguration(Protocol):
    """The body."""

    height: float
    radius: float
    sensor_specifications: list[SensorSpec]
    action_space: dict[str, Any]


class AgentState(Protocol):
    """Where the body is: a point, and a quaternion given as x y z w."""

    position: Any
    rotation: Any


class SceneNode(Protocol):
    """A place in the scene graph."""

    absolute_translation: Vector
    rotation: Quaternion

    def translate(self, vector: Vector) -> None:
        """Move by a vector of the scene's frame."""
        ...


class Agent(Protocol):
    """The body in the simulator."""

    scene_node: SceneNode

    def act(self, action_id: str) -> bool:
        """Take a step; return whether it met something."""
        ...

    def set_state(self, state: AgentState) -> None:
        """Put it somewhere."""
        ...


class Category(Protocol):
    """What kind of thing a semantic object is."""

    def name(self) -> str:
        """Return it in words."""
        ...


class SemanticObject(Protocol):
    """A thing of the scene's semantic mesh."""

    semantic_id: int
    category: Category | None


class SemanticScene(Protocol):
    """All of them."""

    objects: Sequence[SemanticObject | None]


class Simulator(Protocol):
    """An open scene."""

    pathfinder: PathFinder
    semantic_scene: SemanticScene | None

    def seed(self, new_seed: int) -> None:
        """Begin the random numbers anew."""
        ...

    def get_agent(self, agent_id: int) -> Agent:
        """Return a body."""
        ...

    def get_sensor_observations(self, agent_ids: int = 0) -> Mapping[str, NDArray[Any]]:
        """Draw what the body's sensors see."""
        ...

    def recompute_navmesh(self, pathfinder: PathFinder, navmesh_settings: NavMeshSettings) -> bool:
        """Compute the navmesh anew."""
        ...

    def reconfigure(self, config: object) -> None:
        """Open another scene."""
        ...

    def close(self, destroy: bool = True) -> None:
        """Let go of scene and OpenGL."""
        ...


class VelocityControl(Protocol):
    """Velocities that move a body over time."""

    linear_velocity: Any
    angular_velocity: Any
    controlling_lin_vel: bool
    lin_vel_is_local: bool
    controlling_ang_vel: bool
    ang_vel_is_local: bool

    def integrate_transform(self, dt: float, rigid_state: RigidState) -> RigidState:
        """Return where the body is after a while."""
        ...


class Quaternion(Protocol):
    """Magnum's: a vector part and a scalar."""

    vector: Vector
    scalar: float


class RigidState(Protocol):
    """A pose in magnum's terms."""

    rotation: Quaternion
    translation: Any
