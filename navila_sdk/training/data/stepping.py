"""Where an action would lead a body that follows it exactly: as in VLN-CE, but for the last centimetres to a wall."""

from __future__ import annotations

import math

import numpy as np

from navila_sdk.actions import Action, MoveForward, TurnLeft, TurnRight
from navila_sdk.geometry import Pose2, wrap_angle
from navila_sdk.scenes.occupancy import OccupancyGrid


def after(action: Action, pose: Pose2, grid: OccupancyGrid) -> Pose2:
    """Return the pose after an action; a move ends where the body would touch.

    Args:
        action: A forward move or a turn; anything else changes nothing.
        pose: Where the body is.
        grid: Where it can be.
    """
    if isinstance(action, TurnLeft):
        return Pose2(pose.x_m, pose.y_m, wrap_angle(pose.yaw_rad + action.angle_rad))
    if isinstance(action, TurnRight):
        return Pose2(pose.x_m, pose.y_m, wrap_angle(pose.yaw_rad - action.angle_rad))
    if not isinstance(action, MoveForward):
        return pose
    end = (
        pose.x_m + action.distance_m * math.cos(pose.yaw_rad),
        pose.y_m + action.distance_m * math.sin(pose.yaw_rad),
    )
    points = grid.segment((pose.x_m, pose.y_m), end)
    # Standing a little too near already must not pin the body.
    floor_m = min(grid.radius_m, float(grid.clearances_m(points[:1])[0])) - 1e-9
    fits = grid.clearances_m(points) >= floor_m
    last = len(points) - 1 if bool(fits.all()) else max(int(np.argmin(fits)) - 1, 0)
    return Pose2(float(points[last, 0]), float(points[last, 1]), pose.yaw_rad)
