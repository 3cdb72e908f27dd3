"""One robot's conversation with a model: its instruction, its frames, its cached prompt."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from navila_sdk.instruction import checked_instruction
from navila_sdk.vla.decode import Block, Prefill
from navila_sdk.vla.features import FeatureMemory
from navila_sdk.vla.model import Answer, Decode, NavilaModel

ASK_AGAIN = 2
TEMPERATURE = 0.7
"""Text that is no action is asked for twice more, drawn at this temperature; then it's told as it is."""


class Session:
    """Keeps what must not be computed twice.

    Args:
        model: The model, ``session.model``; many sessions may share it.
        seed: Seed of the draws when free text is asked for again.
    """

    def __init__(self, model: NavilaModel, seed: int = 0) -> None:
        self.model, self._seed = model, seed
        self._memory = FeatureMemory(model.encode, model.config.num_frames)
        self._prefill = Prefill(model.network)
        self._instruction = ""

    def __len__(self) -> int:
        return len(self._memory)

    def reset(self, instruction: str) -> None:
        """Start an episode.

        Raises:
            InstructionError: The instruction can't be put into a prompt, or makes it longer than the context.
        """
        text, model = checked_instruction(instruction), self.model
        # A prompt of black frames is as long as any: what doesn't fit is refused here, not at the first step.
        model.blocks(text, [((-1, -1), model.encode(None))] * model.config.num_frames)
        self._memory.reset()
        self._prefill.reset()
        self._instruction = text

    def see(self, frame: NDArray[np.uint8]) -> None:
        """Take in the current frame, uint8 (H, W, 3).

        Raises:
            ObservationError: No such array.
        """
        self._memory.add(frame)

    def see_tokens(self, tokens: Tensor) -> None:
        """Take in the current frame as its tokens (T, hidden).

        Raises:
            OutputError: Older frames' tokens can't be written to the temporary folder.
        """
        self._memory.add_tokens(tokens)

    def prompt(self) -> tuple[Prefill, list[Block]]:
        """Return what is kept of the last prompt, and the one to answer now.

        Raises:
            ValueError: No frame was seen yet.
        """
        return self._prefill, self.model.blocks(self._instruction, self._memory.sampled())

    def answer(self, decode: Decode, max_new_tokens: int, legal: Callable[[str], bool]) -> Answer:
        """Return what the model says now.

        Args:
            decode: Within the grammar, or freely.
            max_new_tokens: Longest free text.
            legal: Whether free text is an action.

        Raises:
            ValueError: No frame was seen yet.
        """
        frames, model = self._memory.sampled(), self.model
        answer = model.answer(self._instruction, frames, self._prefill, decode, max_new_tokens)
        draws = torch.Generator().manual_seed((self._seed * 1_000_003 + len(self)) & 0x7FFFFFFF)
        for _ in range(ASK_AGAIN):
            if answer.choice is not None or legal(answer.text):
                break
            answer = model.answer(self._instruction, frames, self._prefill, decode, max_new_tokens, TEMPERATURE, draws)
        return answer
