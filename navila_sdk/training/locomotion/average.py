"""The mean of a network's weights over its last updates, which walks better than any one of them.

Single updates of PPO differ by a fifth in how well they track; their noise has no place in what is shipped. Weights
between a policy and what further training made of it often keep the best of both (Wortsman et al. 2022,
arXiv 2109.01903).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from navila_sdk.training.locomotion.network import MirrorMLP

_KEEP = 0.99
"""What an update leaves of the mean before it: it reaches back about a hundred."""


class WeightAverage:
    """An exponential mean that starts with what the network has and soon forgets it.

    Args:
        network: What to follow.
    """

    def __init__(self, network: nn.Module) -> None:
        self._network = network
        self.reset()

    def reset(self) -> None:
        """Begin anew with the network as it is."""
        self.updates = 0
        self.tensors = {name: value.detach().clone() for name, value in self._network.state_dict().items()}

    def load(self, tensors: dict[str, Tensor], updates: int) -> None:
        """Go on with a mean that was saved."""
        self.updates = updates
        self.tensors = {name: tensors[name].clone().to(own.device) for name, own in self.tensors.items()}

    def update(self) -> None:
        """Take in the network as it is now."""
        self.updates += 1
        keep = min(_KEEP, self.updates / (self.updates + 9))
        with torch.no_grad():
            for name, value in self._network.state_dict().items():
                self.tensors[name].lerp_(value, 1 - keep)

    def apply(self) -> None:
        """Give the network the mean."""
        self._network.load_state_dict(self.tensors)


def blend(network: MirrorMLP, begin: Sequence[tuple[NDArray[np.float32], NDArray[np.float32]]], share: float) -> None:
    """Move a network's weights back towards those it began with.

    Args:
        network: What was learned; gets the weights between.
        begin: Weights and biases of the layers of what it began with, see ``read_layers``.
        share: How far from ``begin`` to what was learned, 0 to 1.

    Raises:
        ConfigError: They are of another shape.
    """
    learned = {name: value.clone() for name, value in network.state_dict().items()}
    network.fill(begin)
    with torch.no_grad():
        for name, value in network.state_dict().items():
            if value.is_floating_point():
                value.lerp_(learned[name], share)
