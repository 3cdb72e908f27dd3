"""How far along its way a walk is: what comes next on it, and where that and the next corner lie from here.

An instruction tells what happens on a way. Which part of it is due now is what a model has to find out for itself;
here it's known.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import attrs
import numpy as np

from navila_sdk.evaluation.apartments.events import (
    Along,
    Crossing,
    Event,
    Face,
    Passing,
    placed_events,
    resampled,
)
from navila_sdk.geometry import Pose2
from navila_sdk.scenes.geodesic import DistanceField
from navila_sdk.scenes.scene import Scene

KINDS = ("end", "turn", "door", "corridor", "thing")
_TYPES: dict[type[Event], int] = {Face: 1, Crossing: 2, Along: 3, Passing: 4}
_BACK, _FORWARD = 10, 40  # points of the way in which progress is looked for: a metre back, four on
_ON = 8  # points on from where one turns, or into a corridor: what one then walks towards
_LOST = (-1, 0, 0, 0, 0, 0, 0)

Ahead = tuple[int, int, int, int, int, int, int]
"""See ``Course.ahead``."""


@attrs.frozen(slots=True)
class _Due:
    index: int
    kind: int
    x_m: float
    y_m: float


class Course:
    """One episode's way.

    Args:
        scene: Where.
        start: Where it begins.
        field: Distances to where it leads.
    """

    def __init__(self, scene: Scene, start: Pose2, field: DistanceField) -> None:
        self._field = field
        corners = field.path(start.x_m, start.y_m)
        self._path = resampled(corners) if len(corners) > 1 else np.zeros((0, 2))
        self._at = 0
        self._due: Sequence[_Due] = (
            [self._placed(*placed) for placed in placed_events(scene, start, self._path, None)]
            if len(self._path) > 1
            else []
        )

    def ahead(self, pose: Pose2) -> Ahead:
        """Return what lies ahead of a pose, as whole numbers; the first is -1 where there is no way.

        What happens still before the end, the kind of the next (index into ``KINDS``), its bearing in degrees (left
        positive) and its distance in centimetres; bearing and distance of the shortest way's next corner; bearing of
        the end.
        """
        corner = self._field.next_corner(pose.x_m, pose.y_m)
        if corner is None or not len(self._path):
            return _LOST
        low, high = max(0, self._at - _BACK), min(len(self._path), self._at + _FORWARD)
        window = self._path[low:high] - (pose.x_m, pose.y_m)
        self._at = low + int(np.argmin((window**2).sum(axis=1)))
        coming = [due for due in self._due if due.index >= self._at]
        end_x, end_y = map(float, self._path[-1])
        due = coming[0] if coming else _Due(len(self._path), 0, end_x, end_y)
        return (
            len(coming),
            due.kind,
            *_polar(pose, due.x_m, due.y_m),
            *_polar(pose, *corner),
            _polar(pose, end_x, end_y)[0],
        )

    def _placed(self, index: int, event: Event) -> _Due:
        on = index + _ON if isinstance(event, Face | Along) else index
        x, y = map(float, self._path[min(max(on, 0), len(self._path) - 1)])
        if isinstance(event, Passing):
            x, y = event.thing.position_m
        # A turn before the first step is due until one has begun to walk.
        return _Due(max(index, 1), _TYPES[type(event)], x, y)


def _polar(pose: Pose2, x_m: float, y_m: float) -> tuple[int, int]:
    dx, dy = x_m - pose.x_m, y_m - pose.y_m
    bearing = math.remainder(math.atan2(dy, dx) - pose.yaw_rad, math.tau)
    return round(math.degrees(bearing)), round(100 * math.hypot(dx, dy))
