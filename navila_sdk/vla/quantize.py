"""The language model's weights in 8 or 4 bits, by bitsandbytes; tower, projector, embeddings and the last layer stay.

Where it matters is memory: the 8 B checkpoint's weights shrink from 17 GB to about 10 and 7.
"""

from __future__ import annotations

import importlib
from typing import Any

from torch import nn

from navila_sdk.errors import CheckpointError, MissingDependencyError
from navila_sdk.vla.network import VlaNetwork

KINDS = ("int8", "int4")
_DEVICES = ("cpu", "cuda")
_GROUPS, _ROWS = (64, 32), 32


def check_quantize(kind: str, device: str) -> None:
    """Make sure that weights can be stored so, before anything is read.

    Args:
        kind: ``int8``, ``int4``, or empty for as they are.
        device: Where they will be, as torch names it.

    Raises:
        CheckpointError: No such kind, or the device can't.
        MissingDependencyError: bitsandbytes isn't installed.
    """
    if not kind:
        return
    if kind not in KINDS:
        raise CheckpointError(f"quantize is {kind!r:.40}; it's one of {', '.join(KINDS)}, or empty")
    place = device.partition(":")[0]
    if place not in _DEVICES:
        raise CheckpointError(
            f"quantize = {kind!r} runs on {' and '.join(_DEVICES)}, not on {device!r}; leave it out there, and take "
            "dtype = 'float16' for half the memory"
        )
    _package(kind)


def _package(kind: str) -> Any:  # noqa: ANN401 - the package publishes no types
    try:
        return importlib.import_module("bitsandbytes")
    except ImportError as error:
        raise MissingDependencyError(
            f"quantize = {kind!r} needs the package bitsandbytes; install: pip install 'navila-sdk[quantize]'"
        ) from error


def quantize(network: VlaNetwork, kind: str, device: str) -> VlaNetwork:
    """Return the network on a device, the linear layers of its language model quantized on the way there.

    Args:
        network: With weights, on the CPU; it's changed.
        kind: ``int8`` (row by row, LLM.int8) or ``int4`` (NormalFloat in groups).
        device: ``cpu`` or ``cuda``.

    Raises:
        CheckpointError: No such kind, or the device can't.
        MissingDependencyError: bitsandbytes isn't installed.
    """
    check_quantize(kind, device)
    layers = _package(kind).nn
    for parent in list(network.llm.model.layers.modules()):
        for name, child in list(parent.named_children()):
            if type(child) is nn.Linear:
                setattr(parent, name, _small(layers, child, kind))
    return network.to(device).eval().requires_grad_(False)


def _small(layers: Any, linear: nn.Linear, kind: str) -> nn.Module:  # noqa: ANN401
    shape, bias = (linear.in_features, linear.out_features), linear.bias is not None
    if kind == "int8":
        made = layers.Linear8bitLt(*shape, bias=bias, has_fp16_weights=False, device="meta")
        made.weight = layers.Int8Params(linear.weight.data, requires_grad=False, has_fp16_weights=False)
    else:
        group = next((size for size in _GROUPS if linear.in_features % size == 0), 0)
        # The package packs whole groups and whole blocks of rows; a layer of an odd shape stays as it is.
        if not group or linear.out_features % _ROWS:
            return linear
        made = layers.Linear4bit(*shape, bias=bias, compute_dtype=linear.weight.dtype, quant_type="nf4", device="meta")
        made.weight = layers.Params4bit(linear.weight.data, requires_grad=False, quant_type="nf4", blocksize=group)
    made.bias = linear.bias
    return made
