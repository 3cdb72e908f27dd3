"""Samples as token rows: one prompt with its answers, or a walk whose every frame is asked about in one row.

In such a packed row the answers are branches: each sees the prompt up to its frame and itself, and nothing sees it.
What is computed at a branch is what the prompt that ends there would give, at a fraction of the cost.
"""

from __future__ import annotations

from collections.abc import Sequence

import attrs
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from navila_sdk.training.vla.samples import IGNORE
from navila_sdk.vla.prompt import END, HEADER
from navila_sdk.vla.tokens import IMAGE_ID, PromptTokenizer

Asked = Sequence[tuple[str, str]]
"""A question and its answer, further questions and answers; a walk's first question is its instruction."""


@attrs.frozen(slots=True)
class Row:
    """One row of a batch.

    Attributes:
        ids: Token ids, ``IMAGE_ID`` for each frame.
        labels: What is learned, ``IGNORE`` where nothing is.
        frames: Which of the batch's pictures it sees.
        branches: 0 for the prompt, else which branch a token is of.
        hints: Indices of tokens before answers, and the classes asked there; see ``hints``.
    """

    ids: list[int]
    labels: list[int]
    frames: list[int]
    branches: list[int]
    hints: list[tuple[int, Sequence[int]]] = attrs.field(factory=list["tuple[int, Sequence[int]]"])


class RowMaker:
    """Makes rows for a tokenizer.

    Args:
        tokenizer: A checkpoint's.
    """

    def __init__(self, tokenizer: PromptTokenizer) -> None:
        self._tokenizer = tokenizer
        self._end, self._ask = tokenizer.id_of(END), tokenizer.id_of(HEADER)

    def plain(self, asked: Asked, frames: Sequence[int], hint: Sequence[int] = ()) -> Row:
        """Return a row of one prompt, its answer, and what else is asked after it; and a hint before the answer."""
        prompt = self._tokenizer.prompt_ids(asked[0][0], len(frames))
        said, labels = self._said(asked)
        ids = prompt + said
        hints = [(len(prompt) - 1, hint)] if hint else []
        return Row(ids, [IGNORE] * len(prompt) + labels, list(frames), [0] * len(ids), hints)

    def packed(self, asked: Sequence[Asked], frames: Sequence[int], hinted: Sequence[Sequence[int]] = ()) -> Row:
        """Return a row of a prompt that is asked after each of its last frames.

        Args:
            asked: What is asked after each of the last ``len(asked)`` frames; the first questions are all the same.
            frames: All the frames.
            hinted: A hint before each first answer, or none at all.
        """
        prompt = self._tokenizer.prompt_ids(asked[0][0][0], len(frames))
        marks = [i for i, token in enumerate(prompt) if token == IMAGE_ID]
        tail = prompt[marks[-1] + 1 :]
        first = len(frames) - len(asked)
        ids: list[int] = []
        labels: list[int] = []
        branches: list[int] = []
        hints: list[tuple[int, Sequence[int]]] = []
        begin = 0
        for number, turns in enumerate(asked):
            upto = marks[first + number] + 1
            ids += prompt[begin:upto]
            labels += [IGNORE] * (upto - begin)
            branches += [0] * (upto - begin)
            said, learned = self._said(turns)
            ids += tail
            if hinted:
                hints.append((len(ids) - 1, hinted[number]))
            ids += said
            labels += [IGNORE] * len(tail) + learned
            branches += [number + 1] * (len(tail) + len(said))
            begin = upto
        return Row(ids, labels, list(frames), branches, hints)

    def prompt(self, instruction: str, frames: Sequence[int]) -> Row:
        """Return a row of a prompt without its answer."""
        ids = self._tokenizer.prompt_ids(instruction, len(frames))
        return Row(ids, [IGNORE] * len(ids), list(frames), [0] * len(ids))

    def talked(self, prompt: Row, talks: Sequence[tuple[list[int], list[int]]]) -> Row:
        """Return a row of a prompt and several conversations that follow it, each a branch.

        Args:
            prompt: As ``prompt`` makes it.
            talks: Ids and labels of each conversation.
        """
        # A branch begins with the prompt's own last tokens, for the first word is told at the last of them.
        cut = max(i for i, token in enumerate(prompt.ids) if token == IMAGE_ID) + 1
        tail = prompt.ids[cut:]
        ids, branches = prompt.ids[:cut], [0] * cut
        labels = [IGNORE] * cut
        for number, (said, learned) in enumerate(talks):
            ids = ids + tail + said
            labels = labels + [IGNORE] * len(tail) + learned
            branches += [number + 1] * (len(tail) + len(said))
        return Row(ids, labels, prompt.frames, branches)

    def _said(self, asked: Asked) -> tuple[list[int], list[int]]:
        """Return ids and labels of what follows a prompt."""
        tokenizer = self._tokenizer
        ids: list[int] = []
        labels: list[int] = []
        for turn, (question, answer) in enumerate(asked):
            if turn:
                more = [*tokenizer.answer_ids(question), self._ask]
                ids += more
                labels += [IGNORE] * len(more)
            said = [*tokenizer.answer_ids(answer), self._end]
            ids += said
            labels += said
        return ids, labels


def batch_of(rows: Sequence[Row], pictures: Sequence[NDArray[np.float32]]) -> dict[str, Tensor]:
    """Return rows as ``Learner.forward`` takes them."""
    length = max(len(row.ids) for row in rows)
    ids = np.zeros((len(rows), length), np.int64)
    labels = np.full((len(rows), length), IGNORE, np.int64)
    branches = np.zeros((len(rows), length), np.int64)
    frames = np.zeros((len(rows), max(len(row.frames) for row in rows)), np.int64)
    for i, row in enumerate(rows):
        size = len(row.ids)
        ids[i, :size], labels[i, :size], branches[i, :size] = row.ids, row.labels, row.branches
        frames[i, : len(row.frames)] = row.frames
    batch = {"ids": ids, "labels": labels, "pixels": np.stack(pictures), "frames": frames}
    if branches.any():
        batch["branches"] = branches
    hints = [[i, index, *classes] for i, row in enumerate(rows) for index, classes in row.hints]
    if hints:
        batch["hints"] = np.array(hints, np.int64)
    return {name: torch.from_numpy(value) for name, value in batch.items()}
