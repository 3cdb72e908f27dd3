"""Weights between those a training began with and those it ended with.

What a short training on new data forgets, the weights it began with still know; the mean of both often does better than
either on both (WiSE-FT, Wortsman et al. 2022, arXiv 2109.01903).
"""

from __future__ import annotations

import shutil
from pathlib import Path

import torch

from navila_sdk.errors import CheckpointError
from navila_sdk.vla.model import NavilaModel
from navila_sdk.vla.save import save_model


def blend(begin: Path, end: Path, share: float, out: Path) -> None:
    """Write a checkpoint whose weights lie between those of two others; ``out`` is there whole or not at all.

    Args:
        begin: The checkpoint that training began with.
        end: What came of it.
        share: How far from ``begin`` to ``end``, 0 to 1.
        out: Where to.

    Raises:
        CheckpointError: They aren't of one shape, or one can't be read.
        OutputError: ``out`` can't be written.
    """
    model = NavilaModel.from_pretrained(end)
    before = dict(NavilaModel.from_pretrained(begin).network.named_parameters())
    with torch.no_grad():
        # Parameters, not the state's tensors: embeddings that are the head too stand in it twice.
        for name, weight in model.network.named_parameters():
            other = before.get(name)
            if other is None or other.shape != weight.shape:
                raise CheckpointError(f"nothing lies between {begin} and {end}: they differ in the shape of {name}")
            weight.lerp_(other.to(weight.dtype), 1.0 - share)
    part = out.with_name(f"{out.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    save_model(model, part)
    part.rename(out)
