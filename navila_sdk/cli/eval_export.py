"""The work behind ``navila eval export``: results in the forms of upstream's tools and of leaderboards."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from navila_sdk.cli.console import print_json
from navila_sdk.config import load_config
from navila_sdk.evaluation.export import export
from navila_sdk.evaluation.reopen import reopen
from navila_sdk.plugins import Plugins


def export_results(folder: str, given: Mapping[str, Any]) -> None:
    """Write a folder's results in some form and name the files.

    Args:
        folder: The results.
        given: The options of ``navila eval export``.
    """
    path = Path(given["config_path"]) if given["config_path"] else None
    loaded = load_config(path, given["sets"], {})
    plugins = Plugins.of(loaded)
    found = reopen(Path(folder), plugins, loaded.config.benchmarks)
    out = Path(given["out"]) if given["out"] else Path(folder) / "export"
    paths = export(found, given["form"], out, chunks=given["chunks"])
    if given["as_json"]:
        print_json([str(written) for written in paths])
    else:
        named = ", ".join(str(written) for written in paths[:3])
        click.echo(f"{len(paths)} files: {named}{', ...' if len(paths) > 3 else ''}")
