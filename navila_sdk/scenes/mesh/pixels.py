"""The two things asked of a picture: how far to the nearest set cell, and which cells hang together."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

Bools = NDArray[np.bool_]


def nearest_set(bitmap: Bools) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.int64]]:
    """Return each cell's distance to the nearest set one, in cells, and that one's two indices.

    Where none is set, distances are infinite and the indices 0.
    """
    if not bitmap.any():
        none = np.zeros(bitmap.shape, np.int64)
        return np.full(bitmap.shape, np.inf), none, none
    distance, index = _ndimage().distance_transform_edt(~bitmap, return_indices=True)
    return np.asarray(distance, np.float64), np.asarray(index[0], np.int64), np.asarray(index[1], np.int64)


def patches_of(bitmap: Bools) -> tuple[NDArray[np.int64], int]:
    """Return the number of the patch that each set cell belongs to, 0 for the rest, and how many there are."""
    labels, count = _ndimage().label(bitmap)
    return np.asarray(labels, np.int64), int(count)


def _ndimage() -> Any:  # noqa: ANN401 - scipy has no complete types
    from scipy import ndimage

    return cast("Any", ndimage)
