"""A trained small VLA as it's shipped: weights rounded to half precision, stored in two bytes each, run in four.

Checkpoint and ONNX files hold the very same numbers, at half the size.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch

from navila_sdk.errors import CheckpointError
from navila_sdk.training.vla.export_onnx import LANGUAGE, VISION, difference, export_onnx
from navila_sdk.vla.model import NavilaModel
from navila_sdk.vla.save import save_model

_FEWEST = 256
_MOST_OFF = 1e-3


def ship(checkpoint: Path, out: Path) -> Path:
    """Write a checkpoint in half precision and its ONNX files beside it (``onnx/``), and return the folder.

    Args:
        checkpoint: What was trained.
        out: Where.

    Raises:
        CheckpointError: The checkpoint can't be read, has weights beyond half precision's range, or the ONNX files
            don't say what it says.
        MissingDependencyError: onnx or onnxscript isn't installed.
    """
    model = NavilaModel.from_pretrained(checkpoint)
    with torch.no_grad():
        for name, parameter in model.network.named_parameters():
            rounded = parameter.half()
            if not bool(rounded.isfinite().all()):
                raise CheckpointError(f"{checkpoint}: {name} goes beyond half precision's range (65504)")
            parameter.copy_(rounded)
    folder = export_onnx(model, out / "onnx")
    for name in (VISION, LANGUAGE):
        halve(folder / name)
    off = difference(model, folder)
    if not off < _MOST_OFF:
        raise CheckpointError(f"{folder}: its logits are off by {off:g} from those of {checkpoint}")
    model.network.half()
    save_model(NavilaModel(model.config, model.network, model.tokenizer), out)
    return out


def halve(path: Path) -> None:
    """Store an ONNX file's weights in two bytes each; they are made four again when it's loaded."""
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    model: Any = onnx.load(str(path))
    graph = model.graph
    casts: list[Any] = []
    for weight in graph.initializer:
        if weight.data_type != TensorProto.FLOAT or int(np.prod(weight.dims)) < _FEWEST:
            continue
        values = numpy_helper.to_array(weight)
        name = weight.name
        weight.CopyFrom(numpy_helper.from_array(values.astype(np.float16), f"{name}.half"))
        casts.append(helper.make_node("Cast", [f"{name}.half"], [name], to=TensorProto.FLOAT))
    nodes = [*casts, *graph.node]
    del graph.node[:]
    graph.node.extend(nodes)
    onnx.checker.check_model(model)
    onnx.save(model, str(path))
