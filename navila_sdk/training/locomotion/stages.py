"""A training in stages: each goes on from the one before it, by the recipe but for what it says itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import cast

from rsl_rl.algorithms import PPO

from navila_sdk.locomotion.network_file import read_layers
from navila_sdk.training.locomotion.average import blend
from navila_sdk.training.locomotion.gym import Gym
from navila_sdk.training.locomotion.learn import Progress, learn
from navila_sdk.training.locomotion.network import MirrorMLP
from navila_sdk.training.locomotion.recipe import Kind, Recipe, Stage

CHECKPOINT = "checkpoint.safetensors"
POLICY = "policy.onnx"


def run_stages(
    stages: Sequence[Stage],
    kind: Kind,
    folder: Path,
    make: Callable[[Recipe], Gym],
    write: Callable[[Stage, PPO, int, Path], None],
    *,
    start_from: Path | None = None,
    device: str = "cpu",
    report: Callable[[Stage, Progress], None] = lambda _stage, _progress: None,
    stop: Callable[[], bool] = lambda: False,
) -> Stage:
    """Carry the stages out, each in a folder of its own where there are several; what is done isn't done again.

    Args:
        stages: In their order.
        kind: What is learned.
        folder: Where checkpoints and policies go.
        make: Gives an environment that teaches a recipe.
        write: Writes a policy file: what stage, what was learned, the environment steps of all stages so far, where to.
        start_from: What the first stage begins with; see ``learn``. A stage that keeps but a share needs a policy.
        device: Where the networks are and learn, as torch names it.
        report: Told after every iteration.
        stop: Asked after every iteration; what was learned is saved before stopping.

    Returns:
        The last stage that was begun.

    Raises:
        FloatingPointError: The learner's numbers are no longer finite; the last checkpoint stands.
        ConfigError: What to begin with is of another shape.
        PolicyError: The policy to begin with can't be read.
    """
    before, known, done = start_from, start_from, 0
    for stage, after in zip(stages, (*stages[1:], None), strict=True):
        where, last = stage_folder(folder, stages, stage), stage.steps

        def told(progress: Progress, stage: Stage = stage) -> None:
            nonlocal last
            last = progress.steps
            report(stage, progress)

        gym, learning = make(stage.recipe), stage.recipe.learning
        ppo = learn(gym, learning, kind, where, stage.steps, start_from=before, device=device, report=told, stop=stop)
        if stage.blend < 1.0 and known is not None:
            blend(cast("MirrorMLP", ppo.actor.mlp), read_layers(known), stage.blend)
        done += last
        write(stage, ppo, done, where / POLICY)
        if last < stage.steps or after is None:
            return stage
        # A checkpoint has the critic as well, but neither what was blended nor room for more units.
        whole = stage.blend == 1.0 and after.recipe.learning.units(kind) == learning.units(kind)
        known = where / POLICY
        before = where / CHECKPOINT if whole else known
    raise ValueError("a training has a stage, or several; got none")


def stage_folder(folder: Path, stages: Sequence[Stage], stage: Stage) -> Path:
    """Return where a stage's checkpoint goes: a folder of its own where there are several."""
    return folder / stage.name if len(stages) > 1 else folder
