"""Shards as NaVILA's own annotation file and JPEG frames, for any code that trains from those."""

from __future__ import annotations

from pathlib import Path

from navila_sdk.errors import OutputError
from navila_sdk.grammar import parse_action
from navila_sdk.training.data.shards import read_shard, shard_folders
from navila_sdk.training.vla.annotations import Record, write_annotations
from navila_sdk.vla.sentences import TRAINED


def export_annotations(root: Path, folder: Path) -> Path:
    """Write every labelled frame below a folder of shards as a record, and return the annotation file.

    Args:
        root: The shards.
        folder: Gets ``annotations.json`` and ``frames/``.

    Raises:
        DataError: There are no shards, or one is damaged.
        OutputError: A file can't be written.
    """
    from PIL import Image

    sentences = {str(parse_action(text)): text for text in TRAINED}
    records: list[Record] = []
    try:
        for shard in shard_folders(root):
            tracks, frames = read_shard(shard)
            for track in tracks:
                video = f"{shard.name}/{track.episode_id}-{track.first}"
                (folder / "frames" / video).mkdir(parents=True, exist_ok=True)
                names = [f"{video}/frame_{step:03d}.jpg" for step in range(len(track))]
                for step, name in enumerate(names):
                    Image.fromarray(frames[track.first + step]).save(folder / "frames" / name, quality=95)
                    seen = tuple(names[: step + 1])
                    records.append(Record(video, track.instruction, sentences[track.labels[step]], seen))
        path = folder / "annotations.json"
        write_annotations(records, path)
    except OSError as error:
        raise OutputError(f"can't write annotations to {folder}: {error}") from None
    return path
