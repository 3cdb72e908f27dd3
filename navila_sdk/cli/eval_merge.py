"""The work behind ``navila eval merge``: parts of an evaluation to one folder, with its table and report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from navila_sdk.cli.console import print_json
from navila_sdk.cli.eval_show import results_json, show
from navila_sdk.config import load_config
from navila_sdk.evaluation.merge import merge
from navila_sdk.evaluation.reopen import reopen
from navila_sdk.evaluation.report import write_report
from navila_sdk.evaluation.runner import Results
from navila_sdk.plugins import Plugins


def merge_runs(out: str, folders: Sequence[str], given: Mapping[str, Any]) -> None:
    """Join folders of results and print what they come to.

    Args:
        out: Folder of the joint results.
        folders: Those to join.
        given: The options of ``navila eval merge``.
    """
    path = Path(given["config_path"]) if given["config_path"] else None
    loaded = load_config(path, given["sets"], {})
    merge(Path(out), [Path(folder) for folder in folders])
    plugins = Plugins.of(loaded)
    found = reopen(Path(out), plugins, loaded.config.benchmarks)
    rows = tuple(found.rows.values())
    results = Results(found.folder, found.made, found.episodes(), rows)
    if rows:
        write_report(results)
    if given["as_json"]:
        print_json(results_json(results))
    else:
        show(results)
