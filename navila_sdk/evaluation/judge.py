"""The judge of one episode: follows the robot's true pose, and says at the end what the episode came to."""

from __future__ import annotations

import math

import attrs
import numpy as np

from navila_sdk.episode import Episode
from navila_sdk.errors import EvaluationError
from navila_sdk.evaluation.dtw import DtwMode
from navila_sdk.evaluation.episodes import AGENT_RADIUS_M, EvalEpisode, Point
from navila_sdk.evaluation.metrics import STEP_M, EpisodeMetrics, counted_steps, in_steps, path_metrics
from navila_sdk.events import ActionEnded, Commanded, Event
from navila_sdk.robot import Robot
from navila_sdk.scenes.geodesic import DistanceField
from navila_sdk.scenes.occupancy import occupancy
from navila_sdk.scenes.scene import Scene

_STILL_M = 0.05  # legs that turn in place shift by less, and a turn is no step of VLN-CE's paths


class GoalDistance:
    """Geodesic distances to one goal, for a body of ``AGENT_RADIUS_M`` whatever the robot's own.

    Where that body doesn't fit, the way counts from the nearest place where it does; off the floor, from the nearest
    point of the floor. So there is a distance wherever a robot can get to.

    Raises:
        EvaluationError: There is no way from the episode's start to its goal.
    """

    def __init__(self, episode: EvalEpisode, scene: Scene) -> None:
        self._field = DistanceField(occupancy(scene, AGENT_RADIUS_M), episode.goal_m)
        self._size_m = scene.size_m
        if not math.isfinite(self._field.distance_m(episode.start.x_m, episode.start.y_m)):
            raise EvaluationError(
                f"episode {episode.episode_id!r}: a body of radius {AGENT_RADIUS_M:g} m finds no way from its start to "
                f"its goal {episode.goal_m} in {scene.name!r}; mend the episode"
            )

    def __call__(self, point_m: Point) -> float:
        """Return the distance from a point, in metres."""
        x_m, y_m = (min(max(value, 0.0), side - 1e-9) for value, side in zip(point_m, self._size_m, strict=True))
        return self._field.distance_m(x_m, y_m, math.inf) + math.dist(point_m, (x_m, y_m))


class Judge:
    """Listens to a robot; ``verdict`` gives the metrics once the episode is over.

    Args:
        episode: What is asked.
        scene: Where, as ``episode.place()`` returns it.
        robot: Whose events it listens to.
        mode: How nDTW's distance is found.

    Raises:
        EvaluationError: There is no way from the episode's start to its goal.
    """

    def __init__(self, episode: EvalEpisode, scene: Scene, robot: Robot, mode: DtwMode = DtwMode.EXACT) -> None:
        self._episode = episode
        self._distance = GoalDistance(episode, scene)
        self._robot = robot
        self._mode = mode
        self.path_m: list[Point] = [(episode.start.x_m, episode.start.y_m)]
        self._touching = False
        self._collisions = 0
        self._contact_s = 0.0
        self._blocked_s = 0.0

    def __call__(self, event: Event) -> None:
        """Take note of a tick or the end of an action."""
        if isinstance(event, Commanded):
            self._tick(event)
        elif isinstance(event, ActionEnded):
            self._step(_STILL_M)

    def verdict(self, result: Episode) -> EpisodeMetrics:
        """Return the metrics of the episode that ended as ``result`` says, with the robot where it now stands."""
        self.path_m.append(self._position())
        path = np.asarray(self.path_m, dtype=np.float64)
        found = path_metrics(
            path,
            [self._distance(point) for point in self.path_m],
            in_steps(self._episode.reference_path_m),
            self._distance(self.path_m[0]) if self._episode.geodesic_m is None else self._episode.geodesic_m,
            result.outcome.ok,
            self._mode,
        )
        return attrs.evolve(
            found,
            steps=counted_steps(result.actions),
            actions=len(result.executions),
            collisions=self._collisions,
            contact_s=self._contact_s,
            blocked_s=self._blocked_s,
            idle_s=result.idle_s,
            duration_s=result.duration_s,
            driven_m=result.path_length_m,
        )

    def _tick(self, event: Commanded) -> None:
        period_s, touching = self._robot.period_s, event.state.contact
        self._collisions += touching and not self._touching
        self._touching = touching
        self._contact_s += period_s if touching else 0.0
        self._blocked_s += period_s if event.sent.is_zero and not event.asked.is_zero else 0.0
        self._step(STEP_M)

    def _step(self, least_m: float) -> None:
        """Count the present position as a step if it's at least so far from the last one."""
        point = self._position()
        if math.dist(point, self.path_m[-1]) >= least_m:
            self.path_m.append(point)

    def _position(self) -> Point:
        pose = self._robot.true_pose()
        if pose is None:
            pose = self._episode.start.compose(self._robot.state().pose)
        return pose.x_m, pose.y_m
