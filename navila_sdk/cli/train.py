"""``navila train locomotion``: from a robot's recipe to a policy file."""

from __future__ import annotations

import contextlib
import importlib
import signal
from collections.abc import Callable, Generator
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import attrs
import click

from navila_sdk.cli.numbers import FiniteRange

if TYPE_CHECKING:
    from navila_sdk.training.locomotion.gym import MakeGym
    from navila_sdk.training.locomotion.learn import Progress
    from navila_sdk.training.locomotion.network import MirrorMLP

KINDS = ("blind", "vision")
BACKENDS = ("auto", "threads", "warp")


@click.group()
def command() -> None:
    """Train what a robot runs on."""


@command.command()
@click.option("--embodiment", "-e", metavar="E", help="Which robot.")
@click.option("--kind", type=click.Choice(KINDS), default="blind", show_default=True, help="With or without sight.")
@click.option("--world", "-w", metavar="W", help="Where it learns.")
@click.option("--steps", type=click.IntRange(1), help="Environment steps in all (default: the recipe's).")
@click.option("--envs", type=click.IntRange(8), default=512, show_default=True, help="Bodies at once.")
@click.option("--threads", type=click.IntRange(1), default=1, show_default=True, help="Threads for physics.")
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
    from navila_sdk.errors import MissingDependencyError

    if given["blend"] is not None and not str(given["begin_with"]).endswith(".onnx"):
        raise click.UsageError("--blend needs the policy (.onnx) to begin with: --begin-with FILE")
    try:
        importlib.import_module("rsl_rl")
        importlib.import_module("torch")
    except ImportError as error:
        raise MissingDependencyError(
            f"training needs the package {error.name}; install it: pip install 'navila-sdk[train]'"
        ) from None
    _train(given)


def _train(given: dict[str, Any]) -> None:
    import torch

    from navila_sdk.cli.console import print_json
    from navila_sdk.config import load_config
    from navila_sdk.errors import CapabilityError
    from navila_sdk.locomotion.card import Origin
    from navila_sdk.locomotion.choose import robot_model
    from navila_sdk.locomotion.network_file import read_layers
    from navila_sdk.plugins import Plugins
    from navila_sdk.training.locomotion.average import blend
    from navila_sdk.training.locomotion.export import export, policy_card
    from navila_sdk.training.locomotion.learn import learn
    from navila_sdk.training.locomotion.read_recipe import recipe_of

    config = load_config().config
    plugins = Plugins.from_config(config)
    body = plugins.embodiment(given["embodiment"] or config.embodiment)
    world = plugins.world(given["world"] or config.world)
    if world.gym is None:
        raise CapabilityError(f"the world {world.name!r} offers no environment for training")
    module, _, attribute = world.gym.partition(":")
    make: MakeGym = getattr(importlib.import_module(module), attribute)
    recipe, kind, seed = recipe_of(body), given["kind"], given["seed"]
    device = _device(given["device"])
    torch.manual_seed(seed)
    torch.set_num_threads(1)
    gym = make(
        str(robot_model(body)),
        recipe,
        vision=kind == "vision",
        count=given["envs"],
        threads=given["threads"],
        seed=seed,
        backend=given["backend"],
        device=given["device"],
    )
    total = given["steps"] or recipe.learning.steps[kind]
    folder = Path(given["folder"] or f"runs/train/{body.name}-{kind}")
    begin, share = given["begin_with"], given["blend"]
    last: list[Progress] = []
    with _view(total, quiet=given["as_json"]) as show, _stopped() as stop, _plots(folder) as plot:

        def report(progress: Progress) -> None:
            last.append(progress)
            show(progress)
            plot(progress)

        start = Path(begin) if begin else None
        ppo = learn(gym, recipe.learning, folder, total, start_from=start, device=device, report=report, stop=stop)
    how = f" --begin-with {Path(begin).name}" if begin else ""
    if share is not None:
        blend(cast("MirrorMLP", ppo.actor.mlp), read_layers(Path(begin)), share)
        how += f" --blend {share:g}"
    out = Path(given["out"] or folder / "policy.onnx")
    steps = last[-1].steps if last else total
    origin = Origin(
        summary=f"{body.title}, {kind}, {steps / 1e6:.1f} M steps",
        licence="Apache-2.0",
        trained_by=f"navila train locomotion --embodiment {body.name} --kind {kind} --seed {seed} "
        f"--backend {gym.backend}{how}",
        seed=seed,
        steps=steps,
    )
    export(ppo, policy_card(recipe, body.name, kind, origin), out)
    if given["as_json"]:
        ends = {"first_reward": last[0].reward, "last_reward": last[-1].reward} if last else {}
        where = {"backend": gym.backend, "device": device}
        print_json({"policy": str(out), "folder": str(folder), "steps": steps, **where, **ends})
    else:
        click.echo(f"policy      {out}\ncheckpoint  {folder / 'checkpoint.safetensors'}")


def _device(name: str | None) -> str:
    """Return where the networks go, as torch names it.

    Raises:
        ConfigError: It's no such place, or torch can't put them there.
    """
    import torch

    from navila_sdk.errors import ConfigError

    if name is None:
        return "cuda" if torch.cuda.is_available() else "cpu"
    try:
        known = torch.zeros(1, device=name).device.type in ("cpu", "cuda")
    except (RuntimeError, AssertionError):
        known = False
    if not known:
        raise ConfigError(f"--device {name!r:.40}: torch finds no CPU or CUDA device of that name; take --device cpu")
    return name


@command.command()
@click.option("--annotations", "-a", metavar="FILE", help="NaVILA annotation JSON.")
@click.option("--frames", metavar="DIR", help="Where the annotations' frames lie.")
@click.option("--checkpoint", metavar="C", help="What to begin with, folder or hub id.")
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
@click.option("--seed", type=int, default=10, show_default=True, help="Order of the samples.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object at the end.")
def vla(**given: Any) -> None:  # noqa: ANN401 - the options above
    """Fine-tune NaVILA's model on annotations, or train a small one by a recipe.

    Ctrl-C saves, and the same command goes on from there.
    """
    if given["preset"] or given["recipe"]:
        from navila_sdk.cli.train_stages import train_stages as work
    else:
        from navila_sdk.cli.train_vla import train_vla as work
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


@contextlib.contextmanager
def _view(total: int, *, quiet: bool) -> Generator[Callable[[Progress], None]]:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    columns = (
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.description}"),
    )
    with Progress(*columns, console=Console(stderr=True), disable=quiet) as bars:
        task = bars.add_task("starting", total=total)

        def show(progress: Any) -> None:  # noqa: ANN401 - a training's Progress, not the bar's
            told = f"reward {progress.reward:.2f}/s, {progress.falls:.2f} falls/min, {progress.steps_per_s:.0f} steps/s"
            bars.update(task, completed=progress.steps, description=told)

        yield show


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


@contextlib.contextmanager
def _plots(folder: Path) -> Generator[Callable[[Progress], None]]:
    """Write every iteration's numbers for TensorBoard."""
    from torch.utils.tensorboard import SummaryWriter

    writer: Any = SummaryWriter(str(folder))

    def plot(progress: Progress) -> None:
        numbers = {k: v for k, v in attrs.asdict(progress, recurse=False).items() if k != "scalars"}
        for name, value in {**numbers, **progress.scalars}.items():
            writer.add_scalar(name, value, progress.steps)

    try:
        yield plot
    finally:
        writer.close()
