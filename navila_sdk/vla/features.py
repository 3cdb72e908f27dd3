"""Frames as the projector's tokens, each computed once, in bounded memory.

NaVILA's sampler asks for frames from all over an episode, so every frame's tokens are kept: in memory up to a budget,
beyond it in an unnamed temporary file, bit for bit.
"""

from __future__ import annotations

import collections
import tempfile
import weakref
from collections.abc import Callable
from typing import IO

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from navila_sdk.errors import OutputError
from navila_sdk.memory import navila_indices

DEFAULT_BUDGET_BYTES = 512 * 2**20


class FeatureMemory:
    """One episode's frames as tokens.

    Args:
        encode: From a frame, uint8 (H, W, 3), or None for black, to its tokens (T, hidden).
        num_frames: Frames the model sees.
        budget_bytes: Tokens kept in memory; at least what the model sees stays there.
    """

    def __init__(
        self,
        encode: Callable[[NDArray[np.uint8] | None], Tensor],
        num_frames: int,
        budget_bytes: int = DEFAULT_BUDGET_BYTES,
    ) -> None:
        self._encode, self.num_frames, self._budget = encode, num_frames, budget_bytes
        self._black: Tensor | None = None
        self._kept: collections.OrderedDict[int, Tensor] = collections.OrderedDict()
        self._file: IO[bytes] | None = None
        self._closer: weakref.finalize[..., FeatureMemory] | None = None
        self._places: dict[int, int] = {}
        self._length = 0
        self._episode = 0

    def __len__(self) -> int:
        return self._length

    def reset(self) -> None:
        """Forget the episode."""
        self._kept.clear()
        if self._closer is not None:
            self._closer()
        self._file = self._closer = None
        self._places.clear()
        self._length = 0
        self._episode += 1

    def add(self, frame: NDArray[np.uint8]) -> None:
        """Take in the current frame.

        Raises:
            ObservationError: No such array.
            OutputError: Older frames' tokens can't be written to the temporary folder.
        """
        self.add_tokens(self._encode(frame))

    def add_tokens(self, tokens: Tensor) -> None:
        """Take in the current frame as its tokens (T, hidden).

        Raises:
            OutputError: Older frames' tokens can't be written to the temporary folder.
        """
        self._kept[self._length] = tokens
        self._length += 1
        self._spill()

    def _size(self) -> int:
        tokens = next(iter(self._kept.values()))
        return tokens.numel() * tokens.element_size()

    def _spill(self) -> None:
        size = self._size()
        while len(self._kept) > max(self._budget // size, self.num_frames):
            index, tokens = self._kept.popitem(last=False)
            if index in self._places:
                continue
            place = len(self._places)
            try:
                if self._file is None:
                    self._file = tempfile.TemporaryFile(prefix="navila-features-")  # noqa: SIM115 - lives as long
                    self._closer = weakref.finalize(self, self._file.close)
                self._file.seek(place * size)
                self._file.write(tokens.cpu().contiguous().view(torch.uint8).numpy().tobytes())
            except OSError as error:
                raise OutputError(
                    f"frame {index} can't be kept in {tempfile.gettempdir()} ({error}); free some space there, or set "
                    "TMPDIR to another folder"
                ) from error
            self._places[index] = place

    def _frame(self, index: int) -> Tensor:
        if index in self._kept:
            self._kept.move_to_end(index)
            return self._kept[index]
        assert self._file is not None
        like = next(iter(self._kept.values()))
        size = self._size()
        self._file.seek(self._places[index] * size)
        raw = bytearray(self._file.read(size))
        tokens = torch.frombuffer(raw, dtype=torch.uint8).view(like.dtype).reshape(like.shape).to(like.device)
        self._kept[index] = tokens
        return tokens

    def sampled(self) -> list[tuple[tuple[int, int], Tensor]]:
        """Return key and tokens (T, hidden) of the frames the model sees, oldest first; black ones have index -1.

        Raises:
            ValueError: No frame was added yet.
        """
        found: list[tuple[tuple[int, int], Tensor]] = []
        for index in navila_indices(self._length, self.num_frames):
            if index is None:
                if self._black is None:
                    self._black = self._encode(None)
                found.append(((-1, -1), self._black))
            else:
                found.append(((self._episode, index), self._frame(index)))
        self._spill()
        return found
