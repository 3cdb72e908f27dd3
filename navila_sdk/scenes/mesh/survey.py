"""Everything that is known of one storey of a mesh: its surface, its colours, its plan, where a robot may start."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

import attrs
import numpy as np
from numpy.typing import NDArray

from navila_sdk.errors import SceneError
from navila_sdk.scenes.mesh.columns import Columns, build_columns
from navila_sdk.scenes.mesh.ground import CELL_M, FLOOR_RANGE_M, SLAB_M, SLABS
from navila_sdk.scenes.mesh.patch import Patch
from navila_sdk.scenes.mesh.pixels import nearest_set
from navila_sdk.scenes.mesh.samples import Floats, spread
from navila_sdk.scenes.mesh.sheets import Sheets, build_sheets, longest_first
from navila_sdk.scenes.mesh.storeys import upward

BELOW_M, ABOVE_M = 0.75, 3.5
"""How much under and over a storey's floor is kept: its ceiling, and the beginning of its stairs."""
_SLOPE = 0.7  # least upward part of the normal of what can be stood on: 45 degrees, agent_max_slope of VLN-CE's meshes
_SPACING_M = CELL_M / 2
_MAX_CELLS = 64_000_000
_START_M = 0.3
_BODY_M = (0.05, 1.0)
_ROOMY_M = 0.8


@attrs.frozen(slots=True, eq=False)
class Survey:
    """One storey, its floor at height 0.

    Attributes:
        vertices_m: float32 (N, 3).
        faces: int32 (M, 3).
        sheets: The faces' colours.
        columns: The plan.
        low_m: Least x and y of it.
        high_m: Greatest.
        start_m: A roomy place on its floor.
    """

    vertices_m: NDArray[np.float32]
    faces: NDArray[np.int32]
    sheets: Sheets
    columns: Columns
    low_m: tuple[float, float]
    high_m: tuple[float, float]
    start_m: tuple[float, float]


def survey(patches: Sequence[Patch], floor_m: float) -> Survey:
    """Return what is known of the storey of a mesh whose floor lies at a height.

    Raises:
        SceneError: Nobody could stand there, or it's too large.
    """
    kept = [part for patch in patches if len((part := _storey(patch, floor_m)).faces)]
    if not kept:
        raise SceneError(f"the mesh has nothing at a height of {floor_m:.2f} m")
    corners = np.concatenate([part.corners_m for part in kept])
    low, high = corners[:, :, :2].min(axis=(0, 1)).tolist(), corners[:, :, :2].max(axis=(0, 1)).tolist()
    cells = (high[0] - low[0]) * (high[1] - low[1]) / CELL_M**2
    if cells > _MAX_CELLS:
        raise SceneError(
            f"the mesh's storey is {high[0] - low[0]:.0f} x {high[1] - low[1]:.0f} m, more than "
            f"{_MAX_CELLS * CELL_M**2:.0f} m² can hold; cut it into parts"
        )
    columns = build_columns((low[0], low[1]), (high[0], high[1]), partial(_level, corners), partial(_points, corners))
    sizes = np.cumsum([0] + [len(part.vertices_m) for part in kept])
    return Survey(
        np.concatenate([part.vertices_m for part in kept]).astype(np.float32),
        np.concatenate([part.faces + first for part, first in zip(kept, sizes[:-1], strict=True)]).astype(np.int32),
        build_sheets(kept),
        columns,
        (low[0], low[1]),
        (high[0], high[1]),
        _start(columns),
    )


def _storey(patch: Patch, floor_m: float) -> Patch:
    """Return the part of a patch that a storey shows, lowered to its floor, without vertices nobody names."""
    at = patch.vertices_m - (0.0, 0.0, floor_m)
    height = at[patch.faces][:, :, 2]
    faces = patch.faces[(height.max(axis=1) >= -BELOW_M) & (height.min(axis=1) <= ABOVE_M)]
    used, numbered = np.unique(faces, return_inverse=True)
    rgb = patch.rgb if patch.rgb.ndim == 1 else patch.rgb[used]
    uv = None if patch.uv is None else patch.uv[used]
    faces = numbered.reshape(-1, 3)
    return attrs.evolve(patch, vertices_m=at[used], faces=longest_first(faces, at[used][faces]), rgb=rgb, uv=uv)


def _level(corners_m: Floats) -> Iterator[Floats]:
    height = corners_m[:, :, 2]
    near = (height.min(axis=1) <= FLOOR_RANGE_M) & (height.max(axis=1) >= -FLOOR_RANGE_M)
    return _points(corners_m[near & (upward(corners_m)[1] > _SLOPE)])


def _points(corners_m: Floats) -> Iterator[Floats]:
    top_m = SLABS * SLAB_M + FLOOR_RANGE_M
    for samples in spread(corners_m, _SPACING_M):
        points = samples.of(corners_m)
        yield points[(points[:, 2] >= -FLOOR_RANGE_M) & (points[:, 2] <= top_m)]


def _start(columns: Columns) -> tuple[float, float]:
    """Return the roomy place that is nearest to the middle of the floor that a body fits on."""
    padded, _, _ = nearest_set(np.pad(columns.blocked(*_BODY_M), 1, constant_values=True))
    room = padded[1:-1, 1:-1] * CELL_M
    if float(room.max()) < _START_M:
        raise SceneError(
            "the mesh has no floor that a body of radius 0.3 m fits on; if it lies on its side, say which axis is up: "
            "FILE#up=z or FILE#up=y"
        )
    fits = np.argwhere(room >= _START_M)
    middle = np.median(fits, axis=0)
    roomy = np.argwhere(room >= min(_ROOMY_M, float(room.max())))
    ix, iy = roomy[((roomy - middle) ** 2).sum(axis=1).argmin()].tolist()
    # Whole centimetres, so that a scene file reads well.
    x, y = (round(corner + (index + 0.5) * CELL_M, 2) for corner, index in zip(columns.origin_m, (ix, iy), strict=True))
    return x, y
