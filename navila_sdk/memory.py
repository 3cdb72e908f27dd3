"""Which past frames a planner sees: NaVILA's uniform sampler over the whole episode, in bounded memory.

The sampler needs frame ``floor(i (n - 1) / 7)`` of a history whose length isn't known beforehand, so no
frame can be dropped and still be exact. Frames therefore leave memory for a temporary file, and only those
in use are kept.
"""

from __future__ import annotations

import collections
import tempfile
import weakref
import zlib
from typing import IO, TYPE_CHECKING

import attrs

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

NUM_FRAMES = 8
KEPT_IN_MEMORY = 32
MAX_FILE_BYTES = 2 * 1024**3


def navila_indices(length: int, num_frames: int = NUM_FRAMES) -> list[int | None]:
    """Return which frames of a history the model sees, oldest first; None is a black pad.

    The first and the last frame are always seen; a short history is padded in front. Source: NaVILA
    evaluation/vlnce_baselines/navila_trainer.py, sample_and_pad_images (linspace without end point, floor).

    Args:
        length: Frames so far, the current one included; at least 1.
        num_frames: Frames the model takes.

    Raises:
        ValueError: A length or frame count below 1.
    """
    if length < 1 or num_frames < 1:
        raise ValueError(f"length and num_frames must be at least 1; got {length} and {num_frames}")
    if length < num_frames:
        return [None] * (num_frames - length) + list(range(length))
    spaces = num_frames - 1
    return [place * (length - 1) // spaces for place in range(spaces)] + [length - 1]


@attrs.frozen(slots=True)
class _Spilled:
    offset: int
    size: int
    shape: tuple[int, ...]


class UniformMemory:
    """The whole episode's frames, sampled as NaVILA does, with bounded memory.

    The last frames are held as they are, all others compressed in an unnamed temporary file of at most
    2 GiB, which goes away with the memory.

    Args:
        num_frames: Frames the model takes.
    """

    def __init__(self, num_frames: int = NUM_FRAMES) -> None:
        self.num_frames = num_frames
        self._recent: collections.OrderedDict[int, NDArray[np.uint8]] = collections.OrderedDict()
        self._spilled: list[_Spilled] = []
        self._file: IO[bytes] | None = None
        self._length = 0
        self._bytes = 0

    def __len__(self) -> int:
        return self._length

    def reset(self) -> None:
        """Forget the episode."""
        self._recent.clear()
        self._spilled.clear()
        self._length = self._bytes = 0
        if self._file is not None:
            self._file.close()
            self._file = None

    def add(self, rgb: NDArray[np.uint8]) -> None:
        """Append the current frame, uint8 (H, W, 3).

        Raises:
            MemoryError: The episode's frames fill 2 GiB, compressed.
        """
        if self._file is None:
            self._file = tempfile.TemporaryFile(prefix="navila-frames-")  # noqa: SIM115 - lives with the memory
            weakref.finalize(self, self._file.close)
        packed = zlib.compress(rgb.tobytes(), level=1)
        if self._bytes + len(packed) > MAX_FILE_BYTES:
            raise MemoryError(f"{self._length} frames fill {MAX_FILE_BYTES} bytes; reset() between episodes")
        self._file.seek(self._bytes)
        self._file.write(packed)
        self._spilled.append(_Spilled(self._bytes, len(packed), rgb.shape))
        self._bytes += len(packed)
        self._keep(self._length, rgb)
        self._length += 1

    def frames(self) -> list[NDArray[np.uint8] | None]:
        """Return the frames the model sees, oldest first; None is a black pad.

        Raises:
            ValueError: No frame was added yet.
        """
        return [
            None if index is None else self._frame(index) for index in navila_indices(self._length, self.num_frames)
        ]

    def _keep(self, index: int, rgb: NDArray[np.uint8]) -> None:
        self._recent[index] = rgb
        self._recent.move_to_end(index)
        while len(self._recent) > max(KEPT_IN_MEMORY, self.num_frames):
            self._recent.popitem(last=False)

    def _frame(self, index: int) -> NDArray[np.uint8]:
        if index not in self._recent:
            import numpy as np

            assert self._file is not None
            place = self._spilled[index]
            self._file.seek(place.offset)
            raw = zlib.decompress(self._file.read(place.size))
            self._keep(index, np.frombuffer(raw, np.uint8).reshape(place.shape))
        return self._recent[index]
