"""Labelled episodes on disk: frames of a shard in one array file, what belongs to them in one JSON line an episode.

A shard appears whole or not at all: it's written to a folder of another name, then renamed.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import attrs
import numpy as np
from numpy.typing import NDArray

from navila_sdk.errors import DataError
from navila_sdk.training.data.course import Ahead

LEFT_OUT = "left_out.jsonl"


@attrs.frozen(slots=True)
class Track:
    """One walked episode.

    Attributes:
        episode_id: Which.
        scene: Where, as ``load_scene`` takes it.
        instruction: What was asked.
        embodiment: Through whose eyes.
        tier: How hard.
        labels: The oracle's action at each frame, as canonical sentences.
        taken: What was done there instead or likewise.
        left_m: How far the goal still was at each frame.
        rooms: The room of each frame.
        things: Names of the scene's things.
        seen: For each frame, (index of the thing, bearing in degrees, distance in centimetres), nearest first.
        ahead: For each frame, what lies ahead on the way; see ``Course.ahead``.
        first: Index of its first frame in the shard.
    """

    episode_id: str
    scene: str
    instruction: str
    embodiment: str
    tier: str
    labels: tuple[str, ...]
    taken: tuple[str, ...]
    left_m: tuple[float, ...]
    rooms: tuple[str, ...]
    things: tuple[str, ...]
    seen: tuple[tuple[tuple[int, int, int], ...], ...]
    ahead: tuple[Ahead, ...] = ()
    first: int = 0

    def __len__(self) -> int:
        return len(self.labels)


def write_shard(
    folder: Path,
    tracks: Sequence[tuple[Track, Sequence[NDArray[np.uint8]]]],
    left_out: Sequence[tuple[str, str]] = (),
) -> None:
    """Write episodes and their frames, uint8 (H, W, 3) each, all of one size; and which were left out, and why."""
    part = folder.with_name(folder.name + ".part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    first, lines, frames = 0, list[str](), list[NDArray[np.uint8]]()
    for track, pictures in tracks:
        lines.append(json.dumps(attrs.asdict(attrs.evolve(track, first=first))))
        frames += pictures
        first += len(pictures)
    np.save(part / "frames.npy", np.stack(frames) if frames else np.zeros((0, 1, 1, 3), np.uint8))
    (part / "tracks.jsonl").write_text("\n".join(lines) + "\n" if lines else "", encoding="utf-8")
    if left_out:
        (part / LEFT_OUT).write_text("".join(json.dumps(pair) + "\n" for pair in left_out), encoding="utf-8")
    shutil.rmtree(folder, ignore_errors=True)
    part.rename(folder)


def shard_folders(root: Path) -> list[Path]:
    """Return the finished shards below a folder, in order.

    Raises:
        DataError: There are none.
    """
    found = sorted(path.parent for path in root.glob("**/tracks.jsonl") if not path.parent.name.endswith(".part"))
    if not found:
        raise DataError(f"{root}: holds no shards; make some with: navila train data --out {root}")
    return found


def left_out(root: Path) -> list[tuple[str, str]]:
    """Return the episodes that shards below a folder lack, and why."""
    return [
        (str(episode), str(why))
        for path in sorted(root.glob(f"**/{LEFT_OUT}"))
        for line in path.read_text(encoding="utf-8").splitlines()
        for episode, why in [json.loads(line)]
    ]


def read_shard(folder: Path) -> tuple[list[Track], NDArray[np.uint8]]:
    """Return a shard's episodes, and its frames (N, H, W, 3) mapped from disk.

    Raises:
        DataError: It's damaged.
    """
    try:
        lines = (folder / "tracks.jsonl").read_text(encoding="utf-8").splitlines()
        tracks = [_track(json.loads(line)) for line in lines]
        frames: NDArray[np.uint8] = np.load(folder / "frames.npy", mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise DataError(f"{folder}: this shard can't be read: {error}; delete it and make it again") from None
    if tracks and tracks[-1].first + len(tracks[-1]) > len(frames):
        raise DataError(
            f"{folder}: its episodes need {tracks[-1].first + len(tracks[-1])} frames, it has {len(frames)}"
        )
    return tracks, frames


def _track(data: dict[str, object]) -> Track:
    def nested(value: object) -> object:
        return tuple(nested(item) for item in cast("list[object]", value)) if isinstance(value, list) else value

    return Track(**cast("dict[str, Any]", {key: nested(value) for key, value in data.items()}))
