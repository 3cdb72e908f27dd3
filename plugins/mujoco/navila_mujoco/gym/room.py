"""How many contacts and constraints a training body can have at once: a GPU's room for them is set aside first."""

from __future__ import annotations

import mujoco

_ON_FLOOR = {mujoco.mjtGeom.mjGEOM_SPHERE: 1, mujoco.mjtGeom.mjGEOM_CAPSULE: 2}
_BLOCKS_AT_ONCE = 2
"""Boxes of terrain a geom touches at once: the tread it stands on and the riser before it."""
_MANY = 8
"""Contacts of any other shape with the floor or a box; two boxes can have as many."""


def room(model: mujoco.MjModel, *, terrain: bool) -> tuple[int, int]:
    """Return how many contacts an environment can have, and how many rows of constraints.

    A body touches the floor, on terrain two of its boxes, and where its legs can meet another leg, with each geom that
    can touch at all.
    """
    touching = [i for i in range(model.ngeom) if model.geom_contype[i]]
    each = sum(_ON_FLOOR.get(mujoco.mjtGeom(int(model.geom_type[i])), _MANY) for i in touching)
    meeting = any(model.geom_conaffinity[i] for i in touching)
    contacts = each * (1 + (_BLOCKS_AT_ONCE if terrain else 0) + (1 if meeting else 0))
    directions = max((int(model.geom_condim[i]) for i in touching), default=1)
    rows = contacts * max(1, 2 * (directions - 1))
    return contacts, rows + int(model.jnt_limited.sum()) + int((model.dof_frictionloss > 0).sum())
