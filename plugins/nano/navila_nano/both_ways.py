"""Asked twice, once of the mirror image: two views of one model whose mistakes differ are right more often than one.

The instruction, the frames and the answers are mirrored together; probabilities are averaged in logarithms.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from navila_nano.session import NanoSession
from navila_sdk.errors import ConfigError
from navila_sdk.vla.mirror import mirrored_text
from navila_sdk.vla.trie import Choice


class BothWays:
    """A conversation and its mirror image, with the manner of one.

    Args:
        session: As things are.
        mirror: As they are in a mirror; of the same model.
        sentences: What the model may answer.

    Raises:
        ConfigError: A sentence's mirror image isn't among them.
    """

    def __init__(self, session: NanoSession, mirror: NanoSession, sentences: tuple[str, ...]) -> None:
        self._session, self._mirror = session, mirror
        images = [mirrored_text(sentence) for sentence in sentences]
        alone = sorted(set(images) - set(sentences))
        if alone:
            raise ConfigError(
                f"planners.nano.mirror: this model can't be asked of the mirror image, it can't answer {alone[0]!r}; "
                "set mirror = false"
            )
        self._other = [sentences.index(image) for image in images]

    def reset(self, instruction: str) -> None:
        """Start an episode.

        Raises:
            InstructionError: The instruction can't be put into a prompt.
        """
        self._session.reset(instruction)
        self._mirror.reset(mirrored_text(instruction))

    def see(self, frame: NDArray[np.uint8]) -> None:
        """Take in the current frame, uint8 (H, W, 3).

        Raises:
            ObservationError: No such array.
        """
        self._session.see(frame)
        self._mirror.see(np.ascontiguousarray(frame[:, ::-1]))

    def answer(self) -> Choice:
        """Return what to do now.

        Raises:
            ValueError: There is no instruction or no frame yet.
        """
        seen = np.asarray(self._session.answer().log_probabilities)
        across = np.asarray(self._mirror.answer().log_probabilities)[self._other]
        logs = (seen + across) / 2
        return Choice(int(logs.argmax()), tuple(logs.tolist()))
