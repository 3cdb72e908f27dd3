"""``navila train``: its verbs and their options; each one's work is imported when it's called."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Callable, Generator
from typing import Any

import click
from click.core import ParameterSource

from navila_sdk.cli.numbers import FiniteRange
from navila_sdk.errors import ConfigError

KINDS = ("blind", "vision")
BACKENDS = ("auto", "threads", "warp")
_OF_RECIPES = frozenset(("data", "until"))
_OF_ANNOTATIONS = frozenset(("annotations", "frames", "normalise", "times", "dtype", "device"))
_OF_UPDATES = frozenset(("steps", "batch", "accumulate", "rate", "lora_rank"))


@click.group()
def command() -> None:
    """Train what a robot runs on."""


@command.command()
@click.option("--embodiment", "-e", metavar="E", help="Which robot.")
@click.option("--kind", type=click.Choice(KINDS), default="blind", show_default=True, help="With or without sight.")
@click.option("--world", "-w", metavar="W", help="Where it learns.")
@click.option("--steps", type=click.IntRange(1), help="Steps by one stage alone, the recipe's first.")
@click.option("--stage", metavar="NAME", help="Go by this stage of the recipe alone.")
@click.option("--envs", type=click.IntRange(8), default=512, show_default=True, help="Bodies at once.")
@click.option(
    "--threads", type=click.IntRange(1), default=1, show_default=True, help="Threads for physics and learning."
)
@click.option(
    "--backend",
    type=click.Choice(BACKENDS),
    default="auto",
    show_default=True,
    help="Physics on processor threads, or on a GPU by Warp; auto takes a GPU that Warp sees.",
)
@click.option("--device", metavar="D", help="cpu or cuda, for networks and Warp (default: a GPU where there is one).")
@click.option("--seed", type=int, default=1, show_default=True, help="Seed of everything random.")
@click.option("--folder", metavar="DIR", help="Checkpoints and logs; a training there is taken up again.")
@click.option("--recipe", metavar="FILE", help="A recipe of your own instead of the robot's.")
@click.option("--begin-with", metavar="FILE", help="Checkpoint or policy (.onnx) to begin with.")
@click.option(
    "--blend",
    type=click.FloatRange(0.0, 1.0),
    metavar="SHARE",
    help="Write weights this far from the policy it began with to what it learned.",
)
@click.option("--out", metavar="FILE", help="Where the policy goes (default: policy.onnx in the folder).")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object at the end.")
def locomotion(**given: Any) -> None:  # noqa: ANN401 - the options above
    """Train a locomotion policy; Ctrl-C saves, and the same command goes on from there."""
    from navila_sdk.cli.train_locomotion import train_locomotion

    with _stopped() as stop:
        train_locomotion(given, stop)


@command.command()
@click.option("--annotations", "-a", metavar="FILE", help="NaVILA annotation JSON.")
@click.option("--frames", metavar="DIR", help="Where the annotations' frames lie.")
@click.option("--checkpoint", metavar="C", help="What to begin with, folder or hub id; a recipe begins afresh without.")
@click.option("--preset", metavar="PLANNER", help="Train that planner's model from nothing, by its own recipe.")
@click.option("--recipe", metavar="FILE", help="The same by a recipe of your own.")
@click.option("--data", metavar="DIR", help="Folders of shards (train data) that the recipe names.")
@click.option("--until", metavar="STAGE", help="Stage of the recipe after which to stop.")
@click.option("--out", required=True, metavar="DIR", help="Where the checkpoint goes; a training there is taken up.")
@click.option("--steps", type=click.IntRange(1), default=1000, show_default=True, help="Updates.")
@click.option("--batch", type=click.IntRange(1), default=10, show_default=True, help="Samples of a forward pass.")
@click.option("--accumulate", type=click.IntRange(1), default=2, show_default=True, help="Passes of an update.")
@click.option(
    "--rate", type=FiniteRange(min=0, min_open=True), default=1e-4, show_default=True, help="Highest learning rate."
)
@click.option("--lora-rank", type=click.IntRange(0), default=0, show_default=True, help="0 trains all of it.")
@click.option(
    "--normalise", type=click.Choice(("none", "upstream")), default="none", show_default=True, help="Of instructions."
)
@click.option("--times", "times", multiple=True, metavar="ACTION=N", help="Let an action's records stand N times.")
@click.option("--dtype", default="float32", show_default=True, help="float32, bfloat16 or float16.")
@click.option("--device", default="cpu", show_default=True, help="Where, as torch names it.")
@click.option("--seed", type=int, help="Of the samples' order (default: 10), or all that a recipe draws (default: 1).")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object at the end.")
def vla(**given: Any) -> None:  # noqa: ANN401 - the options above
    """Fine-tune NaVILA's model on annotations, or train a small one by a recipe.

    Ctrl-C saves, and the same command goes on from there.
    """
    context = click.get_current_context()
    said = {name for name in given if context.get_parameter_source(name) is ParameterSource.COMMANDLINE}
    if given["preset"] or given["recipe"]:
        from navila_sdk.cli.train_stages import train_stages as work

        _refuse(said & _OF_ANNOTATIONS, "is for training on annotations, not by a recipe")
        _refuse(said & _OF_UPDATES, "is for training on annotations; with a recipe, its stages say that")
    else:
        from navila_sdk.cli.train_vla import train_vla as work

        _refuse(said & _OF_RECIPES, "is for training by a recipe: --preset PLANNER or --recipe FILE")
    with _stopped() as stop:
        work(given, stop)


@command.command()
@click.option("--out", required=True, metavar="DIR", help="Where the shards go; those there already are kept.")
@click.option(
    "--shards",
    type=click.IntRange(1),
    default=10,
    show_default=True,
    help="How many: 8 apartments or 48 episodes each.",
)
@click.option("--first", type=click.IntRange(0), default=0, show_default=True, help="Number of the first shard.")
@click.option("--rounds", type=click.IntRange(1), default=2, show_default=True, help="Episodes of each tier a scene.")
@click.option("--benchmark", metavar="B", help="Walk this benchmark's episodes, not those of train apartments.")
@click.option("--split", metavar="S", help="Its split (default: train).")
@click.option(
    "--embodiment", "-e", "embodiments", multiple=True, metavar="E", help="Whose eyes; repeatable (default: all)."
)
@click.option("--world", "-w", metavar="W", help="What takes the pictures (default: the configured world).")
@click.option("--planner", "-p", metavar="P", help="Who walks while the oracle labels (DAgger); else the oracle.")
@click.option("--option", "options", multiple=True, metavar="K=V", help="Option of that planner.")
@click.option("--pictures", type=click.IntRange(0), default=0, help="Instead of walks, N pictures of each apartment.")
@click.option("--annotations", metavar="DIR", help="Write NaVILA's annotation file and JPEG frames there as well.")
@click.option("--workers", type=click.IntRange(1), default=1, show_default=True, help="Processes.")
@click.option("--seed", type=int, default=0, show_default=True, help="Of everything drawn.")
@click.option("--config", "config_path", metavar="FILE", help="A configuration file.")
@click.option("--set", "sets", multiple=True, metavar="NAME=VALUE", help="Set one value of it; repeatable.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object at the end.")
def data(**given: Any) -> None:  # noqa: ANN401 - the options above
    """Collect labelled frames in train apartments, or along a benchmark's episodes.

    The same command goes on where it was broken off.
    """
    from navila_sdk.cli.train_data import train_data

    train_data(given)


@command.command()
@click.option("--checkpoint", required=True, metavar="DIR", help="A small VLA, trained by a recipe.")
@click.option("--data", required=True, multiple=True, metavar="DIR", help="Shards of walks (train data); repeatable.")
@click.option("--out", required=True, metavar="DIR", help="Where the checkpoint goes; a training there is taken up.")
@click.option("--steps", type=click.IntRange(1), default=200, show_default=True, help="Updates.")
@click.option("--prompts", type=click.IntRange(1), default=8, show_default=True, help="Situations of an update.")
@click.option("--group", type=click.IntRange(2), default=8, show_default=True, help="Plans drawn in each.")
@click.option("--rate", type=FiniteRange(min=0, min_open=True), default=2e-5, show_default=True, help="Learning rate.")
@click.option(
    "--kl", type=FiniteRange(min=0), default=0.04, show_default=True, help="What straying from the checkpoint costs."
)
@click.option(
    "--weighting",
    type=click.Choice(("exponential", "linear", "uniform", "hard")),
    default="exponential",
    show_default=True,
    help="How later actions of a plan count.",
)
@click.option("--seed", type=int, default=1, show_default=True, help="Of all draws.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object at the end.")
def rft(**given: Any) -> None:  # noqa: ANN401 - the options above
    """Fine-tune a small VLA by reinforcement (GRPO): plans of six actions, VLN-R1's time-decayed reward.

    Ctrl-C saves, and the same command goes on from there.
    """
    from navila_sdk.cli.train_rft import train_rft

    with _stopped() as stop:
        train_rft(given, stop)


def _refuse(options: set[str], why: str) -> None:
    """Refuse options that nothing would read.

    Raises:
        ConfigError: There are some.
    """
    if options:
        first = min(options).replace("_", "-")
        raise ConfigError(f"--{first} {why}")


@contextlib.contextmanager
def _stopped() -> Generator[Callable[[], bool]]:
    """Turn Ctrl-C and SIGTERM into a wish that the learner asks for, so that it can save."""
    asked: list[int] = []
    before = {number: signal.signal(number, lambda n, _: asked.append(n)) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield lambda: bool(asked)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
