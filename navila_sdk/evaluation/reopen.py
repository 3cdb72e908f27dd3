"""A finished folder of results, opened again: its rows, and its episodes where the benchmark can still be had."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs

from navila_sdk.errors import EvaluationError, NavilaError
from navila_sdk.evaluation.episodes import Benchmark, EvalEpisode
from navila_sdk.evaluation.made_with import MadeWith, digest, read_made_with
from navila_sdk.evaluation.registry import load_benchmark
from navila_sdk.evaluation.row import EpisodeRow
from navila_sdk.evaluation.rowlog import read_rows
from navila_sdk.evaluation.select import Held
from navila_sdk.plugins import Plugins


@attrs.frozen(slots=True, kw_only=True)
class Reopened:
    """A folder of results.

    Attributes:
        folder: Where it lies.
        made: What it was made with.
        rows: Its rows by episode, in the benchmark's order where that is known.
        benchmark: The benchmark; None where it can't be had, or has changed.
        without: Why there is none; empty where there is.
    """

    folder: Path
    made: MadeWith
    rows: Mapping[str, EpisodeRow]
    benchmark: Benchmark | None
    without: str = ""

    @property
    def split(self) -> str:
        """The split that was run."""
        return str(self.made.settings["split"])

    def episodes(self) -> tuple[EvalEpisode, ...]:
        """Return the split's episodes; none where the benchmark can't be had."""
        return tuple(self.benchmark.episodes(self.split)) if self.benchmark else ()


def reopen(folder: Path, plugins: Plugins, options: Mapping[str, Mapping[str, Any]]) -> Reopened:
    """Return what a folder holds.

    Args:
        folder: A folder of results.
        plugins: Where the benchmark is looked up.
        options: The benchmarks' options by name, laid over those the results were made with.

    Raises:
        EvaluationError: It holds no results, or rows that can't be read.
    """
    made, rows = read_made_with(folder), read_rows(folder)
    try:
        benchmark, without = _benchmark(made, plugins, options), ""
    except NavilaError as error:
        benchmark, without = None, " ".join(str(error).split())
    if benchmark is not None:
        order = [episode.episode_id for episode in benchmark.episodes(str(made.settings["split"]))]
        rows = {name: rows[name] for name in order if name in rows}
    return Reopened(folder=folder, made=made, rows=rows, benchmark=benchmark, without=without)


def _benchmark(made: MadeWith, plugins: Plugins, options: Mapping[str, Mapping[str, Any]]) -> Benchmark:
    name = str(made.facts.get("source") or made.settings["benchmark"])
    told = {**made.facts.get("benchmark_options", {}), **options.get(name, {})}
    found = Held(load_benchmark(name, plugins, told))
    if digest(found.episodes(str(made.settings["split"]))) != made.settings["episodes_sha256"]:
        raise EvaluationError(f"the episodes of {name} aren't those the results were made with")
    return found
