"""One episode under the oracle's eyes: at every pose the action it would take, wherever the learner got to."""

from __future__ import annotations

from navila_sdk.actions import Action
from navila_sdk.embodiment import Embodiment
from navila_sdk.errors import PlannerError
from navila_sdk.evaluation.episodes import EvalEpisode
from navila_sdk.geometry import Pose2
from navila_sdk.observation import Observation
from navila_sdk.planners.oracle_options import OracleOptions
from navila_sdk.planners.oracle_planner import COMFORT_M
from navila_sdk.planners.oracle_route import Route
from navila_sdk.scenes.geodesic import DistanceField
from navila_sdk.scenes.occupancy import OccupancyGrid, occupancy
from navila_sdk.scenes.scene import Scene
from navila_sdk.training.data.course import Ahead, Course
from navila_sdk.training.data.seen import Seen, Viewpoint
from navila_sdk.training.data.stepping import after
from navila_sdk.world import Placeable


def body_grid(scene: Scene, body: Embodiment) -> OccupancyGrid:
    """Return where a body can stand in a scene, as the oracle sees it."""
    footprint = body.footprint
    return occupancy(scene, footprint.radius_m, footprint.clearance_m, max(footprint.height_m, footprint.clearance_m))


class Guided:
    """An episode that is being walked.

    Args:
        episode: What.
        scene: Its scene.
        body: Who; its camera takes the pictures.
        driver: Takes them.
        grid: Where the body can stand.
    """

    def __init__(
        self, episode: EvalEpisode, scene: Scene, body: Embodiment, driver: Placeable, grid: OccupancyGrid
    ) -> None:
        self.episode = episode
        self.pose = episode.start
        self._driver, self._grid = driver, grid
        self._field = DistanceField(grid, episode.goal_m, COMFORT_M)
        self._route = Route(self._field, OracleOptions().stop_radius_m)
        self._view = Viewpoint(body.camera, scene.objects)
        self._course = Course(scene, episode.start, self._field)

    def look(self) -> Observation:
        """Return what is seen from here."""
        self._driver.place(self.pose)
        return self._driver.observe()

    def seen(self, observation: Observation) -> list[Seen]:
        """Return which of the scene's things an observation from here shows; none without depth."""
        return [] if observation.depth_m is None else self._view.of(self.pose, observation.depth_m)

    def advice(self) -> Action | None:
        """Return what the oracle would do here; None where it finds no way."""
        try:
            return self._route.next_action(self.pose)
        except PlannerError:
            return None

    def ahead(self) -> Ahead:
        """Return what lies ahead on the way; see ``Course.ahead``."""
        return self._course.ahead(self.pose)

    def left_m(self) -> float:
        """Return how far the goal still is."""
        return self._field.distance_m(self.pose.x_m, self.pose.y_m, snap_m=1.0)

    def take(self, action: Action) -> bool:
        """Carry an action out; return whether the body came to stand elsewhere or turned."""
        pose: Pose2 = after(action, self.pose, self._grid)
        moved = pose != self.pose
        self.pose = pose
        return moved
