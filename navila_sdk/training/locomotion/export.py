"""From a trained network and its card to a policy file."""

from __future__ import annotations

from pathlib import Path

from rsl_rl.algorithms import PPO

from navila_sdk.locomotion.card import PolicyCard
from navila_sdk.locomotion.network_file import write_network
from navila_sdk.training.locomotion.network import MirrorMLP


def export(ppo: PPO, card: PolicyCard, path: Path) -> None:
    """Write the policy's mean action as an ONNX file of ordinary layers.

    Raises:
        PolicyError: Network and card don't fit.
        MissingDependencyError: The package onnx isn't installed.
    """
    network = ppo.actor.mlp
    assert isinstance(network, MirrorMLP)
    write_network(path, network.dense(), card)
