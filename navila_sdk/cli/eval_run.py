"""The work behind ``navila eval``: options to an evaluation, with its progress, its table and its exit code."""

from __future__ import annotations

import contextlib
from collections.abc import Generator, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from navila_sdk.cli.console import print_json, print_table
from navila_sdk.cli.episode import terminating
from navila_sdk.config import load_config
from navila_sdk.evaluation.dtw import DtwMode
from navila_sdk.evaluation.registry import load_benchmark
from navila_sdk.evaluation.report.page import REPORT_NAME
from navila_sdk.evaluation.row import EpisodeRow
from navila_sdk.evaluation.runner import Listener, Results, evaluate
from navila_sdk.evaluation.settings import EvalSettings, Record, default_workers
from navila_sdk.evaluation.summary import COLUMNS, MAIN, Summary, by_tier, summarised, summary_json
from navila_sdk.plugins import Plugins
from navila_sdk.recording.folders import new_run_folder

_FLAGS = ("embodiment", "world", "planner", "fidelity", "locomotion", "seed")


def run_benchmark(bench: str, given: Mapping[str, Any]) -> None:
    """Evaluate as the options say, and exit with 1 if an episode failed to run.

    Args:
        bench: A benchmark's name, or a file of episodes.
        given: The options of ``navila_sdk.cli.eval``.
    """
    path = Path(given["config_path"]) if given["config_path"] else None
    loaded = load_config(path, given["sets"], {name: given[name] for name in _FLAGS if given[name] is not None})
    benchmark = load_benchmark(
        bench, Plugins.from_config(loaded.config, loaded.path), loaded.config.benchmarks.get(bench)
    )
    settings = EvalSettings(
        config=loaded.config,
        config_path=loaded.path,
        workers=default_workers() if given["workers"] is None else given["workers"],
        record=Record(given["record"]),
        dtw=DtwMode(given["ndtw"]),
    )
    which = {"split": given["split"], "tier": given["tier"], "count": given["count"]}
    as_json: bool = given["as_json"]
    with terminating(), _folder(given["out"], loaded.config.out) as folder, _progress(as_json) as listener:
        results = evaluate(benchmark, settings, folder, **which, retry_errors=given["retry_errors"], listener=listener)
    if as_json:
        print_json(results_json(results))
    else:
        _show(results)
    failed = [row for row in results.rows if row.error]
    if failed:
        count = "1 episode" if len(failed) == 1 else f"{len(failed)} episodes"
        click.echo(f"{count} failed to run; {failed[0].episode_id}: {failed[0].error}: {failed[0].cause}", err=True)
        raise SystemExit(1)


def results_json(results: Results) -> dict[str, Any]:
    """Return an evaluation as plain values: what ``--json`` prints."""
    made = results.made.settings
    names = (
        "benchmark",
        "benchmark_version",
        "split",
        "planner",
        "embodiment",
        "world",
        "fidelity",
        "locomotion",
        "seed",
    )
    return {
        **summary_json(summarised(results.rows)),
        "ndtw": made["ndtw"],
        "tiers": {tier: summary_json(found) for tier, found in by_tier(results.rows).items()},
        **{name: made[name] for name in names},
        "models": sorted({row.model_id for row in results.rows if row.model_id}),
        "folder": str(results.folder),
        "report": str(results.folder / REPORT_NAME),
    }


def table_of(groups: Mapping[str, Summary]) -> tuple[list[str], list[list[str]]]:
    """Return columns and rows of a table with a line per group."""
    columns = ["", "episodes", *(f"{c.name} ({c.unit})" if c.unit else c.name for c in MAIN)]
    lines: list[list[str]] = []
    for name, summary in groups.items():
        cells = [name, str(summary.episodes)]
        for column in MAIN:
            found = summary.estimates[column.name]
            cells.append(f"{column.shown(found.mean)} [{column.shown(found.low)}, {column.shown(found.high)}]")
        lines.append(cells)
    return columns, lines


def _show(results: Results) -> None:
    made, summary = results.made.settings, summarised(results.rows)
    click.echo(
        f"{made['benchmark']} {made['benchmark_version']}, {made['split']}: {made['planner']} on {made['embodiment']}"
    )
    columns, lines = table_of({"all": summary, **by_tier(results.rows)})
    print_table(columns, lines)
    rest = ", ".join(
        f"{c.name} {c.shown(summary.estimates[c.name].mean)}{f' {c.unit}' if c.unit else ''}"
        for c in COLUMNS[len(MAIN) :]
    )
    click.echo(f"means     {rest}")
    click.echo(f"outcomes  {', '.join(f'{name} {count}' for name, count in summary.outcomes.items())}")
    click.echo(f"report    {results.folder / REPORT_NAME}")


@contextlib.contextmanager
def _folder(out: str | None, runs: str) -> Generator[Path]:
    """Give the folder of results; a new one that nothing was written to is taken away again."""
    folder = Path(out) if out else new_run_folder(Path(runs))
    try:
        yield folder
    finally:
        if not out and not any(folder.iterdir()):
            folder.rmdir()


@contextlib.contextmanager
def _progress(quiet: bool) -> Generator[Listener]:
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    with Progress(*columns, TextColumn("{task.description}"), console=Console(stderr=True), disable=quiet) as bars:
        task = bars.add_task("starting")

        def show(rows: Sequence[EpisodeRow], wanted: int) -> None:
            success = sum(row.success for row in rows)
            words = f"SR {success / len(rows):.1%}" if rows else "starting"
            bars.update(task, completed=len(rows), total=wanted, description=words)

        yield show
