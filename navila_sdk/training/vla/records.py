"""Annotations as batches: pictures from files, prompts as at inference, in an order that can be taken up anywhere."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from pathlib import Path

import attrs
import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from navila_sdk.errors import DataError
from navila_sdk.training.vla.annotations import NORMALISERS, Record
from navila_sdk.training.vla.samples import IGNORE, Sample, make_sample
from navila_sdk.training.vla.settings import FinetuneSettings
from navila_sdk.vla.model import NavilaModel


class _Samples(Dataset[Sample]):
    def __init__(self, records: Sequence[Record], folder: Path, model: NavilaModel, normalise: str) -> None:
        self._records, self._folder = records, folder
        self._config, self._tokenizer = model.config, model.tokenizer
        self._normalise = normalise

    def __len__(self) -> int:
        return len(self._records)

    def __getitem__(self, index: int) -> Sample:
        normalise = NORMALISERS[self._normalise]
        return make_sample(self._records[index], self._folder, self._config, self._tokenizer, normalise)


def collate(samples: Sequence[Sample]) -> dict[str, Tensor]:
    """Return samples as one batch, padded on the right."""
    length = max(len(sample.ids) for sample in samples)
    ids = np.zeros((len(samples), length), np.int64)
    labels = np.full((len(samples), length), IGNORE, np.int64)
    for row, sample in enumerate(samples):
        ids[row, : len(sample.ids)], labels[row, : len(sample.ids)] = sample.ids, sample.labels
    counts = [len(sample.pixels) for sample in samples]
    frames = np.zeros((len(samples), max(counts)), np.int64)
    for row, count in enumerate(counts):
        frames[row, :count] = sum(counts[:row]) + np.arange(count)
    return {
        "ids": torch.from_numpy(ids),
        "labels": torch.from_numpy(labels),
        "pixels": torch.from_numpy(np.concatenate([sample.pixels for sample in samples])),
        "frames": torch.from_numpy(frames),
    }


@attrs.frozen(slots=True)
class RecordSource:
    """Batches of NaVILA's annotations.

    Attributes:
        records: What to learn.
        folder: Where their frames lie.
        model: Whose prompts and pictures they become.
    """

    records: Sequence[Record]
    folder: Path
    model: NavilaModel

    def batches(
        self, settings: FinetuneSettings, process: int, processes: int, done: int
    ) -> Iterator[dict[str, Tensor]]:
        """Yield batches; see ``finetune.Source``.

        Raises:
            DataError: There are no records, or a sample can't be made.
        """
        samples = _Samples(self.records, self.folder, self.model, settings.normalise)
        if len(samples) < 1:
            raise DataError("there is nothing to learn from")
        each_epoch = math.ceil(math.ceil(len(samples) / processes) / settings.batch)
        epoch, at = divmod(done, each_epoch)
        while True:
            draws = torch.Generator().manual_seed(settings.seed * 1_000_003 + epoch)
            order = torch.randperm(len(samples), generator=draws).tolist()
            # Every process has as many batches as the others, or they would wait for each other for ever.
            order += order[: -len(order) % processes]
            mine = order[process::processes][at * settings.batch :]
            subset = torch.utils.data.Subset(samples, mine)
            yield from DataLoader(subset, settings.batch, collate_fn=collate, num_workers=settings.workers)
            epoch, at = epoch + 1, 0
