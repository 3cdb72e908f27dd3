"""Episodes that stand for records nobody can run: each says why, and the others of its file go on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import cast

import attrs

from navila_vlnce.episodes import VlnceEpisode
from navila_vlnce.fields import Json, label

_NOWHERE = (0.0, 0.0, 0.0)


def faulty(record: Json, number: int, fault: str) -> VlnceEpisode:
    """Return an episode that only says why it can't be run.

    Args:
        record: What the file has; whatever of it can be read is kept.
        number: Which of the file's records it is, for one without an id.
        fault: Why.
    """
    said = record.get("instruction")
    language = label(cast("Json", said), "language") if isinstance(said, dict) else ""
    return VlnceEpisode(
        episode_id=label(record, "episode_id") or f"record-{number}",
        trajectory_id="",
        scene_id=label(record, "scene_id"),
        instruction="",
        language=language,
        start=_NOWHERE,
        start_yaw_rad=0.0,
        goal=_NOWHERE,
        reference_path=(_NOWHERE,),
        fault=fault,
    )


def with_own_ids(episodes: Sequence[VlnceEpisode]) -> tuple[VlnceEpisode, ...]:
    """Return the episodes, those of one id told apart and all at fault: nobody knows which is meant."""
    times = Counter(episode.episode_id for episode in episodes)
    seen: Counter[str] = Counter()
    found: list[VlnceEpisode] = []
    for episode in episodes:
        name = episode.episode_id
        if times[name] > 1:
            seen[name] += 1
            own = name if seen[name] == 1 else f"{name}#{seen[name]}"
            fault = episode.fault or f"the id {name!r} is given {times[name]} times"
            episode = attrs.evolve(episode, episode_id=own, fault=fault)
        found.append(episode)
    return tuple(found)
