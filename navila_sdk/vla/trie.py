"""The legal sentences as a token trie: what can follow what, and where an answer may end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import attrs
import numpy as np
from numpy.typing import NDArray

ROOT = -1


@attrs.frozen(slots=True, eq=False)
class Trie:
    """Nodes in an order where parents come first; the root is what comes before the answer.

    Attributes:
        tokens: (N,) token of each node.
        parents: (N,) node before it, ``ROOT`` for none.
        depths: (N,) 0 for the first token of an answer.
        children: For the root (key ``ROOT``) and each node: token -> node.
        ends: Node -> which sentences end there.
        sentences: The sentences.
    """

    tokens: NDArray[np.int64]
    parents: NDArray[np.int64]
    depths: NDArray[np.int64]
    children: Mapping[int, Mapping[int, int]]
    ends: Mapping[int, int]
    sentences: tuple[str, ...]

    @property
    def size(self) -> int:
        """Nodes there are."""
        return len(self.tokens)

    def mask(self) -> NDArray[np.bool_]:
        """Return (N, N): whether row's node may look at column's: itself and what leads to it."""
        seen = np.eye(self.size, dtype=np.bool_)
        for node, parent in enumerate(self.parents.tolist()):
            if parent != ROOT:
                seen[node] |= seen[parent]
        return seen

    def path(self, node: int) -> list[int]:
        """Return the tokens from the root to a node."""
        found: list[int] = []
        while node != ROOT:
            found.append(int(self.tokens[node]))
            node = int(self.parents[node])
        return found[::-1]


def make_trie(sentences: Sequence[str], ids: Sequence[Sequence[int]]) -> Trie:
    """Return the trie of sentences.

    Args:
        sentences: What may be said.
        ids: The token ids of each.

    Raises:
        ValueError: No sentence, one without tokens, or two with the same tokens.
    """
    if not sentences or len(sentences) != len(ids):
        raise ValueError("a grammar needs at least one sentence, and ids for each")
    tokens: list[int] = []
    parents: list[int] = []
    depths: list[int] = []
    children: dict[int, dict[int, int]] = {ROOT: {}}
    ends: dict[int, int] = {}
    for number, found in enumerate(ids):
        if not len(found):
            raise ValueError(f"the sentence {sentences[number]!r} has no tokens")
        at = ROOT
        for depth, token in enumerate(found):
            below = children[at]
            if token not in below:
                below[token] = len(tokens)
                children[len(tokens)] = {}
                tokens.append(int(token))
                parents.append(at)
                depths.append(depth)
            at = below[token]
        if at in ends:
            raise ValueError(f"{sentences[number]!r} and {sentences[ends[at]]!r} have the same tokens")
        ends[at] = number
    arrays = [np.array(part, np.int64) for part in (tokens, parents, depths)]
    return Trie(arrays[0], arrays[1], arrays[2], children, ends, tuple(sentences))


@attrs.frozen(slots=True)
class Choice:
    """What the model said within a grammar.

    Attributes:
        index: The sentence that token-by-token greedy choice among what's legal ends in.
        log_probabilities: Of each sentence, its end included, over everything the model could say.
    """

    index: int
    log_probabilities: tuple[float, ...]

    @property
    def legal_mass(self) -> float:
        """Probability that the model would say one of the sentences."""
        return float(np.exp(np.logaddexp.reduce(np.array(self.log_probabilities))))

    @property
    def probabilities(self) -> tuple[float, ...]:
        """Probability of each sentence, given that it's one of them."""
        logs = np.array(self.log_probabilities)
        return tuple(float(p) for p in np.exp(logs - np.logaddexp.reduce(logs)))


def choose(trie: Trie, log_probabilities: NDArray[np.floating], stops: Sequence[int]) -> Choice:
    """Return the greedy walk through a trie, and every sentence's probability.

    At each node the likeliest legal token is taken: a child's, or where a sentence may end, a stop token. Between
    equals the smaller token id wins, as ``argmax`` has it.

    Args:
        trie: The legal sentences.
        log_probabilities: (1 + N, V): over the vocabulary, after the prompt and after each node.
        stops: Ids that end an answer.
    """
    ended = np.logaddexp.reduce(log_probabilities[:, list(stops)], axis=1)
    reached = np.zeros(trie.size)
    for node in range(trie.size):
        parent = int(trie.parents[node])
        before = 0.0 if parent == ROOT else reached[parent]
        reached[node] = before + log_probabilities[1 + parent, trie.tokens[node]]
    logs = [0.0] * len(trie.sentences)
    for node, sentence in trie.ends.items():
        logs[sentence] = float(reached[node] + ended[1 + node])
    at = ROOT
    while True:
        legal = dict(trie.children[at])
        if at in trie.ends:
            legal |= dict.fromkeys(stops, ROOT)
        token = max(sorted(legal), key=lambda t: log_probabilities[1 + at, t])
        if at in trie.ends and token in stops:
            return Choice(trie.ends[at], tuple(logs))
        at = legal[token]
