"""An open simulator: every call of habitat-sim's that concerns a body, its sensors and its navmesh is made here.

Positions and quaternions are Habitat's in here, and ours everywhere else; ``frames`` stands between.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Generator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from navila_habitat import api
from navila_habitat.camera import UUIDS, Kind
from navila_habitat.frames import Quaternion, Triple
from navila_habitat.module import Habitat
from navila_habitat.setup import Setup, configuration
from navila_habitat.steps import Step
from navila_sdk.errors import SceneError

BODY = 0
_TOUCH = 0.98
_LEAST_M = 1e-6
_MOST_SCENES = 100
_MOST_BYTES = 200_000_000


def _point(position: Sequence[float]) -> api.Point:
    return np.array(position, dtype=np.float32)


def _triple(vector: api.Vector) -> Triple:
    return float(vector[0]), float(vector[1]), float(vector[2])


@contextlib.contextmanager
def _loading(setup: Setup) -> Generator[None]:
    try:
        yield
    # habitat-sim's checks in C++ raise whatever pybind11 makes of them.
    except Exception as error:
        raise SceneError(f"habitat-sim can't load {setup.load}: {' '.join(str(error).split())[:300]}") from error


class Simulation:
    """A scene with one body in it.

    Args:
        habitat: The modules.
        setup: What to open.
        seed: Of everything random.

    Attributes:
        lift_m: How high the navmesh lies above the floor; the sensors are put that much lower than the body.

    Raises:
        SceneError: habitat-sim can't load the scene.
    """

    def __init__(self, habitat: Habitat, setup: Setup, seed: int) -> None:
        self.setup = setup
        self.lift_m = 0.0
        self._habitat = habitat
        self._scenes, self._bytes = 1, setup.mesh_bytes or 0
        with _loading(setup):
            self._sim = habitat.sim.Simulator(configuration(habitat, setup, seed))
        self._position: Triple = (0.0, 0.0, 0.0)
        self._rotation: Quaternion = (0.0, 0.0, 0.0, 1.0)
        self._shown_m: float | None = None
        control = habitat.sim.physics.VelocityControl()
        control.controlling_lin_vel = control.controlling_ang_vel = True
        control.lin_vel_is_local = control.ang_vel_is_local = True
        self._control = control

    def can_become(self, setup: Setup) -> bool:
        """Whether this simulator can go on with another setup: one that draws alike, of a mesh there is still room for.

        habitat-sim keeps whatever it ever loaded.
        """
        if setup.mesh_bytes is None or self.setup.mesh_bytes is None:
            return False
        alike = (setup.sensors, setup.gpu, setup.dataset) == (self.setup.sensors, self.setup.gpu, self.setup.dataset)
        return alike and self._scenes < _MOST_SCENES and self._bytes + setup.mesh_bytes <= _MOST_BYTES

    def become(self, setup: Setup, seed: int) -> None:
        """Go on with another setup.

        Raises:
            SceneError: habitat-sim can't load the scene.
        """
        self.setup = setup
        self.put((0.0, 0.0, 0.0), (0.0, 0.0, 0.0, 1.0))
        self._scenes, self._bytes = self._scenes + 1, self._bytes + (setup.mesh_bytes or 0)
        with _loading(setup):
            self._sim.reconfigure(configuration(self._habitat, setup, seed))

    @property
    def finder(self) -> api.PathFinder:
        """The navmesh."""
        return self._sim.pathfinder

    @property
    def position(self) -> Triple:
        """Where the body's foot is."""
        return self._position

    @property
    def rotation(self) -> Quaternion:
        """How the body is turned, x y z w."""
        return self._rotation

    def seed(self, seed: int) -> None:
        """Begin the random numbers anew."""
        self._sim.seed(seed)

    def compute_navmesh(self) -> bool:
        """Compute the navmesh for the setup's body; return whether there is one now."""
        settings = self._habitat.sim.NavMeshSettings()
        self.setup.navmesh.body.write(settings)
        return bool(self._sim.recompute_navmesh(self.finder, settings)) and self.finder.is_loaded

    # -- the body -------------------------------------------------------------------------------

    def put(self, position: Triple, rotation: Quaternion) -> None:
        """Put the body somewhere, whatever is there."""
        self._position, self._rotation, self._shown_m = position, rotation, None

    def glide(self, linear: Triple, angular: Triple, dt_s: float) -> bool:
        """Move the body by velocities in its own frame for a while, over the navmesh; return whether it met its border.

        Args:
            linear: m/s: x right, y up, z back.
            angular: rad/s about the same axes.
            dt_s: How long.
        """
        vector, control = self._habitat.magnum.Vector3, self._control
        control.linear_velocity, control.angular_velocity = vector(*linear), vector(*angular)
        x, y, z, w = self._rotation
        start, from_ = self._position, vector(*self._position)
        before = self._habitat.sim.RigidState(self._habitat.magnum.Quaternion(vector(x, y, z), w), from_)
        after = control.integrate_transform(dt_s, before)
        turned, to = after.rotation, after.translation
        asked_m, end = math.dist(start, to), start
        if asked_m >= _LEAST_M:
            finder = self._sim.pathfinder
            step = finder.try_step if self.setup.sliding else finder.try_step_no_sliding
            end = _triple(step(from_, to))
        self.put(end, (*_triple(turned.vector), turned.scalar))
        return math.dist(start, end) < _TOUCH * asked_m - _LEAST_M

    def step(self, step: Step) -> bool:
        """Take one of the discrete actions; return whether the body met something."""
        self._show(0.0)
        agent = self._sim.get_agent(BODY)
        met = bool(agent.act(str(step)))
        node = agent.scene_node  # the agent's own ``get_state`` reckons every sensor's place as well
        turned = node.rotation
        self._position = _triple(node.absolute_translation)
        self._rotation = (*_triple(turned.vector), float(turned.scalar))
        return met

    def _show(self, lower_m: float) -> None:
        """Put the simulator's own body where ours is, or a little lower."""
        agent = self._sim.get_agent(BODY)
        if self._shown_m is None:
            x, y, z = self._position
            agent.set_state(self._habitat.sim.AgentState(_point((x, y - lower_m, z)), list(self._rotation)))
        elif self._shown_m != lower_m:
            agent.scene_node.translate(self._habitat.magnum.Vector3(0.0, self._shown_m - lower_m, 0.0))
        self._shown_m = lower_m

    # -- what it sees ---------------------------------------------------------------------------

    def look(self) -> Mapping[Kind, NDArray[Any]]:
        """Return what each sensor sees, ``lift_m`` lower than the body; the arrays are habitat-sim's own buffers."""
        self._show(self.lift_m)
        seen = self._sim.get_sensor_observations(BODY)
        return {plan.kind: seen[UUIDS[plan.kind]] for plan in self.setup.sensors}

    def categories(self) -> dict[int, str]:
        """Return what each semantic id is, in the words of the scene's own file; empty where it has none."""
        scene = self._sim.semantic_scene
        things = scene.objects if scene is not None else ()
        return {
            int(thing.semantic_id): str(thing.category.name())
            for thing in things
            if thing is not None and thing.category is not None
        }

    # -- the navmesh ----------------------------------------------------------------------------

    def snapped(self, position: Triple) -> Triple | None:
        """Return the nearest point of the navmesh, or None where none is within about 2 m."""
        found = _triple(self.finder.snap_point(_point(position)))
        return found if all(math.isfinite(part) for part in found) else None

    def somewhere(self) -> Triple | None:
        """Return a random point of the navmesh, or None where there is none."""
        found = _triple(self.finder.get_random_navigable_point())
        return found if all(math.isfinite(part) for part in found) else None

    def way_m(self, start: Triple, goal: Triple) -> float:
        """Return the length of the shortest way; inf where there is none."""
        path = self._habitat.sim.ShortestPath()
        path.requested_start, path.requested_end = _point(start), _point(goal)
        return float(path.geodesic_distance) if self.finder.find_path(path) else math.inf

    def close(self) -> None:
        """Let go of scene and OpenGL."""
        self._sim.close(destroy=True)
