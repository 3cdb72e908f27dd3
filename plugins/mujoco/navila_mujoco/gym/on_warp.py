"""The physics of training on a GPU: MuJoCo Warp, in single precision; on a processor too, slowly, for tests.

State stays on the device through a control period. Each of its pieces is recorded once as a graph and replayed, for
launching the hundred kernels of a substep one by one would cost more than running them.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import Any

import mujoco
import mujoco_warp
import numpy as np
import warp
from numpy.typing import NDArray

from navila_mujoco.gym.body import SUBSTEPS, Body
from navila_mujoco.gym.physics import VARIED, Floats, Ids
from navila_mujoco.gym.room import room
from navila_mujoco.gym.warp_kernels import place_boxes
from navila_sdk.errors import CapabilityError

_DERIVED = ("body_subtreemass", "body_invweight0", "dof_invweight0", "actuator_acc0")
_BOXES = ("geom_pos", "geom_size", "geom_rbound", "geom_aabb")
_HARMLESS = int(mujoco_warp.OverflowType.ITERATIONS | mujoco_warp.OverflowType.LS_ITERATIONS)
"""Flags of a solver that stopped where the model's options say it should."""


class WarpPhysics:
    """``Physics`` over mujoco_warp.

    Args:
        body: What to step.
        count: Environments.
        device: As Warp names it.

    Raises:
        CapabilityError: The model has what MuJoCo Warp doesn't know.
    """

    backend = "warp"

    def __init__(self, body: Body, count: int, device: str) -> None:
        self._body, self._count, self.device = body, count, device
        lean = copy.copy(body.model)
        # It has no midphase to leave out and puts nobody back in a rest pose, and takes either flag for an error.
        lean.opt.disableflags &= ~int(mujoco.mjtDisableBit.mjDSBL_MIDPHASE | mujoco.mjtDisableBit.mjDSBL_AUTORESET)
        own = (*VARIED, *_DERIVED, *(_BOXES if body.blocks.size else ()))
        contacts, rows = room(lean, terrain=bool(body.blocks.size))
        with warp.ScopedDevice(device):
            try:
                self._model: Any = mujoco_warp.put_model(lean, batch_sizes=dict.fromkeys(own, count))
            except (NotImplementedError, ValueError) as error:
                raise CapabilityError(
                    f"MuJoCo Warp can't step this robot's model: {error} Train it with --backend threads"
                ) from None
            self._model.opt.warn_overflow = 0
            if warp.get_device().is_cuda and not warp.is_conditional_graph_supported():
                # The solver then runs all its iterations.
                self._model.opt.graph_conditional = False
            self._data: Any = mujoco_warp.make_data(lean, nworld=count, nconmax=contacts, njmax=rows)
            self._chosen = warp.zeros(count, dtype=bool)
            self._blocks = warp.array(body.blocks, dtype=int)
        self.qpos, self.qvel = np.zeros((count, lean.nq)), np.zeros((count, lean.nv))
        self.ctrl, self.torque = np.zeros((count, lean.nu)), np.zeros((count, lean.nu))
        self.sensors = np.zeros((count, lean.nsensordata))
        self.lost = np.zeros(count, np.bool_)
        self._substep = self._recorded(lambda: mujoco_warp.step(self._model, self._data))
        self._sense = self._recorded(self._positions)
        self._forget = self._recorded(lambda: mujoco_warp.reset_data(self._model, self._data, self._chosen))
        self.reset(np.arange(count))

    def _positions(self) -> None:
        mujoco_warp.fwd_position(self._model, self._data)
        mujoco_warp.sensor_pos(self._model, self._data)

    def _recorded(self, work: Callable[[], None]) -> Callable[[], None]:
        """Return what replays some work. It's done once first, to compile it; resetting everything undoes that."""
        with warp.ScopedDevice(self.device):
            work()
            with warp.ScopedCapture() as capture:
                work()
        return lambda: warp.capture_launch(capture.graph)

    def vary(self, values: Mapping[str, Floats]) -> None:
        """Give the environments model fields of their own."""
        with warp.ScopedDevice(self.device):
            for name, value in values.items():
                getattr(self._model, name).assign(value.astype(np.float32))
            mujoco_warp.set_const(self._model, self._data)

    def place(self, ids: Ids, center: NDArray[np.floating], half: NDArray[np.floating]) -> None:
        """Move the terrain's boxes of some environments."""
        if not ids.size:
            return
        model = self._model
        with warp.ScopedDevice(self.device):
            warp.launch(
                place_boxes,
                dim=center.shape[:2],
                inputs=[
                    warp.array(ids, dtype=int),
                    self._blocks,
                    warp.array(center, dtype=warp.vec3),
                    warp.array(half, dtype=warp.vec3),
                ],
                outputs=[*(getattr(model, name) for name in _BOXES), self._data.geom_xpos],
            )

    def reset(self, ids: Ids) -> None:
        """Put some environments in the model's rest state."""
        chosen = np.zeros(self._count, np.bool_)
        chosen[ids] = True
        self._chosen.assign(chosen)
        self._forget()
        self.qpos[ids] = self._body.model.qpos0
        self.qvel[ids], self.ctrl[ids], self.lost[ids] = 0.0, 0.0, False

    def forward(self, ids: Ids) -> None:
        """Work out the sensors of some environments' positions."""
        self._send()
        self._sense()
        self.sensors[ids] = self._data.sensordata.numpy()[ids]

    def advance(self, target: Floats, late: int) -> None:
        """Move all environments by one control period."""
        self._send()
        for _ in range(late):
            self._substep()
        self.ctrl[:, self._body.actuators] = target
        self._data.ctrl.assign(self.ctrl.astype(np.float32))
        for _ in range(SUBSTEPS - late):
            self._substep()
        data = self._data
        self.qpos[:], self.qvel[:] = data.qpos.numpy(), data.qvel.numpy()
        self.sensors[:], self.torque[:] = data.sensordata.numpy(), data.actuator_force.numpy()
        self.lost[:] = (data.overflow.numpy() & ~_HARMLESS) != 0

    def _send(self) -> None:
        for name in ("qpos", "qvel", "ctrl"):
            getattr(self._data, name).assign(getattr(self, name).astype(np.float32))
