"""What a body hangs from while its own legs don't carry it yet: a rope over its head, and a hand that keeps it upright.

For rehearsals: robots that can't lie down and get up are started hanging.
"""

from __future__ import annotations

import mujoco
import numpy as np

_STIFFNESS, _DAMPING = 4.0, 1.5
"""Of the rope, in body weights per metre and per metre a second."""
_SIDEWAYS = 1.0
_UPRIGHT, _TURNING = 1.2, 0.3
"""Against tilting, in body weights times metres per radian and per radian a second."""


class Gantry:
    """Carries a body.

    Args:
        model: The model it's in.
        data: Its state, standing: there it will hang.
        root_qpos: First of the free joint's seven positions.
        root_dof: First of its six velocities.
    """

    def __init__(self, model: mujoco.MjModel, data: mujoco.MjData, root_qpos: int, root_dof: int) -> None:
        self._data, self._q, self._v = data, root_qpos, root_dof
        self._body = int(model.dof_bodyid[root_dof])
        self._weight_n = float(model.body_subtreemass[self._body] * -model.opt.gravity[2])
        self._height_m = float(data.qpos[root_qpos + 2])
        self._over_m: np.ndarray | None = None

    def carry(self, part: float) -> None:
        """Carry a part of the weight in the next step, over the place where carrying began."""
        if part <= 0:
            self.let_go()
            return
        data, q, v = self._data, self._q, self._v
        if self._over_m is None:
            self._over_m = data.qpos[q : q + 2].copy()
        velocity = data.qvel[v : v + 3]
        pull = 1.0 + _STIFFNESS * (self._height_m - data.qpos[q + 2]) - _DAMPING * velocity[2]
        force = np.array([*(_SIDEWAYS * (self._over_m - data.qpos[q : q + 2]) - velocity[:2]), max(pull, 0.0)])
        rotation = np.zeros(9)
        mujoco.mju_quat2Mat(rotation, data.qpos[q + 3 : q + 7])
        up = rotation.reshape(3, 3)[:, 2]
        spin = rotation.reshape(3, 3) @ data.qvel[v + 3 : v + 6]
        # A rope doesn't keep a body from turning about it.
        torque = _UPRIGHT * np.cross(up, (0.0, 0.0, 1.0)) - _TURNING * np.array([spin[0], spin[1], 0.0])
        data.xfrc_applied[self._body] = part * self._weight_n * np.concatenate([force, torque])

    def let_go(self) -> None:
        """Carry nothing."""
        self._over_m = None
        self._data.xfrc_applied[self._body] = 0.0
