"""How nano's success depends on the size of model and data: trains one point of that curve by a short recipe.

    python benchmarks/nano_scaling.py --data data --out runs/small --size small --share 0.25
    navila eval apartments --planner nano --set planners.nano.model=runs/small/dagger/onnx --episodes 200

Every point has the same stages, updates and batches; ``--share`` leaves that part of the walks' shards. The schedule
is a third of the recipe's, without the stage walk, so that a curve takes an afternoon: its points compare with each
other, not with the shipped weights. ``--data`` is what docs/nano.md makes. Broken off, a point is taken up.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from pathlib import Path

import attrs
import torch

from navila_sdk.training.data.shards import shard_folders
from navila_sdk.training.vla.recipe import Stage, VlaRecipe, preset_path, read_recipe
from navila_sdk.training.vla.shape import Shape
from navila_sdk.training.vla.stages import run_stages
from navila_sdk.vla.model import NavilaModel

SIZES = {
    "nano": Shape(),
    "small": Shape(vision_hidden=96, vision_layers=3, vision_feed=288, hidden=128, layers=4, feed=352),
    "tiny": Shape(vision_hidden=64, vision_layers=2, vision_feed=192, hidden=64, layers=3, feed=192),
}
UPDATES = {"seen": 1500, "look": 1000, "dagger": 2000}
WALKS = ("oracle", "dagger")


def shared_data(data: Path, out: Path, share: float) -> Path:
    """Return a folder of links to all pictures and to the first shards of each folder of walks."""
    folder = out / "data"
    folder.mkdir(exist_ok=True)
    if not (folder / "pictures").exists():
        (folder / "pictures").symlink_to((data / "pictures").resolve(), target_is_directory=True)
    for name in WALKS:
        shards = shard_folders(data / name)
        for shard in shards[: max(1, round(share * len(shards)))]:
            # Shards are looked for in true folders only, so that links can't lead a search in circles.
            (folder / name / shard.name).mkdir(parents=True, exist_ok=True)
            for file in shard.iterdir():
                link = folder / name / shard.name / file.name
                if not link.is_symlink():
                    link.symlink_to(file.resolve())
    return folder


def short(recipe: VlaRecipe, size: str) -> VlaRecipe:
    """Return the recipe's stages but walk, shortened, for a model of a size."""
    stages = tuple(attrs.evolve(s, steps=UPDATES[s.name]) for s in recipe.stages if s.name in UPDATES)
    return attrs.evolve(recipe, shape=SIZES[size], stages=stages, storage="float32")


def main() -> None:
    """Train one point."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--size", choices=SIZES, default="nano")
    parser.add_argument("--share", type=float, default=1.0)
    parser.add_argument("--begin-with", type=Path, help="a run whose stages seen and look are taken")
    options = parser.parse_args()
    torch.set_num_threads(1)
    out: Path = options.out
    out.mkdir(parents=True, exist_ok=True)
    for name in ("fresh", "seen", "look") if options.begin_with else ():
        if not (out / name).exists():
            (out / name).symlink_to((options.begin_with / name).resolve(), target_is_directory=True)
    recipe = short(read_recipe(preset_path("navila_nano", "nano")), options.size)
    began: dict[str, float] = {}

    def report(stage: Stage, progress: object) -> None:
        began.setdefault(stage.name, time.monotonic())
        step, loss = getattr(progress, "step", 0), getattr(progress, "loss", 0.0)
        if step % 100 == 0:
            took_s = time.monotonic() - began[stage.name]
            print(f"{stage.name} {step}/{stage.steps} loss {loss:.3f} {took_s:.0f} s", flush=True)

    cpu_s = time.process_time()
    run_stages(recipe, shared_data(options.data, out, options.share), out, report=report)
    model = NavilaModel.from_pretrained(out / "dagger")
    result = {
        "size": options.size,
        "parameters": sum(p.numel() for p in model.network.parameters()),
        "share": options.share,
        "shards": {name: len(os.listdir(out / "data" / name)) for name in WALKS},
        "cpu_h": round((time.process_time() - cpu_s) / 3600, 2),
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
