"""A plain network and its card as one ONNX file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from navila_sdk.errors import MissingDependencyError, PolicyError
from navila_sdk.locomotion.card import CARD_KEY, PolicyCard

Layer = tuple[NDArray[np.float32], NDArray[np.float32]]
INPUT, OUTPUT = "obs", "action"
_OPSET = 17
_IR_VERSION = 8
ACTIVATIONS = {"elu": "Elu", "relu": "Relu", "tanh": "Tanh"}


def require_onnx() -> Any:  # noqa: ANN401 - the package publishes no complete types
    """Return the onnx package.

    Raises:
        MissingDependencyError: It isn't installed.
    """
    try:
        import onnx
    except ImportError as error:
        raise MissingDependencyError(
            "writing a policy file needs the package onnx; install it: pip install 'navila-sdk[policy]'"
        ) from error
    return onnx


def write_network(path: Path, layers: Sequence[Layer], card: PolicyCard, activation: str = "elu") -> None:
    """Write a multilayer perceptron with its card.

    Args:
        path: Where; an older file is replaced when the new one is whole.
        layers: (weight (out, in), bias (out,)) each, the activation between them.
        card: What the network is.
        activation: ``elu``, ``relu`` or ``tanh``.

    Raises:
        PolicyError: The layers don't fit each other or the card, or hold NaN or infinity.
        MissingDependencyError: The package onnx isn't installed.
    """
    onnx = require_onnx()
    _check_layers(path, layers, card)
    nodes: list[Any] = []
    weights: list[Any] = []
    now = INPUT
    for i, (weight, bias) in enumerate(layers):
        weights += [
            onnx.numpy_helper.from_array(np.ascontiguousarray(weight, np.float32), f"w{i}"),
            onnx.numpy_helper.from_array(np.ascontiguousarray(bias, np.float32), f"b{i}"),
        ]
        last = i == len(layers) - 1
        out = OUTPUT if last else f"h{i}"
        nodes.append(onnx.helper.make_node("Gemm", [now, f"w{i}", f"b{i}"], [out], transB=1))
        if not last:
            nodes.append(onnx.helper.make_node(ACTIVATIONS[activation], [out], [f"a{i}"]))
            now = f"a{i}"
    floats = onnx.TensorProto.FLOAT
    graph = onnx.helper.make_graph(
        nodes,
        "policy",
        [onnx.helper.make_tensor_value_info(INPUT, floats, [1, layers[0][0].shape[1]])],
        [onnx.helper.make_tensor_value_info(OUTPUT, floats, [1, layers[-1][0].shape[0]])],
        weights,
    )
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", _OPSET)], ir_version=_IR_VERSION)
    save_model(path, model, card)


def read_layers(path: Path) -> list[Layer]:
    """Return the layers of a file that ``write_network`` wrote.

    Raises:
        PolicyError: The file can't be read, or isn't a chain of plain layers.
        MissingDependencyError: The package onnx isn't installed.
    """
    onnx = require_onnx()
    try:
        graph = onnx.load(path).graph
    except Exception as error:  # noqa: BLE001 - protobuf's errors have no common class
        raise PolicyError(
            f"{path}: this isn't a readable ONNX file ({error}); name one that `navila train` wrote"
        ) from None
    values = {weight.name: np.array(onnx.numpy_helper.to_array(weight)) for weight in graph.initializer}
    layers: list[Layer] = []
    for node in graph.node:
        if node.op_type in ACTIVATIONS.values():
            continue
        names = list(node.input)[1:]
        flags = {entry.name: entry.i for entry in node.attribute}
        if node.op_type != "Gemm" or flags != {"transB": 1} or len(names) != 2 or not set(names) <= set(values):
            raise PolicyError(
                f"{path}: holds a {node.op_type}, where a policy of plain layers has Gemm (transB) and activations "
                "alone; name one that `navila train` wrote"
            )
        layers.append((values[names[0]], values[names[1]]))
    return layers


def save_model(path: Path, model: Any, card: PolicyCard) -> None:  # noqa: ANN401 - an onnx.ModelProto
    """Write an ONNX model with a card, in place of any it had."""
    onnx = require_onnx()
    kept = {entry.key: entry.value for entry in model.metadata_props if entry.key != CARD_KEY}
    onnx.helper.set_model_props(model, {**kept, CARD_KEY: card.to_json()})
    part = path.with_name(path.name + ".part")
    part.write_bytes(model.SerializeToString())
    part.replace(path)


def _check_layers(path: Path, layers: Sequence[Layer], card: PolicyCard) -> None:
    problems = card.problems()
    if not layers:
        raise PolicyError(f"{path}: a network has at least one layer")
    sound = not problems
    size = card.inputs if sound else layers[0][0].shape[1]
    for i, (weight, bias) in enumerate(layers):
        if weight.ndim != 2 or bias.shape != (weight.shape[0],):
            problems.append(f"layer {i}: weight (out, in) and bias (out,) expected; got {weight.shape}, {bias.shape}")
        elif weight.shape[1] != size:
            problems.append(f"layer {i}: {weight.shape[1]} inputs, but it's fed {size}")
        if not (np.isfinite(weight).all() and np.isfinite(bias).all()):
            problems.append(f"layer {i}: holds NaN or infinite weights")
        size = weight.shape[0]
    if sound and size != len(card.joints):
        problems.append(f"layer {len(layers) - 1}: {size} outputs for {len(card.joints)} joints")
    if problems:
        raise PolicyError(f"{path}: this network can't be written:\n" + "\n".join(f"  {line}" for line in problems))
