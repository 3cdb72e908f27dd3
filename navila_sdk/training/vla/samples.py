"""From a record to what the network learns from: the prompt's ids, the answer's, and the frames it sees."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import attrs
import numpy as np
from numpy.typing import NDArray

from navila_sdk.errors import DataError
from navila_sdk.memory import navila_indices
from navila_sdk.training.vla.annotations import Record
from navila_sdk.vla.config import CheckpointConfig
from navila_sdk.vla.images import pixels_of
from navila_sdk.vla.prompt import END
from navila_sdk.vla.tokens import IMAGE_ID, PromptTokenizer

IGNORE = -100
"""Label of what isn't learned."""


@attrs.frozen(slots=True, eq=False)
class Sample:
    """One sample, images still marks among the ids.

    Attributes:
        ids: (L,) prompt and answer, ``IMAGE_ID`` for each frame, closed by the end-of-text token.
        labels: (L,) the answer and its end; ``IGNORE`` elsewhere.
        pixels: float32 (frames, 3, side, side).
    """

    ids: NDArray[np.int64]
    labels: NDArray[np.int64]
    pixels: NDArray[np.float32]


def make_sample(
    record: Record,
    folder: Path,
    config: CheckpointConfig,
    tokenizer: PromptTokenizer,
    normalise: Callable[[str], str],
) -> Sample:
    """Return a record as numbers: the prompt is the very one of inference.

    Args:
        record: The record.
        folder: Where its frames lie.
        config: The model's shape.
        tokenizer: The model's tokenizer.
        normalise: What is done to the instruction first.

    Raises:
        DataError: A frame can't be read, or the sample is longer than the context.
        InstructionError: The instruction can't be put into a prompt.
    """
    picked = navila_indices(len(record.frames), config.num_frames)
    frames = [None if index is None else read_frame(folder / record.frames[index]) for index in picked]
    pixels = np.stack([pixels_of(frame, config.side_px, config.mean, config.deviation) for frame in frames])
    prompt = tokenizer.prompt_ids(normalise(record.instruction), config.num_frames)
    answer = [*tokenizer.answer_ids(record.answer), tokenizer.id_of(END)]
    length = len(prompt) + len(answer) + prompt.count(IMAGE_ID) * (config.tokens_per_frame - 1)
    if length > config.context:
        raise DataError(f"{record.video_id}: {length} tokens; this model takes {config.context}")
    ids = np.array([*prompt, *answer], np.int64)
    labels = np.array([*[IGNORE] * len(prompt), *answer], np.int64)
    return Sample(ids, labels, pixels)


def read_frame(path: Path) -> NDArray[np.uint8]:
    """Return a picture file as uint8 (H, W, 3).

    Raises:
        DataError: It's missing or no picture.
    """
    from PIL import Image

    try:
        with Image.open(path) as picture:
            return np.asarray(picture.convert("RGB"))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise DataError(f"{path}: this frame can't be read: {error}") from None
