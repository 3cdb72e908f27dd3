"""The walking robot's own solids for third-person pictures, posed as the physics has them."""

from __future__ import annotations

import mujoco

from navila_mujoco.figure import Color
from navila_mujoco.physics.arena import PREFIX
from navila_sdk.geometry import Pose2


class LiveActor:
    """Looks like the physics model.

    Args:
        robot: The robot's MJCF, a copy of its own.
        live: The state it takes its pose from; the robot must be all that moves there.
    """

    def __init__(self, robot: mujoco.MjSpec, live: mujoco.MjData) -> None:
        self._robot, self._live = robot, live
        for geom in robot.geoms:
            geom.contype = geom.conaffinity = 0

    def add(self, spec: mujoco.MjSpec) -> None:
        """Attach the robot."""
        spec.attach(self._robot, prefix=PREFIX, frame=spec.worldbody.add_frame())

    def colors(self, model: mujoco.MjModel, first: int) -> list[Color]:
        """Return the colour of each of its geoms."""
        parts = (model.geom_rgba[first:, :3] * 255).round().astype(int)
        return [(int(r), int(g), int(b)) for r, g, b in parts]

    def place(self, data: mujoco.MjData, pose: Pose2) -> None:
        """Take up the physics' pose of this moment."""
        del pose
        data.qpos[:] = self._live.qpos
