"""A training's state on disk: what learns, the optimizer's moments, how far it is. Written whole or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import nn

from navila_sdk.errors import DataError
from navila_sdk.vla.tensor_file import write_tensors

STATE = "training.safetensors"
_MOMENTS = ("exp_avg", "exp_avg_sq", "step")


def learning(module: nn.Module) -> dict[str, nn.Parameter]:
    """Return what of a learner learns, by name, in an optimizer's order; a network's own names stay bare."""
    return {name.removeprefix("network."): p for name, p in module.named_parameters() if p.requires_grad}


def keep(path: Path, learned: Mapping[str, nn.Parameter], optimizer: torch.optim.Optimizer, done: int) -> None:
    """Write what is needed to go on; an older file stands until the new one is whole.

    Raises:
        OutputError: It can't be written.
    """
    tensors = {"done": torch.tensor([done])}
    tensors |= {f"weight.{name}": p for name, p in learned.items()}
    state = optimizer.state_dict()["state"]
    for index, name in enumerate(learned):
        if index in state:
            tensors |= {f"{moment}.{name}": state[index][moment] for moment in _MOMENTS}
    write_tensors(path, tensors)


def take_up(path: Path, learned: Mapping[str, nn.Parameter], optimizer: torch.optim.Optimizer) -> int:
    """Take a state up, and return the updates it has behind it; 0 where there is none.

    Raises:
        DataError: It's of another training.
    """
    if not path.exists():
        return 0
    tensors = load_file(path)
    missing = [name for name in learned if f"weight.{name}" not in tensors]
    if missing:
        raise DataError(f"{path}: doesn't hold {missing[0]}; it's of another training, use another folder")
    with torch.no_grad():
        for name, parameter in learned.items():
            parameter.copy_(tensors[f"weight.{name}"])
    held = optimizer.state_dict()
    held["state"] = {
        index: {moment: tensors[f"{moment}.{name}"] for moment in _MOMENTS}
        for index, name in enumerate(learned)
        if f"exp_avg.{name}" in tensors
    }
    optimizer.load_state_dict(held)
    return int(tensors["done"][0])
