"""The work behind ``navila train rft``: a trained small VLA, walks, and a reward for plans that agree with them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from navila_sdk.cli.train_vla import require_learners

if TYPE_CHECKING:
    from navila_sdk.training.rft.reinforce import RftProgress


def train_rft(given: Mapping[str, Any], stop: Callable[[], bool]) -> None:
    """Fine-tune by reinforcement, and say what came of it.

    Raises:
        DataError: There are no walks, or they are damaged.
        CheckpointError: The checkpoint can't be read.
        MissingDependencyError: A package of the extra isn't installed.
    """
    require_learners()
    import numpy as np
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars

    from navila_sdk.cli.console import print_json
    from navila_sdk.training.rft.reinforce import reinforce
    from navila_sdk.training.rft.settings import RftSettings
    from navila_sdk.training.vla.export_onnx import export_onnx
    from navila_sdk.training.vla.walked import Walked
    from navila_sdk.vla.model import NavilaModel

    keys = ("steps", "prompts", "group", "rate", "kl", "weighting", "seed")
    settings = RftSettings(**{key: given[key] for key in keys})
    walks = Walked({Path(folder): 1.0 for folder in given["data"]})
    model = NavilaModel.from_pretrained(given["checkpoint"])
    told: list[RftProgress] = []
    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), TextColumn("{task.description}"))
    with Bars(*columns, console=Console(stderr=True), disable=given["as_json"]) as bars:
        task = bars.add_task("starting", total=settings.steps)

        def show(progress: RftProgress) -> None:
            told.append(progress)
            text = f"reward {progress.reward:.0%}, first action right {progress.first_right:.0%}"
            bars.update(task, completed=progress.step, description=text)

        out = reinforce(model, walks, Path(given["out"]), settings, report=show, stop=stop)
    onnx = export_onnx(NavilaModel.from_pretrained(out), out / "onnx")
    if given["as_json"]:
        few = max(len(told) // 5, 1)
        ends = {
            "first_reward": float(np.mean([p.reward for p in told[:few]])),
            "last_reward": float(np.mean([p.reward for p in told[-few:]])),
        }
        print_json({"checkpoint": str(out), "model": str(onnx), "updates": len(told), **(ends if told else {})})
    else:
        click.echo(f"checkpoint  {out}\nmodel       {onnx}")
