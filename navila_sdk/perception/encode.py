"""A height map as the numbers a policy reads, written as its spec says."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from navila_sdk.embodiment import HeightMapSpec
from navila_sdk.errors import ObservationError
from navila_sdk.perception.height_map import HeightMap


def encode_map(ground: HeightMap, spec: HeightMapSpec) -> NDArray[np.float64]:
    """Return the map as a vector (cells,): sign, offset, fill, clip and order are the spec's.

    Raises:
        ObservationError: The map has another grid than the spec, or infinite cells.
    """
    gaps = () if ground.spec is spec else ground.spec.differences(spec)
    if gaps:
        raise ObservationError(f"this height map has another spec than the policy's (map, policy: {'; '.join(gaps)})")
    heights = ground.heights_m.astype(float)
    if np.isinf(heights).any():
        raise ObservationError("a height map's unknown cells are NaN; this one holds infinity")
    if spec.fill == "nearest":
        heights = spread(heights)
    values = heights if spec.positive == "up" else -heights
    values = np.where(np.isnan(values), spec.fill_m, values + spec.offset_m)
    low, high = spec.clip_m
    values = np.minimum(np.maximum(values, low), high)
    return (values if spec.order == "x-major" else values.T).ravel()


def spread(heights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return heights (nx, ny) whose unknown cells took the highest of their known neighbours, ring by ring.

    A map without a single known cell is returned as it is.
    """
    unknown = np.isnan(heights)
    if not unknown.any() or unknown.all():
        return heights
    framed = np.pad(heights, 1, constant_values=np.nan)
    inner = framed[1:-1, 1:-1]
    while unknown.any():
        highest = np.fmax(np.fmax(framed[:-2, 1:-1], framed[2:, 1:-1]), np.fmax(framed[1:-1, :-2], framed[1:-1, 2:]))
        inner[unknown] = highest[unknown]
        unknown = np.isnan(inner)
    return inner.copy()
