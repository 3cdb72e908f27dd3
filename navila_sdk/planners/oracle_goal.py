"""From an instruction to a goal point that the robot can reach."""

from __future__ import annotations

import math

from navila_sdk.errors import PlannerError
from navila_sdk.geometry import Pose2
from navila_sdk.planners.oracle_words import destination, errand_for
from navila_sdk.scenes.approach import approach_room, approach_thing
from navila_sdk.scenes.geodesic import DistanceField
from navila_sdk.scenes.occupancy import OccupancyGrid
from navila_sdk.scenes.scene import Room, Scene


def goal_of(scene: Scene, instruction: str, grid: OccupancyGrid, start: Pose2) -> tuple[float, float]:
    """Return where an instruction leads: an errand's goal, or a point at the thing or in the room it names.

    Raises:
        InstructionError: It names nothing known, or several unlike things.
        PlannerError: What it names can't be reached.
    """
    errand = errand_for(scene, instruction)
    if errand is not None:
        return errand.goal_m
    meant = destination(scene, instruction)
    from_start = DistanceField(grid, (start.x_m, start.y_m))
    if isinstance(meant, Room):
        point, name = approach_room(meant, from_start), f"the {meant.name}"
        at = ((meant.x_min_m + meant.x_max_m) / 2, (meant.y_min_m + meant.y_max_m) / 2)
    else:
        points = [point for thing in meant if (point := approach_thing(scene, thing, from_start)) is not None]
        point = min(points, key=lambda point: from_start.distance_m(*point), default=None)
        name, at = f"the {meant[0].name}", meant[0].position_m
    if point is None:
        raise unreachable(name, at, start, grid)
    return point


def unreachable(name: str, at_m: tuple[float, float], start: Pose2, grid: OccupancyGrid) -> PlannerError:
    """Return the error for something the body can't get to, with how far away it is."""
    away_m = math.hypot(at_m[0] - start.x_m, at_m[1] - start.y_m)
    here = "" if grid.is_free(start.x_m, start.y_m) else "; the robot stands where its body doesn't fit"
    return PlannerError(
        f"the oracle finds no way to {name} at ({at_m[0]:.2f}, {at_m[1]:.2f}), {away_m:.2f} m from the robot at "
        f"({start.x_m:.2f}, {start.y_m:.2f}) as the crow flies, for a body of radius {grid.radius_m:.2f} m{here}. "
        "Choose another goal, or a smaller radius_m in the oracle's options"
    )
