"""The work behind ``navila train vla --preset``: a recipe's stages to a small VLA with its ONNX files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from navila_sdk.cli.train_vla import require_learners
from navila_sdk.errors import ConfigError

if TYPE_CHECKING:
    from navila_sdk.training.vla.finetune import Progress
    from navila_sdk.training.vla.recipe import Stage


def train_stages(given: Mapping[str, Any], stop: Callable[[], bool]) -> None:
    """Carry the recipe out, and say where its model is.

    Raises:
        ConfigError: An option is missing or doesn't fit, or there is no such recipe.
        UnknownNameError: No planner of that name.
        MissingDependencyError: A package of the extra isn't installed.
    """
    if not given["data"]:
        raise ConfigError("training by a recipe needs --data DIR: folders of shards, made by navila train data")
    if given["preset"] and given["recipe"]:
        raise ConfigError("--preset and --recipe each name a recipe; give one of them")
    require_learners()
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars

    from navila_sdk.cli.console import print_json
    from navila_sdk.config import load_config
    from navila_sdk.plugins import Plugins
    from navila_sdk.training.vla.recipe import preset_path, read_recipe
    from navila_sdk.training.vla.stages import run_stages

    if given["recipe"]:
        path = Path(given["recipe"])
    else:
        plugins = Plugins.from_config(load_config().config)
        plugins.planner(given["preset"])
        info = next(i for i in plugins.listing() if (i.kind, i.name) == ("planner", given["preset"]))
        path = preset_path(info.target, given["preset"])
    recipe = read_recipe(path)
    losses: dict[str, float] = {}
    columns = (TextColumn("{task.fields[stage]}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Bars(
        *columns, TextColumn("{task.description}"), console=Console(stderr=True), disable=given["as_json"]
    ) as bars:
        tasks: dict[str, TaskID] = {}

        def show(stage: Stage, progress: Progress) -> None:
            # Not before something was learned: what's wrong with the data is told without bars that stand at zero.
            for each in recipe.stages if not tasks else ():
                tasks[each.name] = bars.add_task("", total=each.steps, stage=each.name)
            losses[stage.name] = progress.loss
            bars.update(tasks[stage.name], completed=progress.step, description=f"loss {progress.loss:.3f}")

        out = run_stages(
            recipe,
            Path(given["data"]),
            Path(given["out"]),
            start_from=Path(given["checkpoint"]) if given["checkpoint"] else None,
            until=given["until"],
            seed=1 if given["seed"] is None else given["seed"],
            report=show,
            stop=stop,
        )
    if given["as_json"]:
        print_json({"model": str(out), "losses": losses})
    else:
        click.echo(f"model  {out}")
