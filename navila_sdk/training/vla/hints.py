"""What a model is asked without words where it decides: what is due on its way, and where that and the way lie.

Each is a class for a linear head on the state before an answer's first token: a lesson a step that costs no tokens.
The heads are thrown away after the training.
"""

from __future__ import annotations

import bisect
from collections.abc import Sequence

import torch
from torch import Tensor, nn

from navila_sdk.training.data.course import KINDS
from navila_sdk.training.data.shards import Track
from navila_sdk.training.vla.samples import IGNORE

_BEARINGS = 24
_DISTANCES_CM = (50, 100, 150, 200, 300, 400, 600, 900, 1200)
_MOST_EVENTS = 10
SIZES = (
    _MOST_EVENTS,
    len(KINDS),
    _BEARINGS,
    len(_DISTANCES_CM) + 1,
    _BEARINGS,
    len(_DISTANCES_CM) + 1,
    _BEARINGS,
    len(_DISTANCES_CM) + 1,
)
"""Classes: events still to come, kind, bearing and distance of the next; bearing and distance of the way's next
corner; bearing of the end, and how far it is to go."""
_NONE = (IGNORE,) * len(SIZES)


def hints_of(track: Track, step: int) -> Sequence[int]:
    """Return the right classes at a step, ``IGNORE`` where nothing is known of the way."""
    if step >= len(track.ahead) or track.ahead[step][0] < 0:
        return _NONE
    coming, kind, due_deg, due_cm, corner_deg, corner_cm, end_deg = track.ahead[step]
    return (
        min(coming, _MOST_EVENTS - 1),
        kind,
        _bearing(due_deg),
        _distance(due_cm),
        _bearing(corner_deg),
        _distance(corner_cm),
        _bearing(end_deg),
        _distance(100 * track.left_m[step]),
    )


def _bearing(degrees: int) -> int:
    return round(degrees * _BEARINGS / 360) % _BEARINGS


def _distance(centimetres: float) -> int:
    return bisect.bisect_right(_DISTANCES_CM, centimetres)


class Hints(nn.Module):
    """The heads.

    Args:
        hidden: Width of the states.
    """

    def __init__(self, hidden: int) -> None:
        super().__init__()
        self.head = nn.Linear(hidden, sum(SIZES))

    def forward(self, states: Tensor, wanted: Tensor) -> Tensor:
        """Return the summed loss of all heads.

        Args:
            states: (N, hidden).
            wanted: (N, heads) classes, ``IGNORE`` where nothing is asked.
        """
        told = self.head(states).float().split(SIZES, dim=-1)
        losses = [
            nn.functional.cross_entropy(said, right, ignore_index=IGNORE, reduction="sum")
            for said, right in zip(told, wanted.unbind(dim=-1), strict=True)
        ]
        return torch.stack(losses).sum()
