"""A network that treats left and right alike by construction: mirrored input gives mirrored output, exactly.

Units come in mirrored pairs. In the basis of their sums and differences each layer is block diagonal, which
takes half the arithmetic of a dense layer; ``dense`` writes it as ordinary layers for export.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from operator import le

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from navila_sdk.errors import ConfigError
from navila_sdk.training.locomotion.mirror import Mirror

_HALF = math.sqrt(0.5)
_SYMMETRIC = 1e-4


def _bases(mirror: Mirror) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return orthonormal bases (n, even) and (n, odd) of what mirroring keeps and what it negates."""
    even: list[NDArray[np.float32]] = []
    odd: list[NDArray[np.float32]] = []
    for i, (j, sign) in enumerate(zip(mirror.source, mirror.sign, strict=True)):
        if j < i:
            continue
        plus, minus = np.zeros(mirror.size, np.float32), np.zeros(mirror.size, np.float32)
        if i == j:
            plus[i] = 1.0
            (even if sign > 0 else odd).append(plus)
            continue
        plus[i], plus[j] = _HALF, sign * _HALF
        minus[i], minus[j] = _HALF, -sign * _HALF
        even.append(plus)
        odd.append(minus)
    empty = np.zeros((mirror.size, 0), np.float32)
    return (np.stack(even, 1) if even else empty), (np.stack(odd, 1) if odd else empty)


def _elu(x: Tensor) -> Tensor:
    """Return ELU of ``x / sqrt(2)``, divided by sqrt(2): between two bases, in one pass over memory."""
    return torch.ops.aten.elu(x, 1.0 / _HALF, 0.5, _HALF)


def _picks(basis: NDArray[np.float32]) -> tuple[Tensor, Tensor]:
    """Return places and weights (2, columns) of the two numbers each column adds up; the second may count for none."""
    places = np.argsort(-np.abs(basis), axis=0, kind="stable")[:2]
    return torch.from_numpy(places), torch.from_numpy(np.take_along_axis(basis, places, 0))


class MirrorMLP(nn.Module):
    """An ELU network equivariant under a mirror.

    Args:
        inputs: Mirror of the input.
        outputs: Mirror of the output.
        hidden: Units per layer, even numbers.
        gain: Scale of the last layer's initial weights.
    """

    def __init__(self, inputs: Mirror, outputs: Mirror, hidden: Sequence[int], gain: float = 0.01) -> None:
        super().__init__()
        for name, mirror in (("in", inputs), ("out", outputs)):
            for kind, basis in zip(("even", "odd"), _bases(mirror), strict=True):
                self.register_buffer(f"{name}_{kind}", torch.from_numpy(basis), persistent=False)
        # Picking two numbers per column takes a tenth of multiplying by the bases.
        picks = zip(*(_picks(basis.numpy()) for basis in (self.in_even, self.in_odd)), strict=True)
        for name, parts in zip(("places", "weights"), picks, strict=True):
            self.register_buffer(f"in_{name}", torch.cat([part.ravel() for part in parts]), persistent=False)
        widths = [unit // 2 for unit in hidden]
        evens = [self.in_even.shape[1], *widths, self.out_even.shape[1]]
        odds = [self.in_odd.shape[1], *widths, self.out_odd.shape[1]]
        self.even = nn.ModuleList(nn.Linear(a, b) for a, b in itertools.pairwise(evens))
        self.odd = nn.ModuleList(nn.Linear(a, b, bias=False) for a, b in itertools.pairwise(odds))
        for layers in (self.even, self.odd):
            for i, layer in enumerate(layers):
                if layer.weight.numel():
                    last = i == len(layers) - 1
                    nn.init.orthogonal_(layer.weight, gain if last else math.sqrt(2))
        for layer in self.even:
            nn.init.zeros_(layer.bias)

    def forward(self, x: Tensor) -> Tensor:
        """Return the output (N, outputs) for inputs (N, inputs)."""
        evens, odds = self.in_even.shape[1], self.in_odd.shape[1]
        picked = x.index_select(1, self.in_places) * self.in_weights
        first_even, second_even, first_odd, second_odd = picked.split([evens, evens, odds, odds], 1)
        even, odd = first_even + second_even, first_odd + second_odd
        last = len(self.even) - 1
        for i, (to_even, to_odd) in enumerate(zip(self.even, self.odd, strict=True)):
            even, odd = to_even(even), to_odd(odd)
            if i < last:
                left, right = _elu(even + odd), _elu(even - odd)
                even, odd = left + right, left - right
        return even @ self.out_even.T + odd @ self.out_odd.T

    def dense(self) -> list[tuple[NDArray[np.float32], NDArray[np.float32]]]:
        """Return the same function as ordinary layers: (weight (out, in), bias (out,)) with ELU between them."""
        layers: list[tuple[NDArray[np.float32], NDArray[np.float32]]] = []
        last = len(self.even) - 1
        with torch.no_grad():
            for i, (to_even, to_odd) in enumerate(zip(self.even, self.odd, strict=True)):
                even, odd, bias = to_even.weight, to_odd.weight, to_even.bias
                # Columns: what comes in, as even and odd parts of it.
                if i == 0:
                    even, odd = even @ self.in_even.T, odd @ self.in_odd.T
                else:
                    even = torch.cat([even, even], 1) * _HALF
                    odd = torch.cat([odd, -odd], 1) * _HALF
                if i < last:
                    weight = torch.cat([even + odd, even - odd], 0) * _HALF
                    bias = torch.cat([bias, bias]) * _HALF
                else:
                    weight = self.out_even @ even + self.out_odd @ odd
                    bias = self.out_even @ bias
                layers.append((weight.cpu().numpy().copy(), bias.cpu().numpy().copy()))
        return layers

    def fill(self, layers: Sequence[tuple[NDArray[np.float32], NDArray[np.float32]]]) -> None:
        """Take on the function of ordinary layers, as ``dense`` writes them.

        Inputs they lack get zero weights. Units they lack stay as they are, and nothing listens to them yet.

        Args:
            layers: (weight (out, in), bias (out,)) each. The first may have fewer inputs than this network, which then
                are the ones before the others; hidden layers may have fewer units.

        Raises:
            ConfigError: They are of another shape, or left and right differ in them.
        """
        wanted = [
            (to_even.out_features + to_odd.out_features) for to_even, to_odd in zip(self.even, self.odd, strict=True)
        ]
        inputs, got = self.in_even.shape[0], [weight.shape[0] for weight, _ in layers]
        fits = len(got) == len(wanted) and got[-1] == wanted[-1] and all(map(le, got, wanted))
        if not fits or layers[0][0].shape[1] > inputs:
            raise ConfigError(
                f"a network of {inputs} inputs and layers of {wanted} can't begin with one of "
                f"{layers[0][0].shape[1]} inputs and layers of {got}; train with the recipe it was made by"
            )
        here = self.in_even.device
        with torch.no_grad():
            for i, (given, bias) in enumerate(layers):
                self._fill_layer(i, torch.from_numpy(given).to(here), torch.from_numpy(bias).to(here))
        for i, ((weight, bias), (given, given_bias)) in enumerate(zip(self.dense(), layers, strict=True)):
            rows = slice(None) if i == len(layers) - 1 else _paired(given.shape[0], wanted[i])
            columns = np.arange(given.shape[1]) if i == 0 else _paired(given.shape[1], wanted[i - 1])
            if not (
                np.allclose(weight[rows][:, columns], given, atol=_SYMMETRIC)
                and np.allclose(bias[rows], given_bias, atol=_SYMMETRIC)
            ):
                raise ConfigError(
                    "this policy treats left and right differently, and a symmetric network can't begin with it; "
                    "begin with one that `navila train locomotion` made"
                )

    def _fill_layer(self, i: int, weight: Tensor, bias: Tensor) -> None:
        if i == 0:
            weight = nn.functional.pad(weight, (0, self.in_even.shape[0] - weight.shape[1]))
        if i == len(self.even) - 1:
            even, odd, bias = self.out_even.T @ weight, self.out_odd.T @ weight, self.out_even.T @ bias
        else:
            half = weight.shape[0] // 2
            even, odd = (weight[:half] + weight[half:]) * _HALF, (weight[:half] - weight[half:]) * _HALF
            bias = bias[:half] / _HALF
        if i == 0:
            even, odd = even @ self.in_even, odd @ self.in_odd
        else:
            half = weight.shape[1] // 2
            even, odd = (even[:, :half] + even[:, half:]) * _HALF, (odd[:, :half] - odd[:, half:]) * _HALF
        for layer, block in ((self.even[i], even), (self.odd[i], odd)):
            units, before = block.shape
            layer.weight[:units, :before] = block
            layer.weight[:units, before:] = 0.0
        self.even[i].bias[: len(bias)] = bias


def _paired(count: int, of: int) -> NDArray[np.intp]:
    """Return where ``count`` units, left ones before right ones, lie among ``of`` such units."""
    return np.concatenate([np.arange(count // 2), of // 2 + np.arange(count // 2)])
