"""From a prompt to an answer: a cached prefill, then one pass over the grammar's trie, or tokens one by one.

One pass: all nodes of the trie follow the prompt in a single forward under a mask that shows each node the prompt and
the path that leads to it. What comes out at a node is what the model would say next after that path, so the greedy
legal answer and every sentence's probability are read off without a sequential step.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import attrs
import torch
from torch import Tensor
from transformers import DynamicCache

from navila_sdk.vla.network import VlaNetwork
from navila_sdk.vla.trie import ROOT, Choice, Trie, choose


@attrs.frozen(slots=True, eq=False)
class Block:
    """A stretch of the prompt.

    Attributes:
        key: Equal keys mean equal content; what the cache is compared by.
        embeddings: (n, hidden).
    """

    key: Hashable
    embeddings: Tensor


class Prefill:
    """A prompt's keys and values, kept from step to step as far as the prompt stays the same.

    Args:
        network: The network.
    """

    def __init__(self, network: VlaNetwork) -> None:
        self._network = network
        self._keys: list[tuple[Hashable, int]] = []
        self._cache = DynamicCache()
        self.reused = 0
        """Tokens of the last prompt that were taken from the one before."""

    def reset(self) -> None:
        """Forget the prompt."""
        self._keys = []
        self._cache = DynamicCache()

    @property
    def length(self) -> int:
        """Tokens there are."""
        return int(self._cache.get_seq_length())

    @property
    def cache(self) -> DynamicCache:
        """The keys and values."""
        return self._cache

    def cut(self, length: int) -> None:
        """Forget what comes after the first ``length`` tokens."""
        if length < self.length:
            self._cache.crop(length - self.length)

    def run(self, blocks: Sequence[Block]) -> Tensor:
        """Take in a prompt and return the logits after its last token (V,), float32.

        Blocks that begin the prompt as they began the last one aren't computed again; the last one always is.
        """
        same, kept = 0, 0
        for (key, size), block in zip(self._keys, blocks[:-1], strict=False):
            if key != block.key:
                break
            same, kept = same + 1, kept + size
        self.cut(kept)
        new = torch.cat([block.embeddings for block in blocks[same:]])[None]
        out = self._network.llm(
            inputs_embeds=new, past_key_values=self._cache, use_cache=True, logits_to_keep=1, **_positions(kept, new)
        )
        self._keys = [(block.key, int(block.embeddings.shape[0])) for block in blocks]
        self.reused = kept
        return out.logits[0, -1].float()


def _positions(first: int, embeddings: Tensor) -> dict[str, Tensor]:
    count = int(embeddings.shape[1])
    return {"position_ids": torch.arange(first, first + count, device=embeddings.device)[None]}


class TreeDecoder:
    """Answers within a grammar in one pass.

    Args:
        network: The network.
        trie: The legal sentences.
        stops: Ids that end an answer.
    """

    def __init__(self, network: VlaNetwork, trie: Trie, stops: Sequence[int]) -> None:
        device = next(network.parameters()).device
        self._network, self._trie, self._stops = network, trie, tuple(stops)
        self._tokens = torch.from_numpy(trie.tokens).to(device)
        self._depths = torch.from_numpy(trie.depths).to(device)
        self._seen = torch.from_numpy(trie.mask()).to(device)

    def choose(self, prefill: Prefill, logits: Tensor) -> Choice:
        """Return the choice after a prompt.

        Args:
            prefill: The prompt; it's as it was afterwards.
            logits: After its last token (V,).
        """
        length, count = prefill.length, self._trie.size
        embeddings = self._network.embed(self._tokens)[None]
        hidden = torch.finfo(embeddings.dtype).min
        mask = torch.zeros((1, 1, count, length + count), dtype=embeddings.dtype, device=embeddings.device)
        mask[0, 0, :, length:].masked_fill_(~self._seen, hidden)
        out = self._network.llm(
            inputs_embeds=embeddings,
            attention_mask=mask,
            position_ids=(length + self._depths)[None],
            past_key_values=prefill.cache,
            use_cache=True,
        )
        prefill.cut(length)
        everything = torch.cat([logits[None], out.logits[0].float()]).log_softmax(dim=1)
        return choose(self._trie, everything.cpu().numpy(), self._stops)


def choose_step_by_step(network: VlaNetwork, prefill: Prefill, logits: Tensor, trie: Trie, stops: Sequence[int]) -> int:
    """Return the sentence that greedy decoding, masked to legal tokens, ends in: the slow way, to check by."""
    length, at, node_logits = prefill.length, ROOT, logits
    while True:
        legal = dict(trie.children[at])
        if at in trie.ends:
            legal |= dict.fromkeys(stops, ROOT)
        token = max(sorted(legal), key=lambda t: float(node_logits[t]))
        if at in trie.ends and token in stops:
            prefill.cut(length)
            return trie.ends[at]
        at = legal[token]
        node_logits = _one_more(network, prefill, token)


def _one_more(network: VlaNetwork, prefill: Prefill, token: int) -> Tensor:
    device = next(network.parameters()).device
    embeddings = network.embed(torch.tensor([[token]], device=device))
    out = network.llm(
        inputs_embeds=embeddings,
        past_key_values=prefill.cache,
        use_cache=True,
        **_positions(prefill.length, embeddings),
    )
    return out.logits[0, -1].float()


def write_freely(
    network: VlaNetwork,
    prefill: Prefill,
    logits: Tensor,
    stops: Sequence[int],
    max_new_tokens: int,
    temperature: float = 0.0,
    generator: torch.Generator | None = None,
) -> list[int]:
    """Return the answer's ids, token by token, without the stop.

    Args:
        network: The network.
        prefill: The prompt; it's as it was afterwards.
        logits: After its last token (V,).
        stops: Ids that end an answer.
        max_new_tokens: Longest answer.
        temperature: 0 is greedy.
        generator: Source of draws for other temperatures.
    """
    length = prefill.length
    ids: list[int] = []
    while True:
        if temperature > 0:
            shares = (logits / temperature).softmax(dim=0).cpu()
            token = int(torch.multinomial(shares, 1, generator=generator))
        else:
            token = int(logits.argmax())
        if token in stops:
            break
        ids.append(token)
        if len(ids) == max_new_tokens:
            break
        logits = _one_more(network, prefill, token)
    prefill.cut(length)
    return ids
