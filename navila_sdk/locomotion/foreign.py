"""From a foreign network to a policy file: by what the file is, with the card it brings or is given."""

from __future__ import annotations

from pathlib import Path

from navila_sdk.embodiment import Embodiment
from navila_sdk.errors import PolicyError
from navila_sdk.locomotion.arrays import layers_from_npz
from navila_sdk.locomotion.card import PolicyCard
from navila_sdk.locomotion.network_file import require_onnx, save_model, write_network
from navila_sdk.locomotion.onnx_metadata import import_onnx
from navila_sdk.locomotion.policy import load_policy, open_session
from navila_sdk.locomotion.read_card import card_from_toml
from navila_sdk.locomotion.torchscript import layers_from_torchscript

_TORCHSCRIPT = (".pt", ".jit", ".pth")


def import_policy(
    path: Path, out: Path, card: Path | None, body: Embodiment | None = None, activation: str = "elu"
) -> PolicyCard:
    """Write a policy file of a foreign network, check that it loads, and return its card.

    Args:
        path: ``.npz`` of plain arrays, TorchScript (``.pt``, ``.jit``) or ``.onnx``.
        out: File to write; left as it was where anything is wrong.
        card: TOML file that describes the network; an ``.onnx`` with metadata needs none.
        body: The robot, for an ``.onnx`` without a card.
        activation: Between the layers of plain arrays and TorchScript, which don't say.

    Raises:
        PolicyError: The file can't be read, or doesn't fit its card.
        MissingDependencyError: onnx, or for TorchScript torch, isn't installed.
    """
    part = out.with_name(out.name + ".new")
    try:
        described = _write(path, part, card, body, activation)
        load_policy(part)
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)
    return described


def _write(path: Path, out: Path, card: Path | None, body: Embodiment | None, activation: str) -> PolicyCard:
    kind = path.suffix.lower()
    if kind == ".onnx" and card is None:
        if body is None:
            raise PolicyError(f"{path}: which robot is this policy for? Add: --embodiment NAME (or --card CARD.toml)")
        return import_onnx(path, body, out)
    if card is None:
        raise PolicyError(f"{path}: a {kind or 'plain'} file says nothing about its numbers; add: --card CARD.toml")
    described = card_from_toml(card)
    if kind == ".onnx":
        open_session(path)
        save_model(out, require_onnx().load_model_from_string(path.read_bytes()), described)
        return described
    layers = layers_from_torchscript(path) if kind in _TORCHSCRIPT else layers_from_npz(path)
    write_network(out, layers, described, activation)
    return described
