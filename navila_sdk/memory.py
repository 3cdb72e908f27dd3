"""Which past frames a planner sees: NaVILA's uniform sampler over the whole episode, in bounded memory.

The sampler needs frame ``floor(i (n - 1) / 7)`` of a history whose length isn't known beforehand: frame j is
asked for again when the history is 7 j long, so no fixed number of kept frames gives the exact sample. Frames
therefore leave memory for a temporary file, and only those in use are kept.
"""

from __future__ import annotations

import collections
import tempfile
import weakref
import zlib
from typing import IO, TYPE_CHECKING

import attrs

from navila_sdk.errors import OutputError

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
    return [*(place * (length - 1) // spaces for place in range(spaces)), length - 1]


@attrs.frozen(slots=True)
class _Spilled:
    offset: int
    size: int
    shape: tuple[int, ...]


def _array(raw: bytes, shape: tuple[int, ...]) -> NDArray[np.uint8]:
    """Return the frame of these bytes, read-only because bytes are."""
    import numpy as np

    return np.frombuffer(raw, np.uint8).reshape(shape)


class UniformMemory:
    """The whole episode's frames, sampled as NaVILA does, with bounded memory.

    The last frames are held as they are, all others compressed in an unnamed temporary file of at most
    2 GiB, which goes away with the memory. What ``frames`` gives is read-only.

    Args:
        num_frames: Frames the model takes.
    """

    def __init__(self, num_frames: int = NUM_FRAMES) -> None:
        self.num_frames = num_frames
        self._recent: collections.OrderedDict[int, NDArray[np.uint8]] = collections.OrderedDict()
        self._spilled: list[_Spilled] = []
        self._file: IO[bytes] | None = None
        self._closer: weakref.finalize[..., UniformMemory] | None = None
        self._length = 0
        self._bytes = 0

    def __len__(self) -> int:
        return self._length

    def reset(self) -> None:
        """Forget the episode and give its disk space back."""
        self._recent.clear()
        self._spilled.clear()
        self._length = self._bytes = 0
        if self._closer is not None:
            self._closer()
        self._file = self._closer = None

    def close(self) -> None:
        """The same as ``reset``, for use with ``contextlib.closing``."""
        self.reset()

    def add(self, rgb: NDArray[np.uint8]) -> None:
        """Append a copy of the current frame, uint8 (H, W, 3).

        Raises:
            ObservationError: No such array.
            OutputError: The episode's frames fill 2 GiB, compressed, or the disk is full.
        """
        # Imported here because numpy is slow to load, and listings of planners read this module.
        from navila_sdk.observation import checked_rgb

        raw = checked_rgb(rgb).tobytes()
        packed = zlib.compress(raw, level=1)
        if self._bytes + len(packed) > MAX_FILE_BYTES:
            raise OutputError(
                f"the frame memory is full: {self._length} frames fill {MAX_FILE_BYTES} bytes; "
                "reset() it between episodes"
            )
        try:
            self._append(packed)
        except OSError as error:
            raise OutputError(
                f"frame {self._length} can't be kept in {tempfile.gettempdir()} ({error}); "
                "free some space there, or set TMPDIR to another folder"
            ) from error
        self._spilled.append(_Spilled(self._bytes, len(packed), rgb.shape))
        self._bytes += len(packed)
        self._keep(self._length, _array(raw, rgb.shape))
        self._length += 1

    def frames(self) -> list[NDArray[np.uint8] | None]:
        """Return the frames the model sees, oldest first; None is a black pad.

        Raises:
            ValueError: No frame was added yet.
        """
        return [
            None if index is None else self._frame(index) for index in navila_indices(self._length, self.num_frames)
        ]

    def _append(self, packed: bytes) -> None:
        if self._file is None:
            self._file = tempfile.TemporaryFile(prefix="navila-frames-")  # noqa: SIM115 - lives with the memory
            self._closer = weakref.finalize(self, self._file.close)
        self._file.seek(self._bytes)
        self._file.write(packed)

    def _keep(self, index: int, rgb: NDArray[np.uint8]) -> None:
        self._recent[index] = rgb
        self._recent.move_to_end(index)
        while len(self._recent) > max(KEPT_IN_MEMORY, self.num_frames):
            self._recent.popitem(last=False)

    def _frame(self, index: int) -> NDArray[np.uint8]:
        if index not in self._recent:
            assert self._file is not None
            place = self._spilled[index]
            self._file.seek(place.offset)
            raw = zlib.decompress(self._file.read(place.size))
            self._keep(index, _array(raw, place.shape))
        return self._recent[index]
