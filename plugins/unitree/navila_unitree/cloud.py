"""LiDAR clouds off the wire (PointCloud2), checked."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

FLOAT32 = 7
"""PointField's code of a float32."""
MAX_POINTS = 1_000_000


def points_of(message: Any) -> NDArray[np.float32] | None:  # noqa: ANN401 - the SDK publishes no types
    """Return a PointCloud2's points, float32 (N, 3), in its own frame; None where the message isn't sound."""
    offsets = {field.name: field.offset for field in message.fields if field.datatype == FLOAT32}
    step, count = int(message.point_step), int(message.width) * int(message.height)
    data = bytes(message.data)
    if not {"x", "y", "z"} <= offsets.keys() or count > MAX_POINTS or step < 12 or len(data) < step * count:
        return None
    if max(offsets[axis] for axis in "xyz") + 4 > step:
        return None
    kind = np.dtype(
        {
            "names": ["x", "y", "z"],
            "formats": [">f4" if message.is_bigendian else "<f4"] * 3,
            "offsets": [offsets[axis] for axis in "xyz"],
            "itemsize": step,
        }
    )
    rows = np.frombuffer(data, kind, count)
    return np.stack([rows["x"], rows["y"], rows["z"]], axis=1).astype(np.float32)


def packed(points_m: NDArray[np.float32]) -> bytes:
    """Return points, float32 (N, 3), as the data of a PointCloud2 with fields x, y, z and a step of 12."""
    return np.ascontiguousarray(points_m, "<f4").tobytes()
