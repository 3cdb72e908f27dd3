"""The work behind ``navila eval``: options to an evaluation, with its progress, its table and its exit code."""

from __future__ import annotations

import contextlib
from collections.abc import Generator, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from navila_sdk.cli.console import print_json
from navila_sdk.cli.episode import terminating
from navila_sdk.cli.eval_show import results_json, show
from navila_sdk.config import LoadedConfig, load_config
from navila_sdk.evaluation.compat import Compat
from navila_sdk.evaluation.controls import Control
from navila_sdk.evaluation.dtw import DtwMode
from navila_sdk.evaluation.registry import load_benchmark
from navila_sdk.evaluation.report import write_report
from navila_sdk.evaluation.row import EpisodeRow
from navila_sdk.evaluation.runner import Listener, evaluate
from navila_sdk.evaluation.scale import Backend, Scale
from navila_sdk.evaluation.select import Held, Part
from navila_sdk.evaluation.settings import EvalSettings, Record, default_workers
from navila_sdk.evaluation.verdict import control_folder
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
    benchmark = load_benchmark(bench, Plugins.of(loaded), loaded.config.benchmarks.get(bench))
    settings = _settings(bench, loaded, given)
    which: dict[str, Any] = {
        **{name: given[name] for name in ("split", "tier", "count", "retry_errors")},
        "part": Part.parse(given["part"]) if given["part"] else None,
    }
    as_json: bool = given["as_json"]
    controls = [Control(name) for name in dict.fromkeys(given["controls"])]
    with terminating(), _folder(given["out"], loaded.config.out) as folder, _progress(as_json) as listener:
        benchmark = Held(benchmark)
        results = evaluate(benchmark, settings, folder, **which, listener=listener)
        for control in controls:
            inside = control_folder(folder, control)
            evaluate(benchmark, settings.under(control), inside, **which, listener=listener)
        if controls:
            write_report(results)
    if as_json:
        print_json(results_json(results))
    else:
        show(results)
    failed = [row for row in results.rows if row.error]
    if failed:
        count = "1 episode" if len(failed) == 1 else f"{len(failed)} episodes"
        click.echo(f"{count} failed to run; {failed[0].episode_id}: {failed[0].error}: {failed[0].cause}", err=True)
        raise SystemExit(1)


def _settings(bench: str, loaded: LoadedConfig, given: Mapping[str, Any]) -> EvalSettings:
    compat = Compat(given["compat"])
    scale = Scale(
        backend=Backend(given["backend"]),
        retries=given["retries"],
        timeout_s=given["timeout_s"],
        devices=tuple(name.strip() for name in given["devices"].split(",") if name.strip()),
        ray_address=given["ray_address"],
        gpus_per_worker=given["gpus_per_worker"],
    )
    return EvalSettings(
        config=loaded.config,
        config_path=loaded.path,
        workers=default_workers() if given["workers"] is None else given["workers"],
        record=Record(given["record"]),
        dtw=DtwMode(given["ndtw"]) if given["ndtw"] else compat.dtw,
        compat=compat,
        scale=scale,
        source=bench,
    )


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
    bars = Progress(*columns, TextColumn("{task.description}"), console=Console(stderr=True), disable=quiet)
    task = bars.add_task("starting")

    def show(rows: Sequence[EpisodeRow], wanted: int) -> None:
        success = sum(row.success for row in rows)
        words = f"SR {success / len(rows):.1%}" if rows else "starting"
        bars.update(task, completed=len(rows), total=wanted, description=words)
        bars.live.transient = not rows  # where nothing came of it, the error stands alone
        bars.start()

    try:
        yield show
    finally:
        if bars.live.is_started:
            (bars.live if bars.live.transient else bars).stop()
