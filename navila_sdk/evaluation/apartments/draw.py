"""Draws episodes in an apartment: a start, a target, the way between, and its words."""

from __future__ import annotations

import math
from collections.abc import Sequence

import attrs
import numpy as np

from navila_sdk.evaluation.apartments.events import Crossing, Event, Points, resampled, tell
from navila_sdk.evaluation.apartments.names import naming
from navila_sdk.evaluation.apartments.words import Teller
from navila_sdk.evaluation.episodes import AGENT_RADIUS_M, EvalEpisode, Point
from navila_sdk.geometry import Pose2
from navila_sdk.scenes.apartment import BODY_RADIUS_M
from navila_sdk.scenes.approach import approach_room, approach_thing
from navila_sdk.scenes.dice import Dice
from navila_sdk.scenes.geodesic import DistanceField
from navila_sdk.scenes.landmarks import LANDMARK_NOUNS
from navila_sdk.scenes.occupancy import occupancy
from navila_sdk.scenes.scene import Room, Scene, SceneObject

_COMFORT_M = 0.25
_ROOMY_M = 0.08
_TRIES = 25
_TARGETS = 8
_TALLEST_M = 1.9
_REFERENCE_STEP_M = 0.25


@attrs.frozen(slots=True)
class Tier:
    """How hard an episode is.

    Attributes:
        name: As it's reported.
        least_m: Shortest way; all are 2 m longer than the 3 m within which a stop counts, so that neither staying put
            nor a few steps anywhere do.
        most_m: Longest.
        doors: Fewest and most doorways.
    """

    name: str
    least_m: float
    most_m: float
    doors: tuple[int, int]


TIERS = (Tier("easy", 5.0, 7.0, (0, 1)), Tier("medium", 7.0, 10.0, (1, 2)), Tier("long", 10.0, 16.0, (2, 5)))


class Drawer:
    """Draws episodes in one apartment.

    Args:
        scene: The apartment.
        spec: How ``load_scene`` finds it again.
    """

    def __init__(self, scene: Scene, spec: str) -> None:
        self._scene, self._spec = scene, spec
        self._grid = occupancy(scene, BODY_RADIUS_M, high_m=_TALLEST_M)
        self._narrow = occupancy(scene, AGENT_RADIUS_M, high_m=_TALLEST_M)
        roomy = np.argwhere(self._grid.free & (self._grid.clearance_m >= BODY_RADIUS_M + _ROOMY_M))
        self._roomy = [(int(ix), int(iy)) for ix, iy in roomy]
        self._things = [thing for thing in scene.objects if thing.color and naming(scene, thing) is not None]
        self._marks = [thing for thing in self._things if thing.noun in LANDMARK_NOUNS]

    def draw(self, tier: Tier, dice: Dice, episode_id: str, split: str, *, held_out: bool) -> EvalEpisode | None:
        """Return an episode, or None where none comes up.

        Args:
            tier: How hard.
            dice: Chooses.
            episode_id: Its name.
            split: Its split.
            held_out: Whether the held-out wordings may be used.
        """
        for _ in range(_TRIES):
            episode = self._try(tier, dice, episode_id, split, held_out)
            if episode is not None:
                return episode
        return None

    def _try(self, tier: Tier, dice: Dice, episode_id: str, split: str, held_out: bool) -> EvalEpisode | None:
        start_m = self._grid.center_m(*dice.pick(self._roomy))
        from_start = DistanceField(self._grid, start_m)
        for _ in range(_TARGETS):
            target = self._target(dice)
            thing = target if isinstance(target, SceneObject) else None
            goal_m = self._approach(target, from_start)
            if goal_m is None or not tier.least_m * 0.9 <= from_start.distance_m(*goal_m) <= tier.most_m * 1.1:
                continue
            geodesic_m = DistanceField(self._narrow, goal_m).distance_m(*start_m)
            if not tier.least_m <= geodesic_m < tier.most_m:
                continue
            corners = DistanceField(self._grid, goal_m, _COMFORT_M).path(*start_m)
            path = resampled(corners)
            start = Pose2(*start_m, self._yaw(path, dice))
            events = tell(self._scene, start, path, thing)
            if not tier.doors[0] <= sum(isinstance(event, Crossing) for event in events) <= tier.doors[1]:
                continue
            text = self._words(events, target, start_m, Teller(dice, held_out))
            reference = resampled(corners, _REFERENCE_STEP_M)
            return EvalEpisode(
                episode_id=episode_id,
                split=split,
                scene=self._spec,
                instruction=text,
                start=Pose2(round(start.x_m, 3), round(start.y_m, 3), round(start.yaw_rad, 4)),
                goal_m=(round(goal_m[0], 3), round(goal_m[1], 3)),
                reference_path_m=tuple((round(float(x), 2), round(float(y), 2)) for x, y in reference),
                geodesic_m=round(geodesic_m, 3),
                tier=tier.name,
            )
        return None

    def _approach(self, target: SceneObject | Room, from_start: DistanceField) -> Point | None:
        if isinstance(target, Room):
            return approach_room(target, from_start)
        return approach_thing(self._scene, target, from_start)

    def _words(self, events: Sequence[Event], target: SceneObject | Room, start_m: Point, teller: Teller) -> str:
        begins = self._scene.room_at(*start_m)
        ends = target.name if isinstance(target, Room) else target.room
        named = None if isinstance(target, Room) else naming(self._scene, target)
        return teller.instruction(events, named, ends, same_room=begins is not None and begins.name == ends)

    def _target(self, dice: Dice) -> SceneObject | Room:
        """Return what the way leads to: a landmark, a piece of furniture, sometimes a room."""
        if dice.chance(8):
            return dice.pick([room for room in self._scene.rooms if room.name != "corridor"])
        return dice.pick(self._marks if self._marks and dice.chance(60) else self._things)

    def _yaw(self, path: Points, dice: Dice) -> float:
        """Return where the robot faces: mostly along the way, in a third of all cases anywhere."""
        if dice.chance(35):
            return math.radians(dice.between(-180, 165, 15))
        ahead = path[min(len(path) - 1, 8)] - path[0]
        return math.remainder(math.atan2(ahead[1], ahead[0]) + math.radians(dice.between(-30, 30, 5)), math.tau)
