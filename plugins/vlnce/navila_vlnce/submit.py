"""What the leaderboards take: R2R's JSON and RxR's lines of JSON, in Habitat's frame.

Forms: VLN-CE (vlnce_baselines/common/base_il_trainer.py, environments.py). A place an entry: the start, one wherever
the robot got a step further, its end. Turns on the spot add none; no metric of the leaderboards counts them.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from typing import Any

from navila_sdk.episode import EpisodeOutcome
from navila_sdk.errors import EvaluationError
from navila_sdk.evaluation.row import EpisodeRow
from navila_sdk.geometry import wrap_angle
from navila_vlnce.episodes import VlnceEpisode
from navila_vlnce.frames import Xyz, to_habitat


def r2r_predictions(split: str, records: Sequence[VlnceEpisode], rows: Sequence[EpisodeRow]) -> dict[str, str]:
    """Return R2R's file by name: each episode's places with heading, and whether stop was said there.

    Raises:
        EvaluationError: An episode has no row, or its row no path.
    """
    found: dict[str, list[dict[str, Any]]] = {}
    for record, row in _paired(records, rows):
        stopped = row.outcome == EpisodeOutcome.STOPPED
        places = _places(record, row)
        # Habitat's heading is 0 along -z, our y, and a left turn is positive in both.
        headings = [wrap_angle(yaw - math.pi / 2) for yaw in row.yaws_rad or (record.start_yaw_rad,)]
        found[record.episode_id] = [
            {"position": list(place), "heading": heading, "stop": stopped and number == len(places) - 1}
            for number, (place, heading) in enumerate(zip(places, headings, strict=True))
        ]
    return {f"predictions_{split}.json": json.dumps(found, indent=2) + "\n"}


def rxr_predictions(split: str, records: Sequence[VlnceEpisode], rows: Sequence[EpisodeRow]) -> dict[str, str]:
    """Return RxR's file by name: a line an instruction, sorted by its number; raises as ``r2r_predictions``."""
    lines: list[dict[str, Any]] = []
    for record, row in _paired(records, rows):
        if not record.instruction_id.isdecimal():
            raise EvaluationError(f"episode {record.episode_id} has no instruction_id, which RxR's form needs")
        path = [list(place) for place in _places(record, row)]
        lines.append({"instruction_id": int(record.instruction_id), "path": path})
    lines.sort(key=lambda line: line["instruction_id"])
    return {f"predictions_{split}.jsonl": "".join(json.dumps(line) + "\n" for line in lines)}


def _paired(records: Sequence[VlnceEpisode], rows: Sequence[EpisodeRow]) -> list[tuple[VlnceEpisode, EpisodeRow]]:
    by_id = {row.episode_id: row for row in rows}
    missing = [record.episode_id for record in records if record.episode_id not in by_id]
    if missing:
        raise EvaluationError(
            f"a leaderboard wants every episode of the split; {len(missing)} of {len(records)} have no row yet, such "
            f"as {missing[0]}"
        )
    return [(record, by_id[record.episode_id]) for record in records]


def _places(record: VlnceEpisode, row: EpisodeRow) -> list[Xyz]:
    """Return a row's path in Habitat's frame, as high as the described way is there; the start if it has none."""
    if not row.path_m:
        return [to_habitat(record.start)]
    way = (record.start, *record.reference_path, *record.locations)

    def height_m(x: float, y: float) -> float:
        return min(way, key=lambda point: math.dist(point[:2], (x, y)))[2]

    return [to_habitat((x, y, height_m(x, y))) for x, y in row.path_m]
