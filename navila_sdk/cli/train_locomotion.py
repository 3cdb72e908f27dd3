"""The work behind ``navila train locomotion``: from a robot's recipe to a policy file."""

from __future__ import annotations

import contextlib
import importlib
from collections.abc import Callable, Generator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs
import click

from navila_sdk.errors import CapabilityError, ConfigError, MissingDependencyError

if TYPE_CHECKING:
    from rsl_rl.algorithms import PPO

    from navila_sdk.embodiment import Embodiment
    from navila_sdk.locomotion.card import Origin
    from navila_sdk.training.locomotion.gym import Gym, MakeGym
    from navila_sdk.training.locomotion.learn import Progress
    from navila_sdk.training.locomotion.recipe import Recipe, Stage


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
    body, stages, make = _subject(given)
    _require_learners()

    import torch

    from navila_sdk.cli.console import print_json
    from navila_sdk.locomotion.choose import robot_model
    from navila_sdk.training.locomotion.export import export
    from navila_sdk.training.locomotion.policy_card import policy_card
    from navila_sdk.training.locomotion.stages import CHECKPOINT, POLICY, run_stages, stage_folder
    from navila_sdk.training.source import source_version

    kind, seed = given["kind"], given["seed"]
    device = _device(given["device"])
    torch.set_num_threads(given["threads"])
    folder = Path(given["folder"] or f"runs/train/{body.name}-{kind}")
    begin = Path(given["begin_with"]) if given["begin_with"] else None
    seen: list[Progress] = []
    written: list[tuple[Path, int]] = []
    backend, source = "", source_version()

    def gym_of(recipe: Recipe) -> Gym:
        nonlocal backend
        # Anew for each stage, so that one broken off and taken up after the one before it is the same training.
        torch.manual_seed(seed)
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
        backend = gym.backend
        return gym

    def write(stage: Stage, ppo: PPO, steps: int, path: Path) -> None:
        if stage is stages[-1]:
            path = Path(given["out"] or folder / POLICY)
        origin = _origin(given, body, stages, steps, backend, source)
        export(ppo, policy_card(stage.recipe, body.name, kind, origin), path)
        written.append((path, steps))

    with _view(stages, quiet=given["as_json"]) as show, contextlib.ExitStack() as plots:
        plot_of: dict[str, Callable[[Progress], None]] = {}

        def report(stage: Stage, progress: Progress) -> None:
            if stage.name not in plot_of:
                plot_of[stage.name] = plots.enter_context(_plots(stage_folder(folder, stages, stage)))
            seen.append(progress)
            show(stage, progress)
            plot_of[stage.name](progress)

        last = run_stages(
            stages, kind, folder, gym_of, write, start_from=begin, device=device, report=report, stop=stop
        )
    policy, steps = written[-1]
    if given["as_json"]:
        ends = {"first_reward": seen[0].reward, "last_reward": seen[-1].reward} if seen else {}
        where = {"backend": backend, "device": device}
        print_json({"policy": str(policy), "folder": str(folder), "stage": last.name, "steps": steps, **where, **ends})
    else:
        click.echo(f"policy      {policy}\ncheckpoint  {stage_folder(folder, stages, last) / CHECKPOINT}")


def _subject(given: Mapping[str, Any]) -> tuple[Embodiment, tuple[Stage, ...], MakeGym]:
    """Return whose legs are trained, in what stages, and what makes the environment."""
    from navila_sdk.config import load_config
    from navila_sdk.plugins import Plugins
    from navila_sdk.training.locomotion.read_recipe import recipe_file, stages_in

    begin, share = given["begin_with"], given["blend"]
    if share is not None and not str(begin).endswith(".onnx"):
        raise click.UsageError("--blend needs the policy (.onnx) to begin with: --begin-with FILE")
    if begin and not Path(begin).is_file():
        raise ConfigError(f"--begin-with {begin}: there is no such file; name a checkpoint or a policy")
    config = load_config().config
    plugins = Plugins.from_config(config)
    body = plugins.embodiment(given["embodiment"] or config.embodiment)
    world = plugins.world(given["world"] or config.world)
    stages = stages_in(Path(given["recipe"]) if given["recipe"] else recipe_file(body), given["kind"])
    if given["steps"] or given["stage"] or begin:
        alone = _named(stages, given["stage"])
        kept = 1.0 if share is None else share
        stages = (attrs.evolve(alone, steps=given["steps"] or alone.steps, blend=kept),)
    if world.gym is None:
        raise CapabilityError(f"the world {world.name!r} offers no environment for training")
    module, _, attribute = world.gym.partition(":")
    return body, stages, getattr(importlib.import_module(module), attribute)


def _named(stages: Sequence[Stage], name: str | None) -> Stage:
    """Return the stage of a name; the first where none is given.

    Raises:
        ConfigError: There is none of that name.
    """
    if name is None:
        return stages[0]
    for stage in stages:
        if stage.name == name:
            return stage
    raise ConfigError(f"--stage {name!r:.40}: the recipe has: {', '.join(stage.name for stage in stages)}")


def _origin(
    given: Mapping[str, Any], body: Embodiment, stages: Sequence[Stage], steps: int, backend: str, source: str
) -> Origin:
    """Return what the card says of where the policy comes from."""
    from navila_sdk.locomotion.card import Origin

    begin, recipe, share, kind, seed = (given[name] for name in ("begin_with", "recipe", "blend", "kind", "seed"))
    how = f" --begin-with {Path(begin).name}" if begin else ""
    how += f" --recipe {Path(recipe).name}" if recipe else ""
    how += f" --stage {given['stage']}" if given["stage"] else ""
    how += f" --blend {share:g}" if share is not None else ""
    in_stages = f" in {len(stages)} stages" if len(stages) > 1 else ""
    return Origin(
        summary=f"{body.title}, {kind}, {steps / 1e6:.1f} M steps{in_stages}",
        licence="Apache-2.0",
        trained_by=f"navila train locomotion --embodiment {body.name} --kind {kind} --seed {seed} "
        f"--backend {backend}{how}",
        commit=source,
        seed=seed,
        steps=steps,
    )


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
def _view(stages: Sequence[Stage], *, quiet: bool) -> Generator[Callable[[Stage, Progress], None]]:
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
        task = bars.add_task("starting", total=sum(stage.steps for stage in stages))

        def show(stage: Stage, progress: Any) -> None:  # noqa: ANN401 - a training's Progress, not the bar's
            before = sum(each.steps for each in stages[: stages.index(stage)])
            which = f"{stage.name}: " if len(stages) > 1 else ""
            told = f"reward {progress.reward:.2f}/s, {progress.falls:.2f} falls/min, {progress.steps_per_s:.0f} steps/s"
            bars.update(task, completed=before + progress.steps, description=which + told)

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
