"""The work behind ``navila eval --compare``: runs side by side, and whether what differs can be chance."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from navila_sdk.cli.console import print_json, print_table
from navila_sdk.cli.eval_show import table_of
from navila_sdk.evaluation.compare import Compared, compare
from navila_sdk.evaluation.summary import MAIN, plain_number, summary_json


def compare_runs(folders: Sequence[str], as_json: bool) -> None:
    """Print several runs over the episodes they share."""
    runs = compare([Path(folder) for folder in folders])
    if as_json:
        print_json([_plain(run) for run in runs])
        return
    columns, lines = table_of({str(run.folder): run.summary for run in runs})
    print_table(columns, lines)
    click.echo(f"\nagainst {runs[0].folder}, over pairs of episodes (95 % interval; McNemar's exact p for rates)")
    lines = [[str(run.folder), *(_difference(run, index) for index in range(len(MAIN)))] for run in runs[1:]]
    print_table(["", *(f"{c.name} ({c.unit})" if c.unit else c.name for c in MAIN)], lines)


def _difference(run: Compared, index: int) -> str:
    column = MAIN[index]
    found = run.differences[column.name]
    p_value = f" p={run.p_values[column.name]:.3g}" if column.rate else ""
    return f"{column.signed(found.mean)} [{column.signed(found.low)}, {column.signed(found.high)}]{p_value}"


def _plain(run: Compared) -> dict[str, Any]:
    return {
        "folder": str(run.folder),
        **{name: run.made.settings[name] for name in ("planner", "embodiment", "fidelity", "locomotion", "seed")},
        **summary_json(run.summary),
        "differences": {
            name: [plain_number(value) for value in (found.mean, found.low, found.high)]
            for name, found in run.differences.items()
        },
        "p_values": dict(run.p_values),
    }
