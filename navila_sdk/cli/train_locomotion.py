"""The work behind ``navila train locomotion``: from a robot's recipe to a policy file."""

from __future__ import annotations

import contextlib
import importlib
from collections.abc import Callable, Generator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import attrs
import click

from navila_sdk.errors import CapabilityError, ConfigError, MissingDependencyError

if TYPE_CHECKING:
    from navila_sdk.embodiment import Embodiment
    from navila_sdk.training.locomotion.gym import MakeGym
    from navila_sdk.training.locomotion.learn import Progress
    from navila_sdk.training.locomotion.network import MirrorMLP
    from navila_sdk.training.locomotion.recipe import Recipe


def train_locomotion(given: Mapping[str, Any], stop: Callable[[], bool]) -> None:
    """Train, and say where policy and checkpoint are.

    Args:
        given: The options of ``navila train locomotion``.
        stop: Asked after every iteration; what was learned is saved before stopping.

    Raises:
        UserInputError: Names, files or options don't fit.
        CapabilityError: The robot has no recipe, or the world no environment for training.
        MissingDependencyError: A package of the extra isn't installed.
        FloatingPointError: The learner's numbers are no longer finite.
    """
    # What torch isn't needed for is told before it's loaded, which takes seconds.
    body, recipe, make = _subject(given)
    _require_learners()

    import torch

    from navila_sdk.cli.console import print_json
    from navila_sdk.locomotion.card import Origin
    from navila_sdk.locomotion.choose import robot_model
    from navila_sdk.locomotion.network_file import read_layers
    from navila_sdk.training.locomotion.average import blend
    from navila_sdk.training.locomotion.export import export
    from navila_sdk.training.locomotion.learn import learn
    from navila_sdk.training.locomotion.policy_card import policy_card

    kind, seed = given["kind"], given["seed"]
    device = _device(given["device"])
    torch.manual_seed(seed)
    torch.set_num_threads(given["threads"])
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
    with _view(total, quiet=given["as_json"]) as show, _plots(folder) as plot:

        def report(progress: Progress) -> None:
            last.append(progress)
            show(progress)
            plot(progress)

        start = Path(begin) if begin else None
        ppo = learn(
            gym, recipe.learning, kind, folder, total, start_from=start, device=device, report=report, stop=stop
        )
    how = f" --begin-with {Path(begin).name}" if begin else ""
    if given["recipe"]:
        how += f" --recipe {Path(given['recipe']).name}"
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


def _subject(given: Mapping[str, Any]) -> tuple[Embodiment, Recipe, MakeGym]:
    """Return whose legs are trained, by what recipe, and what makes the environment."""
    from navila_sdk.config import load_config
    from navila_sdk.plugins import Plugins
    from navila_sdk.training.locomotion.read_recipe import recipe_in, recipe_of

    begin = given["begin_with"]
    if given["blend"] is not None and not str(begin).endswith(".onnx"):
        raise click.UsageError("--blend needs the policy (.onnx) to begin with: --begin-with FILE")
    if begin and not Path(begin).is_file():
        raise ConfigError(f"--begin-with {begin}: there is no such file; name a checkpoint or a policy")
    config = load_config().config
    plugins = Plugins.from_config(config)
    body = plugins.embodiment(given["embodiment"] or config.embodiment)
    world = plugins.world(given["world"] or config.world)
    recipe = recipe_in(Path(given["recipe"])) if given["recipe"] else recipe_of(body)
    if world.gym is None:
        raise CapabilityError(f"the world {world.name!r} offers no environment for training")
    module, _, attribute = world.gym.partition(":")
    return body, recipe, getattr(importlib.import_module(module), attribute)


def _require_learners() -> None:
    try:
        importlib.import_module("rsl_rl")
        importlib.import_module("torch")
    except ImportError as error:
        raise MissingDependencyError(
            f"training needs the package {error.name}; install it: pip install 'navila-sdk[train]'"
        ) from None


def _device(name: str | None) -> str:
    """Return where the networks go, as torch names it.

    Raises:
        ConfigError: It's no such place, or torch can't put them there.
    """
    import torch

    if name is None:
        return "cuda" if torch.cuda.is_available() else "cpu"
    try:
        known = torch.zeros(1, device=name).device.type in ("cpu", "cuda")
    except (RuntimeError, AssertionError):
        known = False
    if not known:
        raise ConfigError(f"--device {name!r:.40}: torch finds no CPU or CUDA device of that name; take --device cpu")
    return name


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
