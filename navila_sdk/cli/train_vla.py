"""The work behind ``navila train vla``: annotations, a checkpoint and settings to a fine-tuned checkpoint."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from navila_sdk.errors import ConfigError, MissingDependencyError

if TYPE_CHECKING:
    from navila_sdk.training.vla.finetune import Progress

_PACKAGES = ("torch", "transformers", "tokenizers", "accelerate")


def require_learners() -> None:
    """Refuse to go on without what a VLA is trained with.

    Raises:
        MissingDependencyError: A package of the extra isn't installed.
    """
    for package in _PACKAGES:
        try:
            importlib.import_module(package)
        except ImportError:
            raise MissingDependencyError(
                f"fine-tuning needs the package {package}; install it: pip install 'navila-sdk[train-vla]'"
            ) from None


def train_vla(given: Mapping[str, Any], stop: Callable[[], bool]) -> None:
    """Fine-tune, and say what came of it.

    Raises:
        ConfigError: An option is missing.
        MissingDependencyError: A package of the extra isn't installed.
    """
    missing = [f"--{name}" for name in ("annotations", "frames", "checkpoint") if not given[name]]
    if missing:
        raise ConfigError(
            f"fine-tuning needs {', '.join(missing)}; or train a small model from nothing: --preset PLANNER --data DIR"
        )
    require_learners()
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars

    from navila_sdk.cli.console import print_json, print_table
    from navila_sdk.training.vla.annotations import class_report, read_annotations, rebalanced
    from navila_sdk.training.vla.finetune import finetune
    from navila_sdk.training.vla.records import RecordSource
    from navila_sdk.training.vla.settings import FinetuneSettings
    from navila_sdk.vla.model import NavilaModel

    records = rebalanced(read_annotations(Path(given["annotations"])), _times(given["times"]))
    report = class_report(records)
    if not given["as_json"]:
        shares = [(name, str(count), f"{count / len(records):.1%}") for name, count in report.items()]
        print_table(("action", "records", "share"), shares)
    model = NavilaModel.from_pretrained(given["checkpoint"], given["dtype"], given["device"])
    keys = ("steps", "batch", "accumulate", "rate", "lora_rank", "normalise")
    settings = FinetuneSettings(
        **{key: given[key] for key in keys}, seed=10 if given["seed"] is None else given["seed"]
    )
    losses: list[float] = []
    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), TextColumn("{task.description}"))
    with Bars(*columns, console=Console(stderr=True), disable=given["as_json"]) as bars:
        task = bars.add_task("starting", total=settings.steps)

        def show(progress: Progress) -> None:
            losses.append(progress.loss)
            bars.update(task, completed=progress.step, description=f"loss {progress.loss:.3f}")

        source = RecordSource(records, Path(given["frames"]), model)
        out = finetune(model, source, Path(given["out"]), settings, report=show, stop=stop)
    if given["as_json"]:
        ends = {"first_loss": losses[0], "last_loss": losses[-1]} if losses else {}
        print_json({"checkpoint": str(out), "updates": len(losses), "records": len(records), "classes": report, **ends})
    else:
        click.echo(f"checkpoint  {out}")


def _times(words: tuple[str, ...]) -> dict[str, int]:
    times: dict[str, int] = {}
    for word in words:
        name, _, count = word.rpartition("=")
        if not name or not count.isdigit():
            raise ConfigError(f"--times {word!r:.60}: write an action and how often, as in --times stop=3")
        times[name] = int(count)
    return times
