"""Distances to a goal as the world itself has them: where a data set's own simulator is the world, they are its own."""

from __future__ import annotations

import math

from navila_sdk.errors import EvaluationError
from navila_sdk.evaluation.episodes import EvalEpisode, Point
from navila_sdk.robot import Robot


class WorldDistance:
    """Geodesic distances to one goal; ``of`` gives None where the world leaves them to the scene.

    Raises:
        EvaluationError: The world has no way from the episode's start to its goal.
    """

    def __init__(self, episode: EvalEpisode, robot: Robot) -> None:
        self._goal_m = episode.goal_m
        self._robot = robot
        start_m = (episode.start.x_m, episode.start.y_m)
        self._last_m = self._found_m(start_m)
        if not math.isfinite(self._last_m):
            raise EvaluationError(
                f"episode {episode.episode_id!r}: the world has no way for this body from the start {start_m} to the "
                f"goal {episode.goal_m}; is the goal off its floor? Mend the episode, or take a smaller body"
            )

    @classmethod
    def of(cls, episode: EvalEpisode, robot: Robot) -> WorldDistance | None:
        """Return the distances of a robot's world, or None where it has none of its own."""
        here = (episode.start.x_m, episode.start.y_m)
        return None if robot.way_m(here, here) is None else cls(episode, robot)

    def __call__(self, point_m: Point) -> float:
        """Return the distance from a point, in metres; where there is no way, what it last was."""
        found_m = self._found_m(point_m)
        if math.isfinite(found_m):
            self._last_m = found_m
        return self._last_m

    def _found_m(self, point_m: Point) -> float:
        found_m = self._robot.way_m(point_m, self._goal_m)
        return math.inf if found_m is None else found_m
