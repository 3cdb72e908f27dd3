"""The judge of one episode: follows the robot's true pose, and says at the end what the episode came to."""

from __future__ import annotations

import math
import time

import attrs
import numpy as np
from numpy.typing import NDArray

from navila_sdk.episode import Episode
from navila_sdk.errors import EvaluationError
from navila_sdk.evaluation.compat import Compat, Drive, measured
from navila_sdk.evaluation.dtw import DtwMode
from navila_sdk.evaluation.episodes import AGENT_RADIUS_M, EvalEpisode, Point
from navila_sdk.evaluation.metrics import OF_THE_GOAL, STEP_M, EpisodeMetrics, counted_steps
from navila_sdk.evaluation.smooth import Jerk
from navila_sdk.evaluation.world_distance import WorldDistance
from navila_sdk.events import ActionEnded, Commanded, Event
from navila_sdk.geometry import Pose2
from navila_sdk.robot import Robot
from navila_sdk.scenes.geodesic import DistanceField
from navila_sdk.scenes.occupancy import occupancy
from navila_sdk.scenes.scene import Scene

_STILL_M = 0.05  # legs that turn in place shift by less, and a turn is no step of VLN-CE's paths
_ROUNDING_M = 1e-4  # a world that counts in 32 bits takes steps of 25 cm a little short


class GoalDistance:
    """Geodesic distances to one goal, for a body of ``AGENT_RADIUS_M`` whatever the robot's own.

    Where that body doesn't fit, the way counts from the nearest place where it does; off the floor, from the nearest
    point of the floor. So there is a distance wherever a robot can get to.

    Raises:
        EvaluationError: There is no way from the episode's start to its goal.
    """

    def __init__(self, episode: EvalEpisode, scene: Scene) -> None:
        self._field = DistanceField(occupancy(scene, AGENT_RADIUS_M), episode.goal_m, precise=True)
        self._bounds_m = scene.bounds_m
        if not math.isfinite(self._field.distance_m(episode.start.x_m, episode.start.y_m)):
            raise EvaluationError(
                f"episode {episode.episode_id!r}: a body of radius {AGENT_RADIUS_M:g} m finds no way from its start to "
                f"its goal {episode.goal_m} in {scene.name!r}; mend the episode"
            )

    def __call__(self, point_m: Point) -> float:
        """Return the distance from a point, in metres."""
        least, most = self._bounds_m
        x_m, y_m = (min(max(at, low), high - 1e-9) for at, low, high in zip(point_m, least, most, strict=True))
        return self._field.distance_m(x_m, y_m, math.inf) + math.dist(point_m, (x_m, y_m))


class Judge:
    """Listens to a robot; ``verdict`` gives the metrics once the episode is over.

    Args:
        episode: What is asked.
        scene: Where, as ``episode.place()`` returns it.
        robot: Whose events it listens to.
        mode: How nDTW's distance is found.
        compat: Whose definitions count.

    Raises:
        EvaluationError: There is no way from the episode's start to its goal.

    Attributes:
        path_m: The steps so far, the start first.
        yaws_rad: The heading at each.
        spent_s: Wall time that judging took.
    """

    def __init__(
        self,
        episode: EvalEpisode,
        scene: Scene,
        robot: Robot,
        mode: DtwMode = DtwMode.EXACT,
        compat: Compat = Compat.SDK,
    ) -> None:
        began_s = time.perf_counter()
        self._episode = episode
        self._distance = WorldDistance.of(episode, robot) or GoalDistance(episode, scene)
        self._robot = robot
        self._mode = mode
        self._compat = compat
        self.path_m: list[Point] = [(episode.start.x_m, episode.start.y_m)]
        self.yaws_rad: list[float] = [episode.start.yaw_rad]
        self._ticks_m: list[Point] = list(self.path_m)
        self._jerk = Jerk(robot.period_s)
        self._energy_j = robot.energy_j()
        self._fallen = False
        self._falls = 0
        self._touching = False
        self._collisions = 0
        self._contact_s = 0.0
        self._blocked_s = 0.0
        self.spent_s = time.perf_counter() - began_s

    def __call__(self, event: Event) -> None:
        """Take note of a tick or the end of an action."""
        began_s = time.perf_counter()
        if isinstance(event, Commanded):
            self._tick(event)
        elif isinstance(event, ActionEnded):
            self._step(_STILL_M)
        self.spent_s += time.perf_counter() - began_s

    def verdict(self, result: Episode) -> EpisodeMetrics:
        """Return the metrics of the episode that ended as ``result`` says, with the robot where it now stands."""
        began_s = time.perf_counter()
        pose = self._pose()
        self._note(pose)
        self._ticks_m.append((pose.x_m, pose.y_m))
        shortest_m = self._episode.geodesic_m
        drive = Drive(
            steps_m=np.asarray(self.path_m, dtype=np.float64),
            ticks_m=self._lifted(),
            distances_m=tuple(self._distance(point) for point in self.path_m),
            reference_m=np.asarray(self._episode.reference_path_m, dtype=np.float64),
            shortest_m=self._distance(self.path_m[0]) if shortest_m is None else shortest_m,
            stopped=result.outcome.ok,
        )
        found = measured(drive, self._compat, self._mode)
        self.spent_s += time.perf_counter() - began_s
        return attrs.evolve(
            _without_goal(found) if self._episode.goalless else found,
            steps=counted_steps(result.actions),
            actions=len(result.executions),
            collisions=self._collisions,
            contact_s=self._contact_s,
            blocked_s=self._blocked_s,
            idle_s=result.idle_s,
            duration_s=result.duration_s,
            driven_m=result.path_length_m,
            falls=self._falls,
            energy_j=self._spent_j(),
            jerk_mps3=self._jerk.rms_mps3,
        )

    def _lifted(self) -> NDArray[np.float64]:
        """Return the base's positions on every tick (n, 3): upstream's bench measures its height too."""
        flat = np.asarray(self._ticks_m, dtype=np.float64)
        return np.hstack([flat, np.full((len(flat), 1), self._robot.embodiment.base_height_m)])

    def _spent_j(self) -> float | None:
        now_j = self._robot.energy_j()
        return None if now_j is None or self._energy_j is None else max(now_j - self._energy_j, 0.0)

    def _tick(self, event: Commanded) -> None:
        period_s, touching = self._robot.period_s, event.state.contact
        self._collisions += touching and not self._touching
        self._touching = touching
        self._contact_s += period_s if touching else 0.0
        self._blocked_s += period_s if event.sent.is_zero and not event.asked.is_zero else 0.0
        fallen = abs(event.state.tilt_rad) > self._robot.safety_settings.max_tilt_rad
        self._falls += fallen and not self._fallen
        self._fallen = fallen
        self._jerk.feel(event.state.twist)
        pose = self._step(STEP_M - _ROUNDING_M)
        if self._compat is Compat.BENCH:
            self._ticks_m.append((pose.x_m, pose.y_m))

    def _step(self, least_m: float) -> Pose2:
        """Count the present position as a step if it's at least so far from the last one; return it."""
        pose = self._pose()
        if math.dist((pose.x_m, pose.y_m), self.path_m[-1]) >= least_m:
            self._note(pose)
        return pose

    def _note(self, pose: Pose2) -> None:
        self.path_m.append((pose.x_m, pose.y_m))
        self.yaws_rad.append(pose.yaw_rad)

    def _pose(self) -> Pose2:
        pose = self._robot.true_pose()
        return self._episode.start.compose(self._robot.state().pose) if pose is None else pose


def _without_goal(found: EpisodeMetrics) -> EpisodeMetrics:
    """Return metrics of an episode whose goal nobody tells: those that need one are undefined."""
    return attrs.evolve(found, undefined=OF_THE_GOAL, **dict.fromkeys(OF_THE_GOAL, 0.0))
