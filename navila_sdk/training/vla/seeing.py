"""A tower's first training: each patch tells what nouns and colours lie in it, and how far away they are.

Thirty-six patches are thirty-six lessons a picture, where a sentence is one; the heads are thrown away after.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from pathlib import Path

import attrs
import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from navila_sdk.errors import DataError
from navila_sdk.training.data.pictures import Pictures, read_pictures
from navila_sdk.training.vla.finetune import Progress, rate_at
from navila_sdk.training.vla.learner import attending_plainly
from navila_sdk.training.vla.settings import FinetuneSettings
from navila_sdk.vla.images import pixels_of
from navila_sdk.vla.model import NavilaModel
from navila_sdk.vla.save import save_model
from navila_sdk.world import FLOOR, SOLID

_LEAST_PIXELS = 2
_DEPTH_WEIGHT = 0.5
_PRESENT_WEIGHT = 4.0


@attrs.frozen(slots=True, eq=False)
class Labels:
    """What patches are asked.

    Attributes:
        nouns: What may be seen; wall and floor come first.
        colors: Colours of things.
    """

    nouns: tuple[str, ...]
    colors: tuple[str, ...]

    @property
    def size(self) -> int:
        """Outputs of a patch: a yes or no for each word, and its depth."""
        return len(self.nouns) + len(self.colors) + 1


def labels_of(places: Sequence[Pictures]) -> Labels:
    """Return every noun and colour that the things' names hold."""
    names = {name for place in places for name in place.things}
    nouns = sorted({name.partition(" ")[2] or name for name in names})
    colors = sorted({name.partition(" ")[0] for name in names if " " in name})
    return Labels(("wall", "floor", *nouns), tuple(colors))


def targets_of(
    labels: Labels, place: Pictures, index: int, grid: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return which words each patch holds (patches, words), and the logarithm of its mean depth (patches,)."""
    segments, depth = place.segments[index], place.depth_m[index].astype(np.float32)
    height, width = segments.shape
    rows, columns = np.arange(height) * grid // height, np.arange(width) * grid // width
    patch = (rows[:, None] * grid + columns[None, :]).ravel()
    shown = segments.ravel().astype(np.int64)
    words = len(labels.nouns) + len(labels.colors)
    noun = np.full(shown.shape, -1, np.int64)
    noun[shown == SOLID], noun[shown == FLOOR] = 0, 1
    color = np.full(shown.shape, -1, np.int64)
    for thing in np.unique(shown[shown >= 0]):
        head, _, tail = place.things[int(thing)].partition(" ")
        noun[shown == thing] = labels.nouns.index(tail or head)
        if tail:
            color[shown == thing] = len(labels.nouns) + labels.colors.index(head)
    counts = np.zeros((grid * grid, words), np.int64)
    for word in (noun, color):
        known = word >= 0
        np.add.at(counts, (patch[known], word[known]), 1)
    mean = np.bincount(patch, depth.ravel(), grid * grid) / np.bincount(patch, minlength=grid * grid)
    return (counts >= _LEAST_PIXELS).astype(np.float32), np.log1p(mean).astype(np.float32)


class _Seer(nn.Module):
    def __init__(self, tower: nn.Module, width: int, labels: Labels) -> None:
        super().__init__()
        self.tower = tower
        self.norm = nn.LayerNorm(width)
        self.head = nn.Linear(width, labels.size)

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        return self.head(self.norm(self.tower(pixel_values=pixels).last_hidden_state))


def learn_to_see(
    model: NavilaModel,
    root: Path,
    out: Path,
    settings: FinetuneSettings,
    *,
    jitter: float = 0.12,
    report: Callable[[Progress], None] = lambda _: None,
    stop: Callable[[], bool] = lambda: False,
) -> Path:
    """Train a model's tower on pictures, and return the checkpoint's folder.

    A few minutes' work, so it isn't taken up half done; ``stop`` ends it early.

    Args:
        model: Whose tower; it's changed.
        root: The pictures.
        out: Gets the checkpoint.
        settings: How; ``accumulate`` and ``lora_rank`` have no meaning here.
        jitter: How far brightness and colours are changed, as a share.
        report: Told after every update.
        stop: Asked after every update.

    Raises:
        DataError: There are no pictures.
        FloatingPointError: The loss is no longer finite.
    """
    places = list(read_pictures(root))
    shares = np.array([len(place.frames) for place in places], np.float64)
    if not shares.sum():
        raise DataError(f"{root}: these shards hold no pictures")
    labels, config = labels_of(places), model.config
    torch.manual_seed(settings.seed)
    seer = _Seer(model.network.vision_tower, int(config.vision["hidden_size"]), labels).train()
    seer.requires_grad_(True)
    optimizer = torch.optim.AdamW(seer.parameters(), lr=settings.rate, weight_decay=settings.weight_decay)
    words = labels.size - 1
    weight = torch.full((words,), _PRESENT_WEIGHT)
    with attending_plainly(model.network):
        for done in range(settings.steps):
            random = np.random.default_rng([settings.seed, 91, done])
            pixels, present, depth = [], [], []
            for which in random.choice(len(places), settings.batch, p=shares / shares.sum()):
                place = places[int(which)]
                index = int(random.integers(len(place.frames)))
                gain = (1 + random.uniform(-jitter, jitter)) * (1 + random.uniform(-jitter / 3, jitter / 3, 3))
                frame = np.clip(place.frames[index] * gain, 0, 255).astype(np.uint8)
                pixels.append(pixels_of(frame, config.side_px, config.mean, config.deviation))
                there, far = targets_of(labels, place, index, config.grid)
                present.append(there)
                depth.append(far)
            for group in optimizer.param_groups:
                group["lr"] = rate_at(done, settings)
            with torch.autocast("cpu", torch.bfloat16, enabled=settings.mixed == "bf16"):
                told = seer(torch.from_numpy(np.stack(pixels))).float()
            named = nn.functional.binary_cross_entropy_with_logits(
                told[..., :words], torch.from_numpy(np.stack(present)), pos_weight=weight
            )
            off = nn.functional.l1_loss(told[..., words], torch.from_numpy(np.stack(depth)))
            loss = named * words / 10 + _DEPTH_WEIGHT * off
            if not math.isfinite(float(loss.detach())):
                raise FloatingPointError(f"the loss is {float(loss.detach())} at update {done}")
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(seer.parameters(), settings.clip)
            optimizer.step()
            report(Progress(done + 1, settings.steps, float(loss.detach()), rate_at(done, settings)))
            if stop():
                break
    model.network.eval().requires_grad_(False)
    return save_model(model, out)
