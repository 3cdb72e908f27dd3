"""Several folders of results side by side, over the episodes they share, with paired tests against the first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import attrs

from navila_sdk.errors import EvaluationError
from navila_sdk.evaluation import intervals
from navila_sdk.evaluation.intervals import Estimate
from navila_sdk.evaluation.made_with import MadeWith, read_made_with
from navila_sdk.evaluation.rowlog import read_rows
from navila_sdk.evaluation.summary import MAIN, UNKNOWN, Summary, summarised

_SAME = ("benchmark", "benchmark_version", "split", "episodes_sha256", "compat", "ndtw")
_UNSAID = {"compat": "sdk"}  # by folders older than the word


@attrs.frozen(slots=True)
class Compared:
    """One run among others.

    Attributes:
        folder: Where its results lie.
        made: What it was made with.
        summary: What it comes to over the shared episodes.
        differences: By metric, its mean minus the first run's, over pairs; empty for the first.
        p_values: By rate, McNemar's exact p-value against the first run.
    """

    folder: Path
    made: MadeWith
    summary: Summary
    differences: Mapping[str, Estimate]
    p_values: Mapping[str, float]


def compare(folders: Sequence[Path]) -> list[Compared]:
    """Return the runs in the given order.

    Raises:
        EvaluationError: Fewer than two folders, one without results, unlike benchmarks, or no shared episode.
    """
    if len(folders) < 2:
        raise EvaluationError("a comparison needs at least two folders of results")
    made = [read_made_with(folder) for folder in folders]
    for folder, other in zip(folders[1:], made[1:], strict=True):
        for key in _SAME:
            a, b = (one.settings.get(key, _UNSAID.get(key)) for one in (made[0], other))
            if a != b:
                raise EvaluationError(f"{folders[0]} and {folder} can't be compared: their {key} differs, {a} and {b}")
    rows = [read_rows(folder) for folder in folders]
    shared = [name for name in rows[0] if all(name in other for other in rows)]
    if not shared:
        raise EvaluationError("these folders share no episode; run the same episodes in each")
    aligned = [[found[name] for name in shared] for found in rows]
    compared: list[Compared] = []
    for index, folder in enumerate(folders):
        differences: dict[str, Estimate] = {}
        p_values: dict[str, float] = {}
        for column in MAIN if index else ():
            pairs = [
                (a, b)
                for first, own in zip(aligned[0], aligned[index], strict=True)
                if (a := column.value(first)) is not None and (b := column.value(own)) is not None
            ]
            first, own = [a for a, _ in pairs], [b for _, b in pairs]
            differences[column.name] = intervals.paired(first, own) if pairs else UNKNOWN
            if column.rate:
                p_values[column.name] = intervals.mcnemar(first, own)
        compared.append(Compared(folder, made[index], summarised(aligned[index]), differences, p_values))
    return compared
