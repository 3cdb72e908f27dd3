"""Carries a recipe out: a fresh checkpoint, each stage in turn, ONNX files of the last. Every stage can be taken up."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Literal

from navila_sdk.errors import DataError
from navila_sdk.training.data.shards import read_shard, shard_folders
from navila_sdk.training.vla.blend import blend
from navila_sdk.training.vla.export_onnx import export_onnx
from navila_sdk.training.vla.finetune import Progress, finetune
from navila_sdk.training.vla.fresh import WEIGHTS, make_checkpoint, take_up
from navila_sdk.training.vla.lessons import Lessons
from navila_sdk.training.vla.questions import corpus_lines
from navila_sdk.training.vla.recipe import Stage, VlaRecipe
from navila_sdk.training.vla.seeing import learn_to_see
from navila_sdk.training.vla.settings import FinetuneSettings
from navila_sdk.training.vla.ship import ship
from navila_sdk.vla.model import NavilaModel
from navila_sdk.vla.sentences import TRAINED

DONE = "config.json"
SHIPPED = "shipped"
_CORPUS_SHARDS = 60
_SAVE_EVERY = 200


def corpus(data: Path, names: Iterable[str]) -> Iterator[str]:
    """Yield what a tokenizer is learned from: instructions, names, and every answer there can be."""
    yield from corpus_lines() * 3
    yield from TRAINED * 20
    for name in names:
        for folder in shard_folders(data / name)[:_CORPUS_SHARDS]:
            for track in read_shard(folder)[0]:
                yield track.instruction
                yield from (f"Where is the {thing}?" for thing in track.things)
                yield from set(track.rooms)


def run_stages(
    recipe: VlaRecipe,
    data: Path,
    out: Path,
    *,
    start_from: Path | None = None,
    until: str | None = None,
    seed: int = 1,
    mixed: Literal["no", "bf16"] = "bf16",
    report: Callable[[Stage, Progress], None] = lambda *_: None,
    stop: Callable[[], bool] = lambda: False,
) -> Path:
    """Return the folder of the last stage's ONNX files; what is done already isn't done again.

    Args:
        recipe: What to do.
        data: Folder of the folders of shards that stages name.
        out: Gets a folder a stage, each a checkpoint.
        start_from: Checkpoint of a small VLA that the first stage begins with, whatever shape the recipe has; None
            makes one.
        until: Stage after which to stop; None goes to the end.
        seed: Of weights and draws.
        mixed: Precision of the arithmetic.
        report: Told after every update.
        stop: Asked after every update.

    Raises:
        DataError: Shards are missing or damaged, there is no such stage, or the training in ``out`` began with
            another checkpoint.
        CheckpointError: What to begin with can't be read.
    """
    names = [stage.name for stage in recipe.stages]
    if until is not None and until not in names:
        raise DataError(f"the recipe has no stage {until!r:.40}; it has: {', '.join(names)}")
    last = out / "fresh"
    if start_from is not None:
        take_up(start_from, last)
    elif not (last / WEIGHTS).is_file():
        talked = next((stage.data for stage in recipe.stages if stage.task == "talk"), {})
        make_checkpoint(last, recipe.shape, corpus(data, talked), seed)
    for stage in recipe.stages:
        folder = out / stage.name
        if not (folder / DONE).is_file():
            model = NavilaModel.from_pretrained(last)
            roots = {data / name: weight for name, weight in stage.data.items()}
            settings = FinetuneSettings(
                steps=stage.steps,
                batch=stage.batch,
                accumulate=1,
                rate=stage.rate,
                weight_decay=stage.weight_decay,
                mixed=mixed,
                hints=stage.plan.hints,
                save_every=_SAVE_EVERY,
                seed=seed,
            )
            done: list[int] = []

            def told(progress: Progress, stage: Stage = stage, done: list[int] = done) -> None:
                done.append(progress.step)
                report(stage, progress)

            if stage.task == "see":
                learn_to_see(model, next(iter(roots)), folder, settings, report=told, stop=stop)
            else:
                lessons = Lessons(roots, model.config, model.tokenizer, stage.plan)
                finetune(model, lessons, folder, settings, report=told, stop=stop)
            if done and done[-1] < stage.steps:
                # Broken off: without a config the folder doesn't pass for a finished stage.
                (folder / DONE).unlink(missing_ok=True)
                return folder
        if stage.blend < 1.0:
            between = out / f"{stage.name}-blend"
            if not between.is_dir():
                blend(last, folder, stage.blend, between)
            folder = between
        last = folder
        if stage.name == until:
            break
    if recipe.storage == "float16" and until in (None, names[-1]):
        return ship(last, out / SHIPPED) / "onnx"
    return export_onnx(NavilaModel.from_pretrained(last), last / "onnx")
