"""The physics of training on processor threads: MuJoCo's own batch, in double precision."""

from __future__ import annotations

from collections.abc import Mapping

import mujoco
import mujoco.batch
import numpy as np
from numpy.typing import NDArray

from navila_mujoco.gym.body import SUBSTEPS, Body
from navila_mujoco.gym.physics import Floats, Ids


class ThreadsPhysics:
    """``Physics`` over mujoco.batch.

    Args:
        body: What to step.
        count: Environments.
        threads: Processor threads.
    """

    backend = "threads"
    device = "cpu"

    def __init__(self, body: Body, count: int, threads: int) -> None:
        self._body = body
        self.batch = batch = mujoco.batch.Batch(body.model, count, threads)
        self.qpos, self.qvel, self.ctrl = batch.bind("qpos"), batch.bind("qvel"), batch.bind("ctrl")
        self.sensors, self.torque = batch.bind("sensordata"), batch.bind("actuator_force")
        self.lost = np.zeros(count, np.bool_)
        if body.blocks.size:
            self._fields = [batch.expand(f"geom_{name}") for name in ("pos", "size", "rbound", "aabb")]

    def vary(self, values: Mapping[str, Floats]) -> None:
        """Give the environments model fields of their own."""
        for name, value in values.items():
            self.batch.expand(name)[...] = value
        self.batch.set_const()

    def place(self, ids: Ids, center: NDArray[np.floating], half: NDArray[np.floating]) -> None:
        """Move the terrain's boxes of some environments."""
        pos, size, rbound, aabb = self._fields
        rows = np.ix_(ids, self._body.blocks)
        pos[rows], size[rows] = center, half
        rbound[rows] = np.linalg.norm(half, axis=2)
        flat = aabb.reshape(aabb.shape[0], -1, 6)
        flat[rows] = np.concatenate([np.zeros_like(half), half], axis=2)

    def reset(self, ids: Ids) -> None:
        """Put some environments in the model's rest state."""
        self.batch.reset(ids, stage=mujoco.mjtStage.mjSTAGE_NONE)

    def forward(self, ids: Ids) -> None:
        """Work out the sensors of some environments' positions."""
        self.batch.forward(ids, stage=mujoco.mjtStage.mjSTAGE_POS)

    def advance(self, target: Floats, late: int) -> None:
        """Move all environments by one control period."""
        if late:
            self.batch.step(nstep=late)
        self.ctrl[:, self._body.actuators] = target
        self.batch.step(nstep=SUBSTEPS - late)
