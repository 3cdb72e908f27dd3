"""Walks on disk to draw from: longer ones more often, and folders by weight."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from navila_sdk.errors import DataError
from navila_sdk.training.data.shards import Track, read_shard, shard_folders
from navila_sdk.training.vla.lesson_plan import HORIZON

Frames = NDArray[np.uint8]


class Walked:
    """Walks of shards.

    Args:
        roots: Folders of shards and how much likelier their walks are drawn than others'.

    Raises:
        DataError: There are no shards, or one is damaged.
    """

    def __init__(self, roots: Mapping[Path, float]) -> None:
        self._tracks: list[tuple[Track, Frames]] = []
        weights: list[float] = []
        for root, weight in roots.items():
            for folder in shard_folders(root):
                tracks, frames = read_shard(folder)
                kept = [(track, frames[track.first : track.first + len(track)]) for track in tracks if len(track) > 1]
                self._tracks += kept
                weights += [weight * len(track) for track, _ in kept]
        if not self._tracks:
            raise DataError("these shards hold no walks")
        self._shares = np.asarray(weights) / sum(weights)
        named = np.where([bool(track.things) for track, _ in self._tracks], self._shares, 0.0)
        self._named = named / named.sum() if named.any() else None

    def __len__(self) -> int:
        """Return how many steps there are."""
        return sum(len(track) for track, _ in self._tracks)

    def drawn(self, count: int, random: np.random.Generator, *, named: bool = False) -> list[tuple[Track, Frames]]:
        """Return walks drawn at random, with their frames (N, H, W, 3).

        Args:
            count: How many.
            random: Draws them.
            named: Whether only walks whose scenes' things have names will do.

        Raises:
            DataError: Names are asked for, and no walk has any.
        """
        shares = self._named if named else self._shares
        if shares is None:
            raise DataError(
                "these walks' scenes name no things, so nothing can be asked of single pictures; set look = 0 in the "
                "plan, or add walks of apartments"
            )
        return [self._tracks[i] for i in random.choice(len(self._tracks), count, p=shares)]


def following(track: Track, step: int) -> list[str]:
    """Return the right actions from a step on: as far as they were taken, for else nothing is known of what comes."""
    last = step
    while last + 1 < min(len(track), step + HORIZON) and track.taken[last] == track.labels[last]:
        last += 1
    return list(track.labels[step : last + 1])
