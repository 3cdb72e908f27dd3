"""Which benchmarks there are: splits with their counts, version, what each is, and what must be set before it runs.

Counting reads or draws a whole split. So the list has only the counts that a benchmark knows (``counts``); asked for
one benchmark that knows none, its splits are read.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from typing import Any

import attrs

from navila_sdk.config import Config
from navila_sdk.errors import NavilaError
from navila_sdk.evaluation.episodes import Benchmark
from navila_sdk.evaluation.registry import load_benchmark
from navila_sdk.plugins import Plugins


@attrs.frozen(slots=True)
class Split:
    """A split of a benchmark.

    Attributes:
        name: Its name.
        episodes: How many it holds; None where nobody counted.
        unsound: How many of them have records nobody can run.
        trouble: Why it can't be read; empty where it can.
    """

    name: str
    episodes: int | None = None
    unsound: int = 0
    trouble: str = ""


@attrs.frozen(slots=True, kw_only=True)
class Entry:
    """A benchmark in the list.

    Attributes:
        name: As users ask for it.
        distribution: What it comes with.
        version: Its version; empty where it can't be loaded.
        summary: One line.
        splits: Its splits, the default one first.
        needs: What must be set before it runs, or why it can't be used; empty where it can.
    """

    name: str
    distribution: str
    version: str = ""
    summary: str = ""
    splits: tuple[Split, ...] = ()
    needs: str = ""


def catalogue(plugins: Plugins, config: Config) -> list[Entry]:
    """Return every registered benchmark; nothing that takes long is counted."""
    rows = [row for row in plugins.listing() if row.kind == "benchmark"]
    return [entry_of(row.name, plugins, config, row.distribution, whole=False) for row in rows]


def entry_of(name: str, plugins: Plugins, config: Config, distribution: str = "", *, whole: bool = True) -> Entry:
    """Return a benchmark's entry.

    Args:
        name: A registered name, or an episodes file.
        plugins: Where names are looked up.
        config: Holds the benchmarks' options.
        distribution: What it comes with.
        whole: Whether every split is counted, however long that takes; a name nobody knows is then an error.

    Raises:
        UserInputError: ``whole`` is asked for, and nothing of that name can be had.
    """
    try:
        benchmark = load_benchmark(name, plugins, config.benchmarks.get(name))
    except NavilaError as error:
        if whole:
            raise
        return Entry(name=name, distribution=distribution, needs=_line(error))
    needs = str(getattr(benchmark, "needs", ""))
    try:
        splits = tuple(_split(benchmark, split, whole and not needs) for split in benchmark.splits)
    except NavilaError as error:
        splits, needs = (), _line(error)
    return Entry(
        name=benchmark.name,
        distribution=distribution,
        version=benchmark.version,
        summary=_summary(benchmark),
        splits=splits,
        needs=needs,
    )


def entry_json(entry: Entry) -> dict[str, Any]:
    """Return an entry as plain values."""
    return attrs.asdict(entry)


def _split(benchmark: Benchmark, name: str, whole: bool) -> Split:
    known: Mapping[str, int] = getattr(benchmark, "counts", {})
    if known or not whole:  # a benchmark that knows its counts leaves out what would take long
        return Split(name, known.get(name))
    try:
        episodes: Sequence[Any] = benchmark.episodes(name)
    except NavilaError as error:
        return Split(name, trouble=_line(error))
    return Split(name, len(episodes), sum(bool(episode.fault) for episode in episodes))


def _summary(benchmark: Benchmark) -> str:
    told = getattr(benchmark, "summary", "") or (inspect.getdoc(type(benchmark)) or "").partition("\n")[0]
    return str(told)


def _line(error: NavilaError) -> str:
    return " ".join(str(error).split())
