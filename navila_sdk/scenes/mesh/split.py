"""Cuts flat convex polygons into strips."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]
_THINNEST_M = 1e-6


def strips(corners_m: Points, along: Points, cuts_m: Iterable[float]) -> Iterator[Points]:
    """Yield the parts of a convex polygon between parallel planes, corners in the same order round.

    Args:
        corners_m: (n, 3).
        along: (3,): unit vector that the planes stand across.
        cuts_m: Where they are along it, in any order.
    """
    at = corners_m @ along
    last_m, high_m = at.min(), at.max() - _THINNEST_M
    rest = corners_m
    for cut_m in sorted(cuts_m):
        if not last_m + _THINNEST_M < cut_m < high_m:
            continue
        last_m, off = cut_m, rest @ along - cut_m
        yield _kept(rest, -off)
        rest = _kept(rest, off)
    yield rest


def _kept(corners: Points, off: Points) -> Points:
    """Return the part of a polygon where ``off``, given at its corners, isn't negative."""
    found: list[Points] = []
    for i, here in enumerate(off):
        nxt = (i + 1) % len(off)
        if here >= 0:
            found.append(corners[i])
        if (here > 0 > off[nxt]) or (here < 0 < off[nxt]):
            found.append(corners[i] + (corners[nxt] - corners[i]) * (here / (here - off[nxt])))
    return np.array(found)
