"""The prompt as token ids, images marked, exactly as upstream splits it.

Text between images is tokenised piece by piece, each with the tokenizer's own BOS; the first piece's BOS stays, so
that with the one in the text a prompt begins with two (NaVILA llava/mm_utils.py, tokenizer_image_token).
"""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from navila_sdk.errors import CheckpointError, MissingDependencyError
from navila_sdk.vla.prompt import IMAGE, STOPS, prompt_text, promptable

IMAGE_ID = -200
"""Stands for a whole image among the ids; no token's."""


class PromptTokenizer:
    """A checkpoint's tokenizer.

    Args:
        path: Its ``tokenizer.json``.
        template: Its prompt; empty is NaVILA's.

    Raises:
        CheckpointError: The file is missing or damaged, or knows none of the two stop tokens.
        MissingDependencyError: The package tokenizers isn't installed.

    Attributes:
        special: Special tokens as text.
        stop_ids: Ids that end an answer.
        size: Ids there are, added ones included.
    """

    def __init__(self, path: Path, template: str = "") -> None:
        try:
            tokenizers: Any = importlib.import_module("tokenizers")
        except ImportError as error:
            raise MissingDependencyError(
                "reading a checkpoint's tokenizer needs the package tokenizers; install: pip install 'navila-sdk[vla]'"
            ) from error
        if not path.is_file():
            raise CheckpointError(f"{path}: no such file; a checkpoint's llm/ folder holds a tokenizer.json")
        try:
            self._tokenizer: Any = tokenizers.Tokenizer.from_file(str(path))
        except Exception as error:  # noqa: BLE001 - the package raises plain Exception
            raise CheckpointError(f"{path}: the tokenizer can't be read: {str(error)[:200]}") from None
        added: list[Any] = list(self._tokenizer.get_added_tokens_decoder().values())
        self.special: tuple[str, ...] = tuple(str(token.content) for token in added if token.special)
        ids: list[int | None] = [self._tokenizer.token_to_id(token) for token in STOPS]
        self.stop_ids: tuple[int, ...] = tuple(found for found in ids if found is not None)
        if not self.stop_ids:
            raise CheckpointError(f"{path}: knows neither {' nor '.join(STOPS)}, so no answer would ever end")
        self._template = template
        self.size = int(self._tokenizer.get_vocab_size(with_added_tokens=True))
        self._begins = len(self._tokenizer.encode("").ids)

    def prompt_ids(self, instruction: str, num_frames: int) -> list[int]:
        """Return the prompt's ids with ``IMAGE_ID`` for each frame.

        Raises:
            InstructionError: The instruction can't be put into a prompt.
        """
        pieces = prompt_text(promptable(instruction, self.special), num_frames, self._template).split(IMAGE)
        ids: list[int] = []
        for i, piece in enumerate(pieces):
            found = self._tokenizer.encode(piece).ids
            ids += found if i == 0 else [IMAGE_ID, *found[self._begins :]]
        return ids

    def answer_ids(self, text: str) -> list[int]:
        """Return an answer's ids, without BOS and without a stop."""
        return list(self._tokenizer.encode(text, add_special_tokens=False).ids)

    def id_of(self, token: str) -> int:
        """Return the id of a special token.

        Raises:
            CheckpointError: The tokenizer doesn't have it.
        """
        found: int | None = self._tokenizer.token_to_id(token)
        if found is None:
            raise CheckpointError(f"this checkpoint's tokenizer has no token {token!r}")
        return found

    def text_of(self, ids: Sequence[int]) -> str:
        """Return the text of ids, special tokens left out."""
        return str(self._tokenizer.decode(list(ids), skip_special_tokens=True))
