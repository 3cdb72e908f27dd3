"""The passes of one robot as compiled code, over buffers of one size that never move.

Compiled once at load, for any number of new tokens; a prompt that doesn't fit the buffers runs as it always did. No
CUDA graphs: torch keeps those to the thread that recorded them, and planners think in threads that come and go.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from navila_sdk.errors import CheckpointError
from navila_sdk.vla.caching import CACHE
from navila_sdk.vla.keyvalues import KeyValues

if TYPE_CHECKING:
    from navila_sdk.vla.network import VlaNetwork
    from navila_sdk.vla.packed import Stretch

_STAGES = 3


class _Fixed:
    """What stands in for a cache: writes into whole buffers at given places, and returns the whole."""

    def __init__(self, buffers: list[tuple[Tensor, Tensor]], index: Tensor) -> None:
        self._buffers, self._index = buffers, index

    def update(self, keys: Tensor, values: Tensor, layer: int, **_: object) -> tuple[Tensor, Tensor]:
        all_keys, all_values = self._buffers[layer]
        all_keys.index_copy_(2, self._index, keys)
        all_values.index_copy_(2, self._index, values)
        return all_keys, all_values


class CompiledPasses:
    """Compiled code for a network; call ``warm_up`` once.

    Args:
        network: The network.
        capacity: Longest prompt with what follows it, in tokens: a multiple of what buffers grow by.
        backend: What torch compiles with.

    Attributes:
        capacity: As above.
        runs: Passes of the language model that were run here.
    """

    def __init__(self, network: VlaNetwork, capacity: int, backend: str = "inductor") -> None:
        self.capacity = capacity
        self.runs = 0
        self._network = network
        self._states: Callable[..., Tensor] = torch.compile(self._plain, fullgraph=True, backend=backend)
        self._frame: Callable[[Tensor], Tensor] = torch.compile(network.tokens_of, dynamic=False, backend=backend)

    def _plain(self, embeddings: Tensor, positions: Tensor, mask: Tensor, buffers: Any) -> Tensor:  # noqa: ANN401
        index = positions[1]
        out = self._network.llm.model(
            inputs_embeds=embeddings,
            attention_mask=mask,
            position_ids=positions[:1],
            use_cache=True,
            **{CACHE: _Fixed(buffers, index)},
        )
        return out.last_hidden_state

    def warm_up(self, side_px: int, told: Callable[[str, int, int], None] = lambda *_: None) -> None:
        """Compile, by running both kinds of pass.

        Args:
            side_px: The tower's picture.
            told: Told (``compile``, stages done, stages there are).

        Raises:
            CheckpointError: Torch can't compile here.
        """
        from navila_sdk.vla.packed import Stretch

        first = next(self._network.parameters())
        like = {"dtype": first.dtype, "device": first.device}
        hidden = int(self._network.llm.model.config.hidden_size)
        try:
            with torch.inference_mode():
                # Two sizes, so that nothing about the first is taken for given.
                for done, size in enumerate((self.capacity // 2, 77), 1):
                    positions = torch.arange(size, device=first.device)
                    self.states(Stretch(KeyValues(), torch.zeros((size, hidden), **like), positions))
                    told("compile", done, _STAGES)
                self.tokens(torch.zeros((1, 3, side_px, side_px), **like))
                told("compile", _STAGES, _STAGES)
        # Inductor raises its own, its compiler's and the operating system's errors.
        except Exception as error:
            lines = str(error).strip().splitlines() or [type(error).__name__]
            raise CheckpointError(
                f"compile = true: torch can't compile here: {lines[0][:200]}; install a C++ compiler (g++), or leave "
                "compile out"
            ) from error
        self.runs = 0

    def fits(self, kept: KeyValues, size: int) -> bool:
        """Whether a pass of so many new tokens can be run here; one token alone would be code of its own."""
        return size > 1 and kept.capacity in (0, self.capacity) and kept.length + size <= self.capacity

    def states(self, stretch: Stretch) -> Tensor:
        """Return the last states (n, hidden) of a prompt's new tokens; see ``run_packed``."""
        kept, size, before = stretch.kept, stretch.size, stretch.kept.length
        config, embeddings = self._network.llm.model.config, stretch.embeddings[None]
        width = int(getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads)
        kept.reserve(config.num_hidden_layers, config.num_key_value_heads, width, self.capacity, embeddings)
        rows = torch.arange(before, before + size, device=embeddings.device)
        mask = (torch.arange(self.capacity, device=embeddings.device)[None, :] <= rows[:, None])[None, None]
        if stretch.seen is not None:
            mask[..., before : before + size] = stretch.seen
        positions = torch.stack([stretch.positions, rows])
        for tensor, dimension in ((embeddings, 1), (positions, 1), (mask, 2)):
            torch._dynamo.mark_dynamic(tensor, dimension)
        self.runs += 1
        return self._states(embeddings, positions, mask, kept.buffers())[0]

    def tokens(self, pixels: Tensor) -> Tensor:
        """Return the tokens (1, T, hidden) of one picture (1, 3, side, side)."""
        return self._frame(pixels)
