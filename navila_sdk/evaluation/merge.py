"""Folders of results to one: parts of an evaluation that ran on several machines.

They must be made with the very same settings. An episode that several have counts once; a row that ran goes before one
that failed to run, and two that ran and differ are an error: the same settings give the same row. What is recorded of a
checkpoint's files are their times, which its copies don't share; so those may differ.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import attrs

from navila_sdk.errors import EvaluationError
from navila_sdk.evaluation.made_with import MadeWith, claim, differences, read_made_with
from navila_sdk.evaluation.row import EpisodeRow, Timings
from navila_sdk.evaluation.rowlog import RowLog, read_rows


def merge(out: Path, folders: Sequence[Path]) -> tuple[MadeWith, dict[str, EpisodeRow]]:
    """Write the rows of several folders into one, and return what it was made with and its rows.

    Args:
        out: A new folder, or one of the same settings, which is added to.
        folders: At least one folder of results; recordings stay where they are.

    Raises:
        EvaluationError: A folder holds no results, settings differ, or two rows of an episode do.
        OutputError: ``out`` can't be written.
    """
    if not folders:
        raise EvaluationError("name at least one folder of results to merge")
    made = [read_made_with(folder) for folder in folders]
    for folder, other in zip(folders[1:], made[1:], strict=True):
        if lines := [line for line in differences(made[0].settings, other.settings) if not line.startswith("files")]:
            text = "\n".join(f"  {line}" for line in lines)
            raise EvaluationError(f"{folder} was made with other settings than {folders[0]}:\n{text}")
    read = [(folder, read_rows(folder)) for folder in folders]
    found = claim(out, made[0])
    with RowLog(out) as log:
        kept = read_rows(out)
        for folder, rows in read:
            for row in _wanted(kept, rows.values(), folder):
                log.append(row)
                kept[row.episode_id] = row
    return found, kept


def _wanted(kept: dict[str, EpisodeRow], rows: Iterable[EpisodeRow], folder: Path) -> Iterable[EpisodeRow]:
    for row in rows:
        there = kept.get(row.episode_id)
        if there is None or (there.error and not row.error):
            yield row
        elif not (there.error or row.error) and _result(there) != _result(row):
            raise EvaluationError(
                f"{folder}: its row of {row.episode_id!r} isn't the one another folder has, though both were made with "
                "the same settings; run that episode again where you trust the machine, and leave the other folder out"
            )


def _result(row: EpisodeRow) -> EpisodeRow:
    """Return a row without what may differ between equal runs."""
    return attrs.evolve(row, timings=Timings(), retried=(), recording="")
