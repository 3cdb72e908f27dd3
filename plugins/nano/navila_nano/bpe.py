"""A byte-level BPE tokenizer read from ``tokenizer.json``: what the package tokenizers does, for this one kind.

Here so that the default planner needs no further package; the tests hold it to that package's output.
"""

from __future__ import annotations

import functools
import itertools
import json
import re
from pathlib import Path

from navila_sdk.errors import CheckpointError

_WORDS = re.compile(r" ?[A-Za-z]+| ?[0-9]| ?[^\sA-Za-z0-9]|\s")


def _byte_letters() -> dict[int, str]:
    """Return the printable letter that stands for each byte (GPT-2's table)."""
    plain = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)]
    others = [byte for byte in range(256) if byte not in plain]
    return {byte: chr(byte) for byte in plain} | {byte: chr(256 + i) for i, byte in enumerate(others)}


class Bpe:
    """Text to token ids.

    Args:
        path: Its ``tokenizer.json``.

    Raises:
        CheckpointError: The file is missing, damaged or of another kind of tokenizer.
    """

    def __init__(self, path: Path) -> None:
        try:
            data = json.loads(path.read_text(encoding="utf-8"))
            model = data["model"]
            vocabulary: dict[str, int] = {str(k): int(v) for k, v in model["vocab"].items()}
            merges = [tuple(m.split(" ")) if isinstance(m, str) else tuple(m) for m in model["merges"]]
            special = {str(token["content"]): int(token["id"]) for token in data["added_tokens"] if token["special"]}
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise CheckpointError(f"{path}: this tokenizer can't be read: {error}") from None
        if model.get("type") != "BPE" or not special:
            raise CheckpointError(f"{path}: expected a byte-level BPE with special tokens; got {model.get('type')!r}")
        self.special = special
        self._vocabulary = vocabulary
        self._ranks = {pair: rank for rank, pair in enumerate(merges)}
        self._letters = _byte_letters()
        self._parts = re.compile("(" + "|".join(re.escape(token) for token in special) + ")")
        self._word = functools.lru_cache(maxsize=4096)(self._merged)

    def ids(self, text: str) -> list[int]:
        """Return a text's ids; special tokens within it count as such."""
        found: list[int] = []
        for part in self._parts.split(text):
            if part in self.special:
                found.append(self.special[part])
            elif part:
                for word in _WORDS.findall(f" {part}".lower()):
                    found += self._word(word)
        return found

    def _merged(self, word: str) -> tuple[int, ...]:
        pieces = [self._letters[byte] for byte in word.encode("utf-8")]
        while len(pieces) > 1:
            pairs = [(self._ranks.get((a, b)), i) for i, (a, b) in enumerate(itertools.pairwise(pieces))]
            ranked = [(rank, i) for rank, i in pairs if rank is not None]
            if not ranked:
                break
            best = min(ranked)[0]
            merged: list[str] = []
            i = 0
            while i < len(pieces):
                if i + 1 < len(pieces) and self._ranks.get((pieces[i], pieces[i + 1])) == best:
                    merged.append(pieces[i] + pieces[i + 1])
                    i += 2
                else:
                    merged.append(pieces[i])
                    i += 1
            pieces = merged
        return tuple(self._vocabulary[piece] for piece in pieces)
