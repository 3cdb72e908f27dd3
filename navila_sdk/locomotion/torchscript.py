"""Actors exported as TorchScript by rsl_rl's users: their layers as plain arrays.

The archive is opened by torch's own loader for it, which runs no Python; nothing of the program in it is run.
"""

from __future__ import annotations

import importlib
import re
import warnings
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from navila_sdk.errors import MissingDependencyError, PolicyError
from navila_sdk.locomotion.network_file import Layer

_LAYER = re.compile(r"(?:.*\.)?actor\.(\d+)\.(weight|bias)")
_MEAN, _DEVIATION = ("_mean", "running_mean"), ("_std", "running_std")
_EPSILON = 1e-2
"""What rsl_rl's empirical normalisation adds to the deviation."""


def layers_from_torchscript(path: Path) -> list[Layer]:
    """Return the layers of ``actor.<i>``, an observation normaliser folded into the first.

    Raises:
        PolicyError: The file is no TorchScript, holds no such layers, a recurrent network or half a normaliser.
        MissingDependencyError: torch isn't installed.
    """
    try:
        torch: Any = importlib.import_module("torch")
    except ImportError as error:
        raise MissingDependencyError(
            "reading a TorchScript policy needs torch, which isn't installed: pip install 'navila-sdk[train]'"
        ) from error
    try:
        with warnings.catch_warnings():
            # Deprecated for new exports; the files that are out there stay what they are.
            warnings.simplefilter("ignore", DeprecationWarning)
            state: dict[str, Any] = torch.jit.load(str(path), map_location="cpu").state_dict()
    except (RuntimeError, ValueError, OSError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise PolicyError(f"{path}: this is no TorchScript file: {reason[:200]}") from None
    arrays: dict[str, NDArray[np.float32]] = {
        name: np.asarray(value.detach().numpy(), np.float32) for name, value in state.items()
    }
    recurrent = [name for name in arrays if "weight_ih" in name or "weight_hh" in name]
    if recurrent:
        raise PolicyError(f"{path}: a recurrent network ({recurrent[0]}) can't be imported; only layered ones can")
    found: dict[int, dict[str, NDArray[np.float32]]] = {}
    for name, value in arrays.items():
        match = _LAYER.fullmatch(name)
        if match:
            found.setdefault(int(match[1]), {})[match[2]] = value
    broken = [f"actor.{i}" for i, parts in found.items() if len(parts) < 2 or parts["weight"].ndim != 2]
    if not found or broken:
        what = f"weight or bias is missing of {', '.join(broken)}" if broken else "no layer is named actor.<i>.weight"
        raise PolicyError(f"{path}: {what}; it holds: {', '.join(sorted(arrays)[:12]) or 'nothing'}")
    layers = [(found[i]["weight"], found[i]["bias"]) for i in sorted(found)]
    layers[0] = _normalised(path, layers[0], arrays)
    return layers


def _normalised(path: Path, layer: Layer, arrays: dict[str, NDArray[np.float32]]) -> Layer:
    """Return the first layer as it acts on raw observations."""
    inside = {name.rsplit(".", 1)[-1]: value for name, value in arrays.items() if "normalizer" in name}
    mean = next((inside[name] for name in _MEAN if name in inside), None)
    deviation = next((inside[name] for name in _DEVIATION if name in inside), None)
    if mean is None and deviation is None:
        return layer
    if mean is None or deviation is None:
        raise PolicyError(f"{path}: its normaliser has only one of mean and deviation")
    weight = layer[0] / (deviation.reshape(1, -1) + _EPSILON)
    return weight.astype(np.float32), (layer[1] - weight @ mean.ravel()).astype(np.float32)
