"""Results in the forms that upstream's tools and leaderboards read.

``navila``        NaVILA's evaluator: ``SPLIT_CHUNKS-INDEX.json``, each episode's measures, for its eval_jsons.py
``isaac-bench``   NaVILA-Bench: ``measurements/N.json``, a file an episode
anything else     what the benchmark itself offers (``exports``): leaderboards, which need its own frames and ids
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from navila_sdk.errors import EvaluationError, OutputError, UnknownNameError
from navila_sdk.evaluation.compat import Compat
from navila_sdk.evaluation.reopen import Reopened
from navila_sdk.evaluation.row import EpisodeRow

Files = Mapping[str, str]
Exporter = Callable[[str, Sequence[EpisodeRow]], Files]
"""From a split and its rows to files: their names below the output folder, and their text."""
OWN = (str(Compat.NAVILA), str(Compat.BENCH))


def formats_of(results: Reopened) -> dict[str, Exporter | None]:
    """Return the forms these results can be written in by name; the core's own have no exporter of the benchmark's."""
    offered: Mapping[str, Exporter] = getattr(results.benchmark, "exports", {}) if results.benchmark else {}
    return {**dict.fromkeys(OWN), **offered}


def export(results: Reopened, form: str, out: Path, *, chunks: int = 1) -> list[Path]:
    """Write results in some form, and return the files.

    Args:
        results: What is written.
        form: One of ``formats_of(results)``.
        out: Folder of the files; made where it isn't there.
        chunks: How many files the form ``navila`` is split into, as its evaluator does.

    Raises:
        UnknownNameError: No such form for this benchmark.
        EvaluationError: Metrics by other definitions, no rows, or what the form needs isn't there.
        OutputError: The folder can't be written.
    """
    formats = formats_of(results)
    if form not in formats:
        raise UnknownNameError("format", form, formats, results.without)
    rows = list(results.rows.values())
    if not rows:
        raise EvaluationError(f"{results.folder} holds no rows yet")
    exporter = formats[form]
    if exporter is not None:
        files = exporter(results.split, rows)
    else:
        _same_definitions(results, form)
        files = _chunked(results, rows, chunks) if form == Compat.NAVILA else _bench(rows)
    return _written(out, files)


def measures(row: EpisodeRow) -> dict[str, float]:
    """Return a row as NaVILA's evaluator writes an episode; NaN where its definitions say so."""
    metrics = row.metrics

    def value(name: str) -> float:
        found = getattr(metrics, name)
        return math.nan if found is None or name in metrics.undefined else float(found)

    return {
        "distance_to_goal": value("ne_m"),
        "success": value("sr"),
        "spl": value("spl"),
        "ndtw": value("ndtw"),
        "path_length": value("tl_m"),
        "oracle_success": value("osr"),
        "steps_taken": value("steps"),
        "oracle_spl": value("oracle_spl"),
    }


def _chunked(results: Reopened, rows: Sequence[EpisodeRow], chunks: int) -> Files:
    """Split as upstream does: blocks of the file's order, each ceil(n / chunks) long."""
    if not 1 <= chunks <= len(rows):
        raise EvaluationError(f"{len(rows)} episodes can be split into 1 to {len(rows)} chunks; got {chunks}")
    size = math.ceil(len(rows) / chunks)
    return {
        f"{results.split}_{chunks}-{index}.json": _text(
            {row.episode_id: measures(row) for row in rows[index * size : (index + 1) * size]}
        )
        for index in range(chunks)
    }


def _bench(rows: Sequence[EpisodeRow]) -> Files:
    names = {"path_length": "tl_m", "distance_to_goal": "ne_m", "success": "sr", "spl": "spl"}
    more = {"oracle_navigation_error": "one_m", "oracle_success": "osr"}
    return {
        f"measurements/{_bench_number(row)}.json": _text(
            {name: float(getattr(row.metrics, field)) for name, field in {**names, **more}.items()}
        )
        for row in rows
    }


def _bench_number(row: EpisodeRow) -> int:
    try:
        return int(row.episode_id) - 1
    except ValueError:
        raise EvaluationError(
            f"NaVILA-Bench numbers its files by episode ids that are numbers; found {row.episode_id!r}"
        ) from None


def _same_definitions(results: Reopened, form: str) -> None:
    compat = results.made.settings.get("compat", "sdk")
    if compat != form:
        raise EvaluationError(
            f"{results.folder} was measured by the definitions {compat!r}; for the form {form!r} run it with "
            f"--compat {form} into another folder"
        )


def _text(value: Mapping[str, Any]) -> str:
    return json.dumps(value, indent=4)


def _written(out: Path, files: Files) -> list[Path]:
    paths: list[Path] = []
    try:
        for name, text in files.items():
            path = out / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            paths.append(path)
    except OSError as error:
        raise OutputError(f"can't write to {out}: {error.strerror or error}") from error
    return paths
