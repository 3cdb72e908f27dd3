"""What ``navila eval`` prints of results: a table, what failed and why, controls, and what others published."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from navila_sdk.cli.console import print_table
from navila_sdk.evaluation.failures import failing
from navila_sdk.evaluation.profile import planner_of, profile_of
from navila_sdk.evaluation.published import published
from navila_sdk.evaluation.report.page import REPORT_NAME
from navila_sdk.evaluation.runner import Results
from navila_sdk.evaluation.summary import COLUMNS, MAIN, Summary, by_tier, summarised, summary_json
from navila_sdk.evaluation.verdict import beside, controls_in

_NAMES = (
    *("benchmark", "benchmark_version", "split", "planner", "embodiment", "world", "fidelity", "locomotion", "seed"),
    *("ndtw", "compat", "control"),
)
_REASONS = 8
_BESIDE = ("NE", "OSR", "SR", "SPL", "nDTW")


def results_json(results: Results) -> dict[str, Any]:
    """Return an evaluation as plain values: what ``--json`` prints."""
    made = results.made.settings
    controls = controls_in(results.folder)
    against = beside(results.rows, controls)
    return {
        **summary_json(summarised(results.rows)),
        "tiers": {tier: summary_json(found) for tier, found in by_tier(results.rows).items()},
        **{name: made.get(name) for name in _NAMES},
        "models": sorted({row.model_id for row in results.rows if row.model_id}),
        "failures": [
            {"error": one.error, "cause": one.cause, "episodes": list(one.episodes)} for one in failing(results.rows)
        ],
        "controls": {str(name): summary_json(summarised(list(rows.values()))) for name, rows in controls.items()},
        "void": any(one.voids for one in against),
        "verdicts": [one.told() for one in against],
        "profile": profile_of(made, results.made.facts),
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


def show(results: Results) -> None:
    """Print an evaluation for people."""
    made, summary = results.made.settings, summarised(results.rows)
    controls = controls_in(results.folder)
    click.echo(
        f"{made['benchmark']} {made['benchmark_version']}, {made['split']}: {planner_of(made)} on {made['embodiment']}"
    )
    click.echo(f"profile   {profile_of(made, results.made.facts)}")
    beneath = {str(name): summarised(list(rows.values())) for name, rows in controls.items()}
    columns, lines = table_of({"all": summary, **by_tier(results.rows), **beneath})
    print_table(columns, lines)
    rest = ", ".join(
        f"{c.name} {c.shown(summary.estimates[c.name].mean)}{f' {c.unit}' if c.unit else ''}"
        for c in COLUMNS[len(MAIN) :]
    )
    click.echo(f"means     {rest}")
    click.echo(f"outcomes  {', '.join(f'{name} {count}' for name, count in summary.outcomes.items())}")
    _show_trouble(results, summary)
    for one in beside(results.rows, controls):
        click.echo(f"control   {one.told()}")
    _show_published(results, summary)
    click.echo(f"report    {results.folder / REPORT_NAME}")


def _show_trouble(results: Results, summary: Summary) -> None:
    if summary.undefined:
        counts = ", ".join(f"{name} in {count}" for name, count in summary.undefined.items())
        click.echo(f"undefined {counts} episodes; see docs/evaluation.md for what the mean makes of them")
    if summary.retried:
        click.echo(f"retried   {summary.retried} episodes, because a worker died or time was up; rows.jsonl says why")
    reasons = failing(results.rows)
    if reasons:
        click.echo(f"failed    {summary.errors} of {summary.episodes} episodes failed to run and count as failures")
    for reason in reasons[:_REASONS]:
        click.echo(f"          {reason.told()}")
    if len(reasons) > _REASONS:
        click.echo(f"          and {len(reasons) - _REASONS} more reasons; the report has them all")


def _show_published(results: Results, summary: Summary) -> None:
    made = results.made.settings
    others = published(str(made["benchmark"]), str(made["split"]))
    if not others:
        return
    found = {column.name: column for column in COLUMNS}
    own = [found[name].shown(summary.estimates[name].mean) for name in _BESIDE]
    lines = [[f"here: {planner_of(made)} on {made['embodiment']}", *own, profile_of(made, results.made.facts)]]
    lines += [[other.model, *other.cells(), f"{other.profile}. {other.source}"] for other in others]
    click.echo("\npublished, each measured with what stands beside it; unlike profiles can't be compared")
    print_table(["", "NE (m)", *(f"{name} (%)" for name in _BESIDE[1:]), "profile, source"], lines)
