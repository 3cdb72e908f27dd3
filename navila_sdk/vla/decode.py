"""From a prompt to an answer: a cached prefill, then one pass over the grammar's trie, or tokens one by one.

One pass: all nodes of the trie follow the prompt in a single forward under a mask that shows each node the prompt and
the path that leads to it. What comes out at a node is what the model would say next after that path, so the greedy
legal answer and every sentence's probability are read off without a sequential step.
"""

from __future__ import annotations

import itertools
from collections.abc import Hashable, Sequence

import attrs
import torch
from torch import Tensor

from navila_sdk.vla.keyvalues import KeyValues
from navila_sdk.vla.network import VlaNetwork
from navila_sdk.vla.packed import Stretch, run_packed
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
        self.kept = KeyValues()
        self.reused = 0
        """Tokens of the last prompt that were taken from the one before."""

    def reset(self) -> None:
        """Forget the prompt."""
        self._keys = []
        self.kept.length = 0

    @property
    def length(self) -> int:
        """Tokens there are."""
        return self.kept.length

    def cut(self, length: int) -> None:
        """Forget what comes after the first ``length`` tokens."""
        self.kept.length = min(self.kept.length, length)

    def begin(self, blocks: Sequence[Block]) -> Stretch:
        """Return what of a prompt isn't there yet; the last block never is. ``end`` says that it was taken in."""
        same, kept = 0, 0
        for (key, size), block in zip(self._keys, blocks[:-1], strict=False):
            if key != block.key:
                break
            same, kept = same + 1, kept + size
        self._keys = self._keys[:same]
        self.cut(kept)
        self.reused = kept
        new = torch.cat([block.embeddings for block in blocks[same:]])
        return Stretch(self.kept, new, torch.arange(kept, kept + int(new.shape[0]), device=new.device))

    def end(self, blocks: Sequence[Block]) -> None:
        """Count the prompt that ``begin`` was asked about as taken in."""
        self._keys = [(block.key, int(block.embeddings.shape[0])) for block in blocks]
        self.kept.length = sum(size for _, size in self._keys)

    def run(self, blocks: Sequence[Block]) -> Tensor:
        """Take in a prompt and return the logits after its last token (V,), float32.

        Blocks that begin the prompt as they began the last one aren't computed again; the last one always is.
        """
        return fill(self._network, [self], [blocks])[0]


def fill(network: VlaNetwork, prefills: Sequence[Prefill], prompts: Sequence[Sequence[Block]], room: int = 0) -> Tensor:
    """Take in several prompts in one pass, and return the logits after the last token of each (B, V), float32.

    Args:
        network: The network.
        prefills: Different ones.
        prompts: A prompt for each.
        room: Tokens that will follow each prompt.
    """
    stretches = [prefill.begin(blocks) for prefill, blocks in zip(prefills, prompts, strict=True)]
    states = run_packed(network, stretches, room)
    for prefill, blocks in zip(prefills, prompts, strict=True):
        prefill.end(blocks)
    last = list(itertools.accumulate(stretch.size for stretch in stretches))
    return network.logits(torch.stack([states[end - 1] for end in last]))


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

    def choose(self, prefills: Sequence[Prefill], logits: Tensor) -> list[Choice]:
        """Return the choice after each prompt, all in one pass.

        Args:
            prefills: The prompts; they are as they were afterwards.
            logits: After their last tokens (B, V).
        """
        embeddings = self._network.embed(self._tokens)
        states = run_packed(
            self._network,
            [Stretch(one.kept, embeddings, one.length + self._depths, self._seen) for one in prefills],
        )
        after = self._network.logits(states).reshape(len(prefills), self._trie.size, -1)
        everything = torch.cat([logits[:, None], after], dim=1).log_softmax(dim=2).cpu().numpy()
        return [choose(self._trie, one, self._stops) for one in everything]


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
    position = torch.tensor([prefill.length], device=device)
    embeddings = network.embed(torch.tensor([token], device=device))
    states = run_packed(network, [Stretch(prefill.kept, embeddings, position)])
    prefill.kept.length += 1
    return network.logits(states[-1])


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
