"""Shards as batches: what to do at steps of a walk, and questions on single pictures, mixed as a lesson plan says.

Steps of one walk come together, so that a picture passes the tower once for all samples that see it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from navila_sdk.actions import Stop
from navila_sdk.errors import ConfigError
from navila_sdk.grammar import parse_action
from navila_sdk.memory import navila_indices
from navila_sdk.training.data.shards import Track
from navila_sdk.training.vla.hints import hints_of
from navila_sdk.training.vla.lesson_plan import Plan
from navila_sdk.training.vla.mirrored import mirrored
from navila_sdk.training.vla.questions import distance_words, picture_questions, where
from navila_sdk.training.vla.rows import Row, RowMaker, batch_of
from navila_sdk.training.vla.settings import FinetuneSettings
from navila_sdk.training.vla.walked import Frames, Walked, following
from navila_sdk.vla.config import CheckpointConfig
from navila_sdk.vla.images import pixels_of
from navila_sdk.vla.prompt import HEADER, THEN, WORDLESS
from navila_sdk.vla.sentences import TRAINED
from navila_sdk.vla.tokens import PromptTokenizer

_STOP = str(Stop())
SENTENCES: Mapping[str, str] = {str(parse_action(text)): text for text in TRAINED}


class Lessons:
    """Batches of shards; implements ``finetune.Source``.

    Args:
        roots: Folders of shards and how much likelier their walks are drawn than others'.
        config: The model's shape.
        tokenizer: Its tokenizer.
        plan: What batches hold.

    Raises:
        DataError: There are no shards, or one is damaged.
        ConfigError: The model's prompt isn't one that questions can follow.
    """

    def __init__(
        self,
        roots: Mapping[Path, float],
        config: CheckpointConfig,
        tokenizer: PromptTokenizer,
        plan: Plan,
    ) -> None:
        if not config.prompt.endswith(HEADER):
            raise ConfigError(f"lessons need a checkpoint whose prompt ends in {HEADER}; got {config.prompt!r:.60}")
        self._config, self._plan = config, plan
        self._tracks = Walked(roots)
        self._rows = RowMaker(tokenizer)

    def __len__(self) -> int:
        return len(self._tracks)

    def batches(
        self, settings: FinetuneSettings, process: int, processes: int, done: int
    ) -> Iterator[dict[str, Tensor]]:
        """Yield batches for ever; see ``finetune.Source``."""
        number = done
        while True:
            random = np.random.default_rng([settings.seed, process, processes, number])
            if random.uniform() < self._plan.look:
                yield self._pictures(max(1, settings.batch // self._plan.questions), random)
            else:
                yield self._walks(settings.batch, random)
            number += 1

    def _pictures(self, count: int, random: np.random.Generator) -> dict[str, Tensor]:
        rows: list[Row] = []
        pictures: list[NDArray[np.float32]] = []
        for track, frames in self._drawn(count, random, named=True):
            frame = int(random.integers(len(track)))
            asked = picture_questions(track, frame, self._plan.questions, random)
            rows.append(self._rows.plain(asked, [len(pictures)]))
            pictures.append(self._pixels(frames[frame], self._gain(random)))
        return batch_of(rows, pictures)

    def _walks(self, batch: int, random: np.random.Generator) -> dict[str, Tensor]:
        rows: list[Row] = []
        pictures: list[NDArray[np.float32]] = [self._pixels(None)]
        plan, packs = self._plan, random.uniform() < self._plan.packed
        beside, ahead = _gathered(plan.beside, random), _gathered(plan.ahead, random)
        for track, frames in self._drawn(max(1, batch // plan.steps), random):
            gain = self._gain(random)
            blind, mute, forgetful = (random.uniform() < share for share in (plan.blind, plan.mute, plan.forgetful))
            # Without history every step is a prompt of its own.
            packed = packs and not forgetful
            places: dict[int, int] = {}
            for step in self._steps(track, random, 1 if packs else plan.steps):
                picked = list(navila_indices(step + 1, self._config.num_frames))
                steps = [index for index in picked if index is not None] if packed else [step]
                if forgetful:
                    picked[:-1] = [None] * (len(picked) - 1)
                for index in picked:
                    if index is not None and not blind and index not in places:
                        places[index] = len(pictures)
                        pictures.append(self._pixels(frames[index], gain))
                asked = [self._asked(track, index, random, mute, beside, ahead) for index in steps]
                seen = [0 if index is None else places.get(index, 0) for index in picked]
                hinted = [hints_of(track, index) for index in steps] if plan.hints else [()]
                if packed:
                    rows.append(self._rows.packed(asked, seen, hinted if plan.hints else ()))
                else:
                    rows.append(self._rows.plain(asked[0], seen, hinted[0]))
        return batch_of(rows, pictures)

    def _drawn(self, count: int, random: np.random.Generator, *, named: bool = False) -> list[tuple[Track, Frames]]:
        share = self._plan.mirror
        return [
            mirrored(*walk) if share and random.uniform() < share else walk
            for walk in self._tracks.drawn(count, random, named=named)
        ]

    def _steps(self, track: Track, random: np.random.Generator, most: int) -> list[int]:
        labels = [self._label(track, step) for step in range(len(track))]
        weights = np.array([self._plan.stop_times if label == _STOP else 1.0 for label in labels])
        count = min(most, int((weights > 0).sum()))
        return sorted(int(i) for i in random.choice(len(track), count, replace=False, p=weights / weights.sum()))

    def _label(self, track: Track, step: int) -> str:
        return _STOP if track.left_m[step] <= self._plan.stop_within_m else track.labels[step]

    def _asked(
        self, track: Track, step: int, random: np.random.Generator, mute: bool, beside: float, ahead: float
    ) -> list[tuple[str, str]]:
        instruction = WORDLESS if mute else track.instruction
        label = self._label(track, step)
        asked = [(instruction, SENTENCES[label])]
        if random.uniform() < ahead and label != _STOP:
            asked += [(THEN, SENTENCES[later]) for later in following(track, step)[1:]]
        if random.uniform() < beside:
            asked.append(("How far is it still?", distance_words(100 * track.left_m[step])))
            named = [i for i, name in enumerate(track.things) if name in track.instruction]
            if named:
                asked.append(where(track, step, named[int(random.integers(len(named)))]))
        return asked

    def _gain(self, random: np.random.Generator) -> NDArray[np.float32]:
        """Return factors on a walk's colours: light and white balance differ from place to place."""
        spread = self._plan.jitter
        light = 1 + random.uniform(-spread, spread)
        return (light * (1 + random.uniform(-spread / 3, spread / 3, 3))).astype(np.float32)

    def _pixels(self, frame: NDArray[np.uint8] | None, gain: NDArray[np.float32] | None = None) -> NDArray[np.float32]:
        config = self._config
        if frame is not None and gain is not None:
            frame = np.clip(frame * gain, 0, 255).astype(np.uint8)
        return pixels_of(frame, config.side_px, config.mean, config.deviation)


def _gathered(share: float, random: np.random.Generator) -> float:
    """Return a batch's share of what makes rows longer.

    One row's length costs the whole batch, so some batches have much of it and the others none.
    """
    if share >= 0.5:
        return share
    return 0.5 if random.uniform() < 2 * share else 0.0
