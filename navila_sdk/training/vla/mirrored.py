"""A walk's mirror image: pictures, words, labels and what lies where, all with left and right exchanged."""

from __future__ import annotations

import attrs
import numpy as np
from numpy.typing import NDArray

from navila_sdk.training.data.course import Ahead
from navila_sdk.training.data.shards import Track
from navila_sdk.vla.mirror import mirrored_text


def mirrored(track: Track, frames: NDArray[np.uint8]) -> tuple[Track, NDArray[np.uint8]]:
    """Return a walk as a mirror shows it.

    Args:
        track: The walk.
        frames: Its frames (N, H, W, 3); a view of them is returned.
    """
    turned = attrs.evolve(
        track,
        instruction=mirrored_text(track.instruction),
        labels=tuple(mirrored_text(label) for label in track.labels),
        taken=tuple(mirrored_text(taken) for taken in track.taken),
        seen=tuple(tuple((i, -bearing, cm) for i, bearing, cm in seen) for seen in track.seen),
        ahead=tuple(_other_side(ahead) for ahead in track.ahead),
    )
    return turned, frames[:, :, ::-1]


def _other_side(ahead: Ahead) -> Ahead:
    coming, kind, due_deg, due_cm, corner_deg, corner_cm, end_deg = ahead
    return coming, kind, -due_deg, due_cm, -corner_deg, corner_cm, -end_deg
