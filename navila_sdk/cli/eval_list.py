"""The work behind ``navila eval --list``: benchmarks, their splits and what they need; and the controls."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from navila_sdk.cli.console import print_json, print_table
from navila_sdk.config import load_config
from navila_sdk.evaluation.catalogue import Entry, Split, catalogue, entry_json, entry_of
from navila_sdk.plugins import Plugins

CONTROLS = {
    "no-image": "the planner with black frames",
    "no-instruction": "the planner told nothing but to go on",
    "random": "seeded draws from NaVILA's ten actions",
    "forward": "37 steps of 25 cm straight ahead, then stop (VLN-CE's hand-crafted agent, without its first turn)",
    "oracle": "knows the scene: what can be expected at best",
}


def list_benchmarks(bench: str | None, given: Mapping[str, Any]) -> None:
    """Print every benchmark, or one with all its splits counted.

    Args:
        bench: A benchmark's name or file; None lists all.
        given: The options of ``navila eval``.
    """
    path = Path(given["config_path"]) if given["config_path"] else None
    loaded = load_config(path, given["sets"], {})
    plugins = Plugins.of(loaded)
    entries = [entry_of(bench, plugins, loaded.config)] if bench else catalogue(plugins, loaded.config)
    if given["as_json"]:
        print_json({"benchmarks": [entry_json(entry) for entry in entries], "controls": CONTROLS})
        return
    print_table(("benchmark", "version", "splits (episodes)", "what it is"), [_line(entry) for entry in entries])
    for entry in entries:
        if entry.needs:
            click.echo(f"\n{entry.name}: {entry.needs}")
        for split in entry.splits:
            if split.trouble:
                click.echo(f"\n{entry.name} {split.name}: {split.trouble}")
    if bench is None:
        click.echo()
        print_table(("control", "what it is"), list(CONTROLS.items()))


def _line(entry: Entry) -> tuple[str, str, str, str]:
    return entry.name, entry.version, ", ".join(_split(split) for split in entry.splits), entry.summary


def _split(split: Split) -> str:
    if split.episodes is None:
        return split.name
    unsound = f", {split.unsound} unsound" if split.unsound else ""
    return f"{split.name} ({split.episodes}{unsound})"
