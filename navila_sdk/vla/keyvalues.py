"""One prompt's keys and values, in buffers that stay where they are from step to step.

A prompt grows and is cut back at every step; here that moves a number, not tensors.
"""

from __future__ import annotations

import torch
from torch import Tensor

_GROWN_BY = 256


def rounded(tokens: int) -> int:
    """Return the room that is made for so many tokens."""
    return -(-tokens // _GROWN_BY) * _GROWN_BY


class KeyValues:
    """Keys and values of every layer, (1, heads, capacity, width) each; the first ``length`` tokens count.

    Attributes:
        length: Tokens there are.
    """

    def __init__(self) -> None:
        self._keys: list[Tensor] = []
        self._values: list[Tensor] = []
        self.length = 0

    @property
    def capacity(self) -> int:
        """Tokens there is room for."""
        return int(self._keys[0].shape[2]) if self._keys else 0

    def buffers(self) -> list[tuple[Tensor, Tensor]]:
        """Return keys and values of each layer."""
        return list(zip(self._keys, self._values, strict=True))

    def reserve(self, layers: int, heads: int, width: int, tokens: int, like: Tensor) -> None:
        """Make room for ``tokens`` tokens before anything is computed.

        Args:
            layers: Layers of the language model.
            heads: Heads of keys and values.
            width: Of a head.
            tokens: The room, rounded up.
            like: Whose type and device to take.
        """
        if self.capacity >= tokens:
            return
        size = rounded(tokens)
        kept = self.buffers()
        # Zeros, since whatever lies beyond the length still takes part, masked, where the whole buffer is attended.
        self._keys, self._values = (
            [torch.zeros((1, heads, size, width), dtype=like.dtype, device=like.device) for _ in range(layers)]
            for _ in range(2)
        )
        for (old_keys, old_values), (keys, values) in zip(kept, self.buffers(), strict=False):
            keys[:, :, : self.length] = old_keys[:, :, : self.length]
            values[:, :, : self.length] = old_values[:, :, : self.length]

    def put(self, layer: int, keys: Tensor, values: Tensor) -> tuple[Tensor, Tensor]:
        """Write a layer's new (1, heads, n, width) after the others and return all there are; ``length`` stays."""
        until = self.length + int(keys.shape[2])
        self._keys[layer][:, :, self.length : until] = keys
        self._values[layer][:, :, self.length : until] = values
        return self._keys[layer][:, :, :until], self._values[layer][:, :, :until]
