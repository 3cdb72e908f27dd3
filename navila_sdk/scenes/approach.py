"""Where to stop at a thing or in a room: a free point that can be reached, on the side one comes from."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from navila_sdk.scenes.geodesic import DistanceField
from navila_sdk.scenes.occupancy import solid_distance_squared
from navila_sdk.scenes.scene import Room, Scene, SceneObject

NEAR_M = 0.60
FAR_M = 0.80
# Farthest from the thing, least distance from the middle of the room's walls, room to spare around the body: not
# in a doorway and not squeezed in, if it can be helped.
_TRIED_M = ((FAR_M, 0.35, 0.05), (FAR_M, 0.0, 0.05), (1.0, 0.0, 0.0), (1.5, 0.0, 0.0))


def surface_distance_m(thing: SceneObject, x_m: Any, y_m: Any) -> NDArray[np.float64]:  # noqa: ANN401
    """Return the distance from points to a thing's outline as seen from above (arrays or numbers)."""
    x, y = np.asarray(x_m, dtype=np.float64), np.asarray(y_m, dtype=np.float64)
    everywhere = (-np.inf, np.inf)
    squared = [solid_distance_squared(solid, x, y, everywhere) for solid in thing.solids]
    return np.sqrt(np.minimum.reduce(squared))


def approach_thing(scene: Scene, thing: SceneObject, from_start: DistanceField) -> tuple[float, float] | None:
    """Return the first point, coming from the field's goal, 0.6 to 0.8 m off a thing's outline.

    Stays in the thing's room; takes up to 1.5 m where nothing nearer is free. None where there is no such point.
    """
    grid = from_start.grid
    xs, ys = _centres(from_start)
    off_m = surface_distance_m(thing, xs, ys)
    room = next((room for room in scene.rooms if room.name == thing.room), None)
    for far_m, indoors_m, spare_m in _TRIED_M:
        fitting = from_start.reachable & (off_m >= NEAR_M) & (off_m <= far_m)
        fitting &= grid.clearance_m >= grid.radius_m + spare_m
        if room is not None:
            fitting &= _in_room(room, xs, ys, indoors_m)
        cost = np.where(fitting, from_start.cost_um, np.inf)
        best = np.unravel_index(int(cost.argmin()), cost.shape)
        if np.isfinite(cost[best]):
            return grid.center_m(int(best[0]), int(best[1]))
    return None


def approach_room(room: Room, from_start: DistanceField) -> tuple[float, float] | None:
    """Return the reachable point nearest to a room's centre, or None where none is in the room."""
    xs, ys = _centres(from_start)
    dx, dy = xs - (room.x_min_m + room.x_max_m) / 2, ys - (room.y_min_m + room.y_max_m) / 2
    squared = np.where(from_start.reachable & _in_room(room, xs, ys), dx * dx + dy * dy, np.inf)
    best = np.unravel_index(int(squared.argmin()), squared.shape)
    if not np.isfinite(squared[best]):
        return None
    return from_start.grid.center_m(int(best[0]), int(best[1]))


def _centres(field: DistanceField) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    nx, ny = field.grid.shape
    xs = field.grid.origin_m[0] + (np.arange(nx, dtype=np.float64) + 0.5) * field.grid.resolution_m
    ys = field.grid.origin_m[1] + (np.arange(ny, dtype=np.float64) + 0.5) * field.grid.resolution_m
    return xs[:, None], ys[None, :]


def _in_room(room: Room, xs: NDArray[np.float64], ys: NDArray[np.float64], inside_m: float = 0.0) -> NDArray[np.bool_]:
    across = (xs >= room.x_min_m + inside_m) & (xs <= room.x_max_m - inside_m)
    return across & (ys >= room.y_min_m + inside_m) & (ys <= room.y_max_m - inside_m)
