"""Checkpoints as safetensors: networks, optimiser and counters, nothing that runs code when it's read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import attrs
import numpy as np
import torch
from numpy.typing import NDArray
from rsl_rl.algorithms import PPO
from safetensors.torch import load_file
from torch import Tensor

from navila_sdk.errors import ConfigError
from navila_sdk.locomotion.network_file import read_layers
from navila_sdk.training.locomotion.average import WeightAverage
from navila_sdk.training.locomotion.network import MirrorMLP
from navila_sdk.vla.tensor_file import write_tensors

_MOMENTS = ("exp_avg", "exp_avg_sq", "step")


@attrs.frozen(slots=True, eq=False)
class Standing:
    """Where a training stands, beside its networks.

    Attributes:
        iteration: Iterations done.
        steps: Environment steps done.
        levels: (N,) of the terrain; None where nothing is known of them.
    """

    iteration: int = 0
    steps: int = 0
    levels: NDArray[np.float64] | None = None


def save_checkpoint(path: Path, ppo: PPO, average: WeightAverage, standing: Standing) -> None:
    """Write everything a training needs to go on; an older file stands until the new one is whole.

    Raises:
        OutputError: It can't be written.
    """
    counters = [standing.iteration, standing.steps, average.updates]
    tensors: dict[str, Tensor] = {"counters": torch.tensor(counters, dtype=torch.int64)}
    if standing.levels is not None:
        tensors["levels"] = torch.from_numpy(standing.levels.copy())
    tensors |= {f"average.{key}": value.clone() for key, value in average.tensors.items()}
    tensors["rate"] = torch.tensor([ppo.learning_rate], dtype=torch.float64)
    for name, model in (("actor", ppo.actor), ("critic", ppo.critic)):
        tensors |= {f"{name}.{key}": value.clone() for key, value in model.state_dict().items()}
    state: dict[int, dict[str, Tensor]] = ppo.optimizer.state_dict()["state"]
    for index, moments in state.items():
        tensors |= {f"optimizer.{index}.{key}": moments[key].clone() for key in _MOMENTS}
    write_tensors(path, tensors)


def load_checkpoint(path: Path, ppo: PPO, average: WeightAverage, *, widen: bool = False) -> Standing:
    """Fill networks (and, unless widening, the optimiser) from a file; return where its training stood.

    Args:
        path: Written by ``save_checkpoint``.
        ppo: To fill.
        average: Of the actor; goes on where the file's was, or begins anew when widening.
        widen: Whether the networks may have more inputs than the file's; the new ones get zero weights.

    Raises:
        ConfigError: The file is of another body or another network.
    """
    tensors = load_file(path)
    for name, model in (("actor", ppo.actor), ("critic", ppo.critic)):
        prefix = f"{name}."
        saved = {key[len(prefix) :]: value for key, value in tensors.items() if key.startswith(prefix)}
        model.load_state_dict(_fitted(path, saved, model.state_dict(), widen))
    average.reset()
    if widen:
        return Standing()
    optimizer: dict[str, Any] = ppo.optimizer.state_dict()
    # Those of networks that haven't learned yet are missing.
    known = [i for i in optimizer["param_groups"][0]["params"] if f"optimizer.{i}.{_MOMENTS[0]}" in tensors]
    optimizer["state"] = {i: {key: tensors[f"optimizer.{i}.{key}"] for key in _MOMENTS} for i in known}
    ppo.optimizer.load_state_dict(optimizer)
    ppo.learning_rate = float(tensors["rate"][0])
    iteration, steps, *updates = (int(value) for value in tensors["counters"])
    if updates:
        average.load({key.removeprefix("average."): value for key, value in tensors.items()}, updates[0])
    return Standing(iteration, steps, tensors["levels"].numpy() if "levels" in tensors else None)


def begin_with_policy(path: Path, ppo: PPO, std: float) -> None:
    """Fill the actor from a policy file; the critic stays fresh, for a policy holds none.

    Args:
        path: A policy that a recipe of this form made, with as many inputs or fewer.
        ppo: To fill.
        std: How widely it explores at first.

    Raises:
        PolicyError: The file can't be read, or isn't a chain of plain layers.
        ConfigError: It's of another shape, or left and right differ in it.
        MissingDependencyError: The package onnx isn't installed.
    """
    network = ppo.actor.mlp
    assert isinstance(network, MirrorMLP)
    network.fill(read_layers(path))
    with torch.no_grad():
        ppo.actor.distribution.std_param.fill_(std)  # pyright: ignore


def _fitted(path: Path, saved: dict[str, Tensor], wanted: dict[str, Tensor], widen: bool) -> dict[str, Tensor]:
    fitted: dict[str, Tensor] = {}
    for key, target in wanted.items():
        value = saved.get(key)
        if value is None or value.dim() != target.dim():
            raise ConfigError(f"{path}: {key!r} is missing or has another rank; this checkpoint is of another network")
        if value.shape == target.shape:
            fitted[key] = value
        elif widen and value.shape[:-1] == target.shape[:-1] and value.shape[-1] < target.shape[-1]:
            fitted[key] = torch.zeros_like(target)
            fitted[key][..., : value.shape[-1]] = value
        else:
            raise ConfigError(
                f"{path}: {key!r} has shape {tuple(value.shape)}, this network's is {tuple(target.shape)}; "
                "train with the recipe it was made by, or into another folder"
            )
    return fitted
