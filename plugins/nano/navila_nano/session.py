"""One robot's conversation with the model: its instruction, its frames as tokens."""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from navila_nano.model import NanoModel
from navila_sdk.memory import navila_indices
from navila_sdk.vla.prompt import WORDLESS
from navila_sdk.vla.trie import Choice

Sense = Literal["images", "instruction", "history"]


class NanoSession:
    """Keeps an episode's frames; each passes the tower once.

    Args:
        model: The model; sessions may share it.
        without: What it's kept from, as a benchmark's control.
    """

    def __init__(self, model: NanoModel, without: Collection[Sense] = ()) -> None:
        self._model, self._without = model, frozenset(without)
        self._prompt: list[int] | None = None
        # Half precision: a frame takes 3.5 kB, an hour of a frame a second 12 MB.
        self._frames: list[NDArray[np.float16]] = []

    def reset(self, instruction: str) -> None:
        """Start an episode.

        Raises:
            InstructionError: The instruction can't be put into a prompt.
        """
        prompt = self._model.prompt(instruction)
        self._prompt = self._model.prompt(WORDLESS) if "instruction" in self._without else prompt
        self._frames.clear()

    def see(self, frame: NDArray[np.uint8]) -> None:
        """Take in the current frame, uint8 (H, W, 3).

        Raises:
            ObservationError: No such array.
        """
        tokens = self._model.encode(frame)
        if "images" in self._without:
            tokens = self._model.encode(None)
        self._frames.append(tokens.astype(np.float16))

    def answer(self) -> Choice:
        """Return what to do now.

        Raises:
            ValueError: There is no instruction or no frame yet.
        """
        if self._prompt is None or not self._frames:
            raise ValueError("reset() with an instruction and see() a frame first")
        picked = list(navila_indices(len(self._frames), self._model.card.frames))
        if "history" in self._without:
            picked[:-1] = [None] * (len(picked) - 1)
        black = self._model.encode(None)
        frames = [black if index is None else self._frames[index].astype(np.float32) for index in picked]
        return self._model.choose(self._prompt, frames)
