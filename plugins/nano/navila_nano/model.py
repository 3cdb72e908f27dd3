"""The model on onnxruntime: frames become tokens once, then one pass over prompt and token trie gives the answer."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import attrs
import numpy as np
from numpy.typing import NDArray

from navila_nano.bpe import Bpe
from navila_sdk.errors import CheckpointError, InstructionError
from navila_sdk.vla.images import pixels_of
from navila_sdk.vla.prompt import IMAGE, STOPS, promptable
from navila_sdk.vla.trie import Choice, Trie, choose, make_trie

WEIGHTS = Path(__file__).parent / "weights"
CHECKPOINT = WEIGHTS / "checkpoint"
"""The same weights in upstream's layout, for the planner navila and for further training."""

_FAR_BELOW = np.float32(-1e9)

Tokens = NDArray[np.float32]


@attrs.frozen(slots=True)
class NanoCard:
    """What a model's ``nano.json`` says; see ``navila_sdk.training.vla.export_onnx``."""

    frames: int
    tokens_per_frame: int
    side_px: int
    mean: tuple[float, float, float]
    deviation: tuple[float, float, float]
    prompt: str
    hidden: int
    vocabulary: int
    context: int
    sentences: tuple[str, ...]


def _card(path: Path) -> NanoCard:
    from navila_sdk.strict import strict_converter

    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        if data.pop("format") != 1:
            raise CheckpointError(f"{path}: is of another format than 1; get the navila-nano that fits it")
        return strict_converter().structure(data, NanoCard)
    except CheckpointError:
        raise
    except Exception as error:  # noqa: BLE001 - cattrs groups whatever its hooks raise; all of it is the file's fault
        raise CheckpointError(f"{path}: this model card can't be read: {error}") from None


class NanoModel:
    """A small VLA.

    Args:
        folder: Its files; the ones that come with the package where it isn't given.
        threads: Processor threads.

    Raises:
        CheckpointError: A file is missing or damaged.
    """

    def __init__(self, folder: Path | None = None, threads: int = 1) -> None:
        if folder is None and not (WEIGHTS / "nano.json").is_file():
            raise CheckpointError(
                f"{WEIGHTS}: navila-nano's weights are missing; install it again: pip install navila-nano"
            )
        folder = folder or WEIGHTS
        self.card = card = _card(folder / "nano.json")
        self.name = folder.name if folder != WEIGHTS else "nano"
        self._bpe = Bpe(folder / "tokenizer.json")
        self._vision = _session(folder / "vision.onnx", threads)
        self._language = _session(folder / "language.onnx", threads)
        self.trie: Trie = make_trie(card.sentences, [self._bpe.ids(text) for text in card.sentences])
        self._stops = [self._bpe.special[token] for token in STOPS if token in self._bpe.special]
        self._black: Tokens | None = None

    def encode(self, frame: NDArray[np.uint8] | None) -> Tokens:
        """Return a frame's tokens, float32 (T, hidden); None is black.

        Raises:
            ObservationError: The frame is no uint8 (H, W, 3).
        """
        if frame is None and self._black is not None:
            return self._black
        pixels = pixels_of(frame, self.card.side_px, self.card.mean, self.card.deviation)[None]
        tokens: Tokens = self._vision.run(None, {"pixels": pixels})[0][0]
        if frame is None:
            self._black = tokens
        return tokens

    def prompt(self, instruction: str) -> list[int]:
        """Return a prompt as an index into embeddings and frames' tokens.

        Raises:
            InstructionError: It can't be put into a prompt, or makes it longer than the context.
        """
        card = self.card
        text = promptable(instruction, tuple(self._bpe.special))
        pieces = card.prompt.replace("{frames}", IMAGE * card.frames).replace("{instruction}", text).split(IMAGE)
        index: list[int] = []
        for seen, piece in enumerate(pieces):
            index += self._bpe.ids(piece)
            if seen < card.frames:
                first = card.vocabulary + seen * card.tokens_per_frame
                index += range(first, first + card.tokens_per_frame)
        most = card.context - int(self.trie.depths.max()) - 2
        if len(index) > most:
            raise InstructionError(
                f"the instruction makes a prompt of {len(index)} tokens, and this model takes {most}; shorten it by "
                f"about {len(index) - most} tokens ({instruction[:60]!r}...)"
            )
        return index

    def choose(self, prompt: Sequence[int], frames: Sequence[Tokens]) -> Choice:
        """Return the greedy legal answer to a prompt, and every answer's probability.

        Args:
            prompt: As ``prompt`` gives it.
            frames: Tokens (T, hidden) of each frame the model sees, oldest first.
        """
        trie, length = self.trie, len(prompt)
        total = length + trie.size
        bias = np.full((total, total), _FAR_BELOW, np.float32)
        bias[:length, :length][np.tri(length, dtype=np.bool_)] = 0.0
        bias[length:, :length] = 0.0
        bias[length:, length:][trie.mask()] = 0.0
        given = {
            "index": np.concatenate([np.asarray(prompt, np.int64), trie.tokens]),
            "frames": np.concatenate(list(frames)),
            "positions": np.concatenate([np.arange(length), length + trie.depths]),
            "bias": bias,
            "asked": np.arange(length - 1, total),
        }
        logits: NDArray[np.float32] = self._language.run(None, given)[0]
        wide = logits.astype(np.float64)
        top = wide.max(axis=1, keepdims=True)
        logs = wide - top - np.log(np.exp(wide - top).sum(axis=1, keepdims=True))
        return choose(trie, logs, self._stops)


def _session(path: Path, threads: int) -> Any:  # noqa: ANN401 - onnxruntime publishes no types
    import onnxruntime

    if not path.is_file():
        raise CheckpointError(f"{path}: no such file; reinstall navila-nano, or name another model's folder")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    try:
        return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # noqa: BLE001 - onnxruntime raises plain RuntimeErrors of many names
        raise CheckpointError(f"{path}: onnxruntime can't read this model: {str(error)[:200]}") from None
