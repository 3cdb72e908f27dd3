"""Shards as batches: what to do at steps of a walk, and questions on single pictures, mixed as a lesson plan says.

Steps of one walk come together, so that a picture passes the tower once for all samples that see it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import attrs
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from navila_sdk.actions import Stop
from navila_sdk.errors import ConfigError, DataError
from navila_sdk.grammar import parse_action
from navila_sdk.memory import navila_indices
from navila_sdk.training.data.shards import Track, read_shard, shard_folders
from navila_sdk.training.vla.lesson_plan import Plan
from navila_sdk.training.vla.questions import distance_words, picture_questions, where
from navila_sdk.training.vla.samples import IGNORE
from navila_sdk.training.vla.settings import FinetuneSettings
from navila_sdk.vla.config import CheckpointConfig
from navila_sdk.vla.images import pixels_of
from navila_sdk.vla.prompt import END, HEADER
from navila_sdk.vla.sentences import TRAINED
from navila_sdk.vla.tokens import PromptTokenizer

SENTENCES: Mapping[str, str] = {str(parse_action(text)): text for text in TRAINED}


@attrs.frozen(slots=True)
class _Row:
    """One sample: its ids and labels, and which pictures it sees (an index, or -1 for black)."""

    ids: list[int]
    labels: list[int]
    frames: list[int]


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
        self._config, self._tokenizer, self._plan = config, tokenizer, plan
        self._tracks: list[tuple[Track, NDArray[np.uint8]]] = []
        weights: list[float] = []
        for root, weight in roots.items():
            for folder in shard_folders(root):
                tracks, frames = read_shard(folder)
                kept = [(track, frames[track.first : track.first + len(track)]) for track in tracks if len(track) > 1]
                self._tracks += kept
                weights += [weight * len(track) for track, _ in kept]
        if not self._tracks:
            raise DataError("these shards hold no walks")
        self._shares = np.asarray(weights) / sum(weights)
        self._end, self._ask = tokenizer.id_of(END), tokenizer.id_of(HEADER)

    def __len__(self) -> int:
        return sum(len(track) for track, _ in self._tracks)

    def batches(
        self, settings: FinetuneSettings, process: int, processes: int, done: int
    ) -> Iterator[dict[str, Tensor]]:
        """Yield batches for ever; see ``finetune.Source``."""
        number = done
        while True:
            random = np.random.default_rng([settings.seed, process, processes, number])
            if random.uniform() < self._plan.look:
                yield self._pictures(settings.batch, random)
            else:
                yield self._walks(settings.batch, random)
            number += 1

    def _drawn(self, count: int, random: np.random.Generator) -> list[tuple[Track, NDArray[np.uint8]]]:
        return [self._tracks[i] for i in random.choice(len(self._tracks), count, p=self._shares)]

    def _pictures(self, batch: int, random: np.random.Generator) -> dict[str, Tensor]:
        rows: list[_Row] = []
        pictures: list[NDArray[np.float32]] = []
        for track, frames in self._drawn(batch, random):
            frame = int(random.integers(len(track)))
            asked = picture_questions(track, frame, self._plan.questions, random)
            ids, labels = self._talk(1, asked)
            rows.append(_Row(ids, labels, [len(pictures)]))
            pictures.append(self._seen(frames[frame], random))
        return self._batch(rows, pictures)

    def _walks(self, batch: int, random: np.random.Generator) -> dict[str, Tensor]:
        rows: list[_Row] = []
        pictures: list[NDArray[np.float32]] = [self._pixels(None)]
        each = self._plan.steps
        for track, frames in self._drawn(max(1, batch // each), random):
            places: dict[int, int] = {}
            gain = self._gain(random)
            blind = random.uniform() < self._plan.blind
            for step in self._steps(track, random):
                picked: list[int | None] = list(navila_indices(step + 1, self._config.num_frames))
                if self._plan.forgetful:
                    picked = [None] * (len(picked) - 1) + picked[-1:]
                if blind:
                    picked = [None] * len(picked)
                for index in picked:
                    if index is not None and index not in places:
                        places[index] = len(pictures)
                        pictures.append(self._pixels(frames[index], gain))
                ids, labels = self._talk(self._config.num_frames, self._asked(track, step, random))
                rows.append(_Row(ids, labels, [0 if index is None else places[index] for index in picked]))
        return self._batch(rows, pictures)

    def _steps(self, track: Track, random: np.random.Generator) -> list[int]:
        stop = str(Stop())
        weights = np.array([self._plan.stop_times if label == stop else 1.0 for label in track.labels])
        count = min(self._plan.steps, int((weights > 0).sum()))
        return sorted(int(i) for i in random.choice(len(track), count, replace=False, p=weights / weights.sum()))

    def _asked(self, track: Track, step: int, random: np.random.Generator) -> list[tuple[str, str]]:
        instruction = "Go on." if self._plan.mute else track.instruction
        asked = [(instruction, SENTENCES[track.labels[step]])]
        if self._plan.beside:
            asked.append(("How far is it still?", distance_words(100 * track.left_m[step])))
            named = [i for i, name in enumerate(track.things) if name in track.instruction]
            if named:
                asked.append(where(track, step, named[int(random.integers(len(named)))]))
        return asked

    def _talk(self, frames: int, asked: Sequence[tuple[str, str]]) -> tuple[list[int], list[int]]:
        """Return ids and labels of pictures, a question and its answer, further questions and answers."""
        tokenizer = self._tokenizer
        ids = tokenizer.prompt_ids(asked[0][0], frames)
        labels = [IGNORE] * len(ids)
        for turn, (question, answer) in enumerate(asked):
            if turn:
                more = [*tokenizer.answer_ids(question), self._ask]
                ids += more
                labels += [IGNORE] * len(more)
            said = [*tokenizer.answer_ids(answer), self._end]
            ids += said
            labels += said
        return ids, labels

    def _gain(self, random: np.random.Generator) -> NDArray[np.float32]:
        """Return factors on a walk's colours: light and white balance differ from place to place."""
        spread = self._plan.jitter
        light = 1 + random.uniform(-spread, spread)
        return (light * (1 + random.uniform(-spread / 3, spread / 3, 3))).astype(np.float32)

    def _seen(self, frame: NDArray[np.uint8], random: np.random.Generator) -> NDArray[np.float32]:
        return self._pixels(frame, self._gain(random))

    def _pixels(self, frame: NDArray[np.uint8] | None, gain: NDArray[np.float32] | None = None) -> NDArray[np.float32]:
        config = self._config
        if frame is not None and gain is not None:
            frame = np.clip(frame * gain, 0, 255).astype(np.uint8)
        return pixels_of(frame, config.side_px, config.mean, config.deviation)

    def _batch(self, rows: Sequence[_Row], pictures: Sequence[NDArray[np.float32]]) -> dict[str, Tensor]:
        length = max(len(row.ids) for row in rows)
        ids = np.zeros((len(rows), length), np.int64)
        labels = np.full((len(rows), length), IGNORE, np.int64)
        frames = np.zeros((len(rows), max(len(row.frames) for row in rows)), np.int64)
        for i, row in enumerate(rows):
            ids[i, : len(row.ids)], labels[i, : len(row.ids)] = row.ids, row.labels
            frames[i, : len(row.frames)] = row.frames
        return {
            "ids": torch.from_numpy(ids),
            "labels": torch.from_numpy(labels),
            "pixels": torch.from_numpy(np.stack(pictures)),
            "frames": torch.from_numpy(frames),
        }
