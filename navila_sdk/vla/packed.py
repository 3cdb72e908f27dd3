"""Several prompts through the language model at once, lying end to end in one row.

Everything but attention works on tokens one by one, so nothing is padded; attention goes prompt by prompt, each over
its own keys and values.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import attrs
import torch
from torch import Tensor
from transformers import AttentionInterface
from transformers.integrations.sdpa_attention import sdpa_attention_forward
from transformers.masking_utils import AttentionMaskInterface, sdpa_mask

from navila_sdk.vla.caching import CACHE
from navila_sdk.vla.keyvalues import KeyValues

if TYPE_CHECKING:
    from navila_sdk.vla.network import VlaNetwork

ATTENTION = "navila_packed"


@attrs.frozen(slots=True, eq=False)
class Stretch:
    """One prompt's new tokens.

    Attributes:
        kept: Its keys and values so far.
        embeddings: (n, hidden).
        positions: (n,).
        seen: (n, n) bool, which of the new tokens each may look at; None is causal. All see what is kept.
    """

    kept: KeyValues
    embeddings: Tensor
    positions: Tensor
    seen: Tensor | None = None

    @property
    def size(self) -> int:
        """New tokens."""
        return int(self.embeddings.shape[0])

    def mask(self) -> Tensor | None:
        """Return (1, 1, n, kept + n) bool; None where plain causal attention is the same."""
        size, before = self.size, self.kept.length
        if self.seen is None and (before == 0 or size == 1):
            return None
        device = self.embeddings.device
        mask = torch.ones((size, before + size), dtype=torch.bool, device=device)
        mask[:, before:] = mask[:, before:].tril() if self.seen is None else self.seen
        return mask[None, None]


class _Parts:
    """What stands in for a cache: hands each prompt's keys and values to ``_attend`` below."""

    def __init__(self, stretches: Sequence[Stretch]) -> None:
        self._stretches = stretches
        self._masks = [stretch.mask() for stretch in stretches]

    def update(self, keys: Tensor, values: Tensor, layer: int, **_: object) -> tuple[Any, Any]:
        found: list[tuple[int, Tensor, Tensor, Tensor | None]] = []
        at = 0
        for stretch, mask in zip(self._stretches, self._masks, strict=True):
            until = at + stretch.size
            found.append((until, *stretch.kept.put(layer, keys[:, :, at:until], values[:, :, at:until]), mask))
            at = until
        return found, None


def _attend(
    module: torch.nn.Module,
    query: Tensor,
    key: Any,  # noqa: ANN401 - what ``_Parts.update`` returned, or a tensor where nothing is packed
    value: Any,  # noqa: ANN401
    attention_mask: Tensor | None,
    **given: Any,  # noqa: ANN401
) -> tuple[Tensor, None]:
    if isinstance(key, Tensor):
        return sdpa_attention_forward(module, query, key, value, attention_mask, **given)
    given.pop("is_causal", None)
    parts: list[Tensor] = []
    at = 0
    for until, keys, values, mask in key:
        causal = mask is None and until - at > 1
        out, _ = sdpa_attention_forward(module, query[:, :, at:until], keys, values, mask, is_causal=causal, **given)
        parts.append(out)
        at = until
    return torch.cat(parts, dim=1), None


AttentionInterface.register(ATTENTION, _attend)
AttentionMaskInterface.register(ATTENTION, sdpa_mask)


def run_packed(network: VlaNetwork, stretches: Sequence[Stretch], room: int = 0) -> Tensor:
    """Return the last states (sum of n, hidden) of all new tokens; keys and values are written behind the kept ones.

    What was written counts once ``kept.length`` is moved on, so a pass that fails, or one to look ahead, leaves every
    prompt as it was.

    Args:
        network: The network.
        stretches: Different prompts' new tokens.
        room: Tokens to make room for beyond these.
    """
    compiled = network.compiled
    if compiled is not None and len(stretches) == 1 and compiled.fits(stretches[0].kept, stretches[0].size + room):
        return compiled.states(stretches[0])
    llm = network.llm.model
    config = llm.config
    heads = int(config.num_key_value_heads)
    width = int(getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads)
    for one in stretches:
        wanted = one.kept.length + one.size + room
        one.kept.reserve(int(config.num_hidden_layers), heads, width, wanted, one.embeddings)
    embeddings = torch.cat([one.embeddings for one in stretches])[None]
    positions = torch.cat([one.positions for one in stretches])[None]
    # Of four dimensions, so that transformers builds no mask of its own; ``_attend`` never looks at it.
    none = embeddings.new_zeros((1, 1, 1, 1))
    out = llm(
        inputs_embeds=embeddings,
        attention_mask=none,
        position_ids=positions,
        use_cache=True,
        **{CACHE: _Parts(stretches)},
    )
    return out.last_hidden_state[0]
