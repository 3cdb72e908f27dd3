"""A mesh's storey as something to walk on and bump into: its floor, even or as a height field, and boxes.

MuJoCo takes every mesh for its convex hull, which of a room is a block; so what stands there comes as boxes of the
plan's cells, joined where they can be.
"""

from __future__ import annotations

from typing import Any

import mujoco
import numpy as np

from navila_mujoco.solids import EVERYTHING
from navila_sdk.scenes.mesh.blocks import solid_blocks
from navila_sdk.scenes.mesh.columns import Columns
from navila_sdk.scenes.mesh.ground import CELL_M

_EVEN_M = 0.02
_TOP_M = 2.0
_STRIDE = 2  # plan cells to a cell of the height field
_DEEP_M = 0.5
_BITS = {"contype": EVERYTHING, "conaffinity": EVERYTHING}


def add_floor(spec: mujoco.MjSpec, columns: Columns, name: str) -> int:
    """Add the floor, and return how many geoms it took: a plane, and a height field where it isn't even."""
    plane = mujoco.mjtGeom.mjGEOM_PLANE
    ground = columns.ground_m
    low, high = float(np.nanmin(ground)), float(np.nanmax(ground))
    if high - low <= _EVEN_M:
        middle = float(np.nanmedian(ground))
        spec.worldbody.add_geom(name=name, type=plane, size=[0, 0, 1], pos=[0, 0, middle], **_BITS)
        return 1
    # Under the field lies a plane, for whoever gets to where the mesh has no floor.
    spec.worldbody.add_geom(name=name, type=plane, size=[0, 0, 1], pos=[0, 0, low - _DEEP_M], **_BITS)
    coarse = ground[::_STRIDE, ::_STRIDE]
    heights = np.where(np.isnan(coarse), low, coarse).astype(np.float64)
    nx, ny = heights.shape
    step = CELL_M * _STRIDE
    half_x, half_y = (nx - 1) * step / 2, (ny - 1) * step / 2
    x, y = (corner + CELL_M / 2 for corner in columns.origin_m)
    field: Any = spec.add_hfield(name=f"{name} field", nrow=ny, ncol=nx)
    field.size = [half_x, half_y, high - low, _DEEP_M]
    field.userdata = ((heights - low) / (high - low)).T.ravel().astype(np.float32)
    spec.worldbody.add_geom(
        type=mujoco.mjtGeom.mjGEOM_HFIELD, hfieldname=f"{name} field", pos=[x + half_x, y + half_y, low], **_BITS
    )
    return 2


def add_obstacles(spec: mujoco.MjSpec, columns: Columns) -> int:
    """Add what stands on the floor, up to 2 m, and return how many geoms it took."""
    blocks = solid_blocks(columns, _TOP_M)
    for block in blocks:
        low, high = np.array(block.low_m), np.array(block.high_m)
        spec.worldbody.add_geom(
            type=mujoco.mjtGeom.mjGEOM_BOX, size=((high - low) / 2).tolist(), pos=((low + high) / 2).tolist(), **_BITS
        )
    return len(blocks)
