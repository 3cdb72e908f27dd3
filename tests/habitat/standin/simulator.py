"""The stand-in's simulator: one body, pinhole sensors, habitat-sim's actions; it counts who is open."""

from __future__ import annotations

import enum
import math
from pathlib import Path
from typing import Any, ClassVar

import attrs
import numpy as np
from numpy.typing import NDArray

from tests.habitat.standin.mesh import Points, cast, stage
from tests.habitat.standin.navmesh import NavMeshSettings, PathFinder

_TOLD = 1e-5  # as habitat-sim's controls have it


class SensorType(enum.Enum):
    COLOR = 1
    DEPTH = 2
    SEMANTIC = 3


class SensorSubType(enum.Enum):
    PINHOLE = 1


@attrs.define(kw_only=True)
class SimulatorConfiguration:
    scene_dataset_config_file: str = "default"
    scene_id: str = "NONE"
    random_seed: int = 0
    gpu_device_id: int = 0
    allow_sliding: bool = True
    enable_physics: bool = False
    load_semantic_mesh: bool = True


@attrs.define
class CameraSensorSpec:
    uuid: str = "rgba_camera"
    sensor_type: Any = SensorType.COLOR
    sensor_subtype: Any = SensorSubType.PINHOLE
    position: Any = (0.0, 1.5, 0.0)
    orientation: Any = (0.0, 0.0, 0.0)
    resolution: Any = (128, 128)
    hfov: float = 90.0
    far: float = 1000.0


@attrs.define
class ActuationSpec:
    amount: float
    constraint: float | None = None


@attrs.define
class ActionSpec:
    name: str
    actuation: ActuationSpec | None = None


@attrs.define
class AgentConfiguration:
    height: float = 1.5
    radius: float = 0.1
    sensor_specifications: list[CameraSensorSpec] = attrs.field(factory=list)
    action_space: dict[str, ActionSpec] = attrs.field(factory=dict)


@attrs.define
class Configuration:
    sim_cfg: SimulatorConfiguration
    agents: list[AgentConfiguration]


@attrs.define
class AgentState:
    position: Any = (0.0, 0.0, 0.0)
    rotation: Any = (0.0, 0.0, 0.0, 1.0)

    def __attrs_post_init__(self) -> None:
        if not (np.isfinite(self.position).all() and abs(np.linalg.norm(self.rotation) - 1) < 1e-4):
            raise ValueError("non-finite values, or no unit length")


def turned(x: float, y: float, z: float, w: float) -> Points:
    """Return the rotation matrix of a quaternion."""
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ]
    )


def about(axis: int, angle: float) -> Points:
    """Return the rotation matrix of a turn about x, y or z."""
    part = [0.0, 0.0, 0.0]
    part[axis] = math.sin(angle / 2)
    return turned(*part, math.cos(angle / 2))


@attrs.define
class Turn:
    """A quaternion, as magnum's."""

    vector: tuple[float, float, float]
    scalar: float


@attrs.define
class SceneNode:
    agent: Agent

    @property
    def absolute_translation(self) -> NDArray[np.float32]:
        return self.agent.position.astype(np.float32)

    @property
    def rotation(self) -> Turn:
        x, y, z, w = self.agent.rotation
        return Turn((x, y, z), w)

    def translate(self, vector: Any) -> None:
        self.agent.position = self.agent.position + np.asarray(vector, np.float64)


class Agent:
    def __init__(self, simulator: Simulator, config: AgentConfiguration) -> None:
        self.scene_node = SceneNode(self)
        self._simulator, self.config = simulator, config
        self.position = np.zeros(3)
        self.rotation = (0.0, 0.0, 0.0, 1.0)

    def set_state(self, state: AgentState) -> None:
        self.position = np.asarray(state.position, np.float32).astype(np.float64)
        self.rotation = tuple(float(part) for part in np.asarray(state.rotation, np.float32))

    def act(self, action_id: str) -> bool:
        action = self.config.action_space[action_id]
        assert action.actuation is not None
        amount = action.actuation.amount
        if action.name in {"turn_left", "turn_right"}:
            half = math.radians(amount if action.name == "turn_left" else -amount) / 2
            x, y, z, w = self.rotation
            s, c = math.sin(half), math.cos(half)
            self.rotation = (x * c - z * s, y * c + w * s, z * c + x * s, w * c - y * s)
            return False
        assert action.name == "move_forward"
        start = self.position
        end = start + turned(*self.rotation) @ np.array((0.0, 0.0, -amount))
        self.position = self._simulator.step_filter(start, end)
        return bool(np.sum((self.position - start) ** 2) + _TOLD < np.sum((end - start) ** 2))


class Simulator:
    """Opens a scene; a second one at once is what would break the real thing's drawing."""

    opened: ClassVar[list[Simulator]] = []
    made: ClassVar[int] = 0
    semantic_scene = None

    def __init__(self, config: Configuration) -> None:
        if Simulator.opened:
            raise RuntimeError("another simulator is open")
        self._load(config)
        Simulator.opened.append(self)
        Simulator.made += 1

    def _load(self, config: Configuration) -> None:
        self._config = config
        load = config.sim_cfg.scene_id
        if not Path(load).is_file():
            raise RuntimeError(f"Attempt to load scene instance :{load} failed due to not being found. Aborting")
        self.triangles, self.parts = stage(load)
        self.pathfinder = PathFinder()
        self.agents = [Agent(self, agent) for agent in config.agents]
        self._buffers: dict[str, NDArray[Any]] = {}
        self.seed(config.sim_cfg.random_seed)

    def reconfigure(self, config: Configuration) -> None:
        self._load(config)

    def seed(self, new_seed: int) -> None:
        self.pathfinder.seed(new_seed)

    def get_agent(self, agent_id: int) -> Agent:
        return self.agents[agent_id]

    def recompute_navmesh(self, pathfinder: PathFinder, navmesh_settings: NavMeshSettings) -> bool:
        return pathfinder.build(navmesh_settings, self.triangles)

    def step_filter(self, start: Points, end: Points) -> Points:
        sliding = self._config.sim_cfg.allow_sliding
        return (self.pathfinder.try_step if sliding else self.pathfinder.try_step_no_sliding)(start, end)

    def get_sensor_observations(self, agent_ids: int = 0) -> dict[str, NDArray[Any]]:
        agent = self.agents[agent_ids]
        return {spec.uuid: self._drawn(agent, spec) for spec in agent.config.sensor_specifications}

    def _drawn(self, agent: Agent, spec: CameraSensorSpec) -> NDArray[Any]:
        height, width = spec.resolution
        body = turned(*agent.rotation)
        eye = agent.position + body @ np.asarray(spec.position, np.float64)
        x, y, z = spec.orientation
        looking = body @ about(2, z) @ about(1, y) @ about(0, x)
        focal = width / 2 / math.tan(math.radians(spec.hfov) / 2)
        rows, columns = np.mgrid[0:height, 0:width]
        rays = np.stack(
            [(columns + 0.5 - width / 2) / focal, -(rows + 0.5 - height / 2) / focal, -np.ones((height, width))],
            axis=-1,
        )
        depth, which = cast(self.triangles, eye, rays.reshape(-1, 3) @ looking.T)
        if spec.sensor_type is SensorType.DEPTH:
            drawn: NDArray[Any] = np.where(np.isfinite(depth), depth, 0).astype(np.float32).reshape(height, width)
        elif spec.sensor_type is SensorType.SEMANTIC:
            drawn = (which + 1).astype(np.uint32).reshape(height, width)
        else:
            shade = np.where(np.isfinite(depth), 255 / (1 + depth), 0)
            kind = (self.parts[which] * 37) % 200
            drawn = np.stack([shade, kind, 255 - shade, np.full_like(shade, 255)], axis=-1)
            drawn = drawn.astype(np.uint8).reshape(height, width, 4)
        # As habitat-sim: one buffer each, drawn over by the next look.
        buffer = self._buffers.setdefault(spec.uuid, np.empty_like(drawn))
        buffer[:] = drawn
        return buffer

    def close(self, destroy: bool = True) -> None:
        assert destroy
        if self in Simulator.opened:
            Simulator.opened.remove(self)
