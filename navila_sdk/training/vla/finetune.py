"""Supervised fine-tuning of tower, projector and language model on answers alone.

One loop for a toy on one core and for many machines: accelerate spreads it. It can be taken up at its last checkpoint,
and what it leaves is a checkpoint in upstream's layout.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import attrs
import numpy as np
import torch
from accelerate import Accelerator
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset

from navila_sdk.errors import DataError
from navila_sdk.training.vla.annotations import NORMALISERS, Record
from navila_sdk.training.vla.samples import IGNORE, Sample, make_sample
from navila_sdk.training.vla.settings import FinetuneSettings
from navila_sdk.vla.model import NavilaModel
from navila_sdk.vla.network import VlaNetwork
from navila_sdk.vla.save import save_model
from navila_sdk.vla.tokens import IMAGE_ID

STATE = "training.safetensors"
_MOMENTS = ("exp_avg", "exp_avg_sq", "step")


@attrs.frozen(slots=True)
class Progress:
    """Where a fine-tuning stands.

    Attributes:
        step: Updates done.
        steps: Updates wanted.
        loss: Mean loss of a token of an answer in the last update.
        rate: Learning rate.
    """

    step: int
    steps: int
    loss: float
    rate: float


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


class Learner(nn.Module):
    """A network with the loss of its answers as its forward pass."""

    def __init__(self, network: VlaNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, ids: Tensor, labels: Tensor, pixels: Tensor) -> tuple[Tensor, Tensor]:
        """Return the summed loss and how many tokens it's of.

        Args:
            ids: (B, L) padded with 0 on the right, ``IMAGE_ID`` for each frame.
            labels: (B, L), ``IGNORE`` where nothing is learned.
            pixels: (B, frames, 3, side, side).
        """
        network = self.network
        batch, frames = pixels.shape[:2]
        tokens = network.frame_tokens(pixels.flatten(0, 1).to(next(network.parameters()).dtype))
        tokens = tokens.unflatten(0, (batch, frames))
        rows, targets = [], []
        for row in range(batch):
            embeddings, wanted = _spliced(network, ids[row], labels[row], tokens[row])
            rows.append(embeddings)
            targets.append(wanted)
        embedded = nn.utils.rnn.pad_sequence(rows, batch_first=True)
        wanted = nn.utils.rnn.pad_sequence(targets, batch_first=True, padding_value=IGNORE)
        # Padding comes last, and a causal model's tokens don't see what comes after them: no mask is needed.
        hidden = network.llm.model(inputs_embeds=embedded, use_cache=False).last_hidden_state
        learned = wanted[:, 1:] != IGNORE
        logits = network.llm.lm_head(hidden[:, :-1][learned])
        loss = nn.functional.cross_entropy(logits.float(), wanted[:, 1:][learned], reduction="sum")
        return loss, learned.sum()


def _spliced(network: VlaNetwork, ids: Tensor, labels: Tensor, tokens: Tensor) -> tuple[Tensor, Tensor]:
    """Return a row with its frames in place of their marks, and its labels."""
    embedded = network.embed(ids.clamp(min=0))
    parts: list[Tensor] = []
    wanted: list[Tensor] = []
    begin = 0
    marks = (ids == IMAGE_ID).nonzero()[:, 0].tolist()
    for frame, place in enumerate(marks):
        parts += [embedded[begin:place], tokens[frame]]
        wanted += [labels[begin:place], labels.new_full((tokens.shape[1],), IGNORE)]
        begin = place + 1
    return torch.cat([*parts, embedded[begin:]]), torch.cat([*wanted, labels[begin:]])


def collate(samples: Sequence[Sample]) -> dict[str, Tensor]:
    """Return samples as one batch, padded on the right."""
    length = max(len(sample.ids) for sample in samples)
    ids = np.zeros((len(samples), length), np.int64)
    labels = np.full((len(samples), length), IGNORE, np.int64)
    for row, sample in enumerate(samples):
        ids[row, : len(sample.ids)], labels[row, : len(sample.ids)] = sample.ids, sample.labels
    pixels = np.stack([sample.pixels for sample in samples])
    return {"ids": torch.from_numpy(ids), "labels": torch.from_numpy(labels), "pixels": torch.from_numpy(pixels)}


def finetune(
    model: NavilaModel,
    records: Sequence[Record],
    folder: Path,
    out: Path,
    settings: FinetuneSettings,
    *,
    report: Callable[[Progress], None] = lambda _: None,
    stop: Callable[[], bool] = lambda: False,
) -> Path:
    """Fine-tune a model, taking up what ``out`` holds, and return the checkpoint's folder.

    Args:
        model: What to begin with; it's changed.
        records: What to learn.
        folder: Where the records' frames lie.
        out: Where the checkpoint and the state to go on from are written.
        settings: How.
        report: Told after every update.
        stop: Asked after every update; everything is saved before stopping.

    Raises:
        DataError: A sample can't be made.
        FloatingPointError: The loss is no longer finite; the last checkpoint stands.
    """
    torch.manual_seed(settings.seed)
    network = model.network
    adapted = _adapted(network, settings)
    for name in ("vision_tower", "mm_projector"):
        getattr(network, name).requires_grad_(name in settings.train)
    if not adapted:
        network.llm.requires_grad_("llm" in settings.train)
    network.train()
    parameters = [p for p in network.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(parameters, lr=settings.rate, weight_decay=settings.weight_decay)
    out.mkdir(parents=True, exist_ok=True)
    done = _take_up(out / STATE, network, optimizer)
    accelerator = Accelerator(gradient_accumulation_steps=1)
    learner, optimizer = accelerator.prepare(Learner(network), optimizer)
    batches = _batches(_Samples(records, folder, model, settings.normalise), settings, accelerator, done)
    while done < settings.steps:
        rate = rate_at(done, settings)
        for group in optimizer.param_groups:
            group["lr"] = rate
        loss, tokens = 0.0, 0
        for _ in range(settings.accumulate):
            batch = {key: value.to(accelerator.device) for key, value in next(batches).items()}
            total, count = learner(**batch)
            accelerator.backward(total / count.clamp(min=1) / settings.accumulate)
            loss, tokens = loss + float(total.detach()), tokens + int(count)
        mean = loss / max(tokens, 1)
        if not math.isfinite(mean):
            raise FloatingPointError(f"the loss is {mean} at update {done}; the checkpoint in {out} stands")
        accelerator.clip_grad_norm_(parameters, settings.clip)
        optimizer.step()
        optimizer.zero_grad()
        done += 1
        ending = done == settings.steps or stop()
        if accelerator.is_main_process and (ending or done % settings.save_every == 0):
            _keep(out / STATE, network, optimizer, done)
        report(Progress(done, settings.steps, mean, rate))
        if ending:
            break
    network.eval().requires_grad_(False)
    if adapted:
        _merge(network)
    if accelerator.is_main_process:
        save_model(model, out)
    return out


def rate_at(step: int, settings: FinetuneSettings) -> float:
    """Return the learning rate of an update: up in a line, down along a cosine."""
    rising = max(round(settings.warm_up * settings.steps), 1)
    if step < rising:
        return settings.rate * (step + 1) / rising
    share = (step - rising) / max(settings.steps - rising, 1)
    return settings.rate * 0.5 * (1 + math.cos(math.pi * share))


def _batches(
    samples: _Samples, settings: FinetuneSettings, accelerator: Accelerator, done: int
) -> Iterator[dict[str, Tensor]]:
    """Yield batches for ever, in an order that depends on seed and place alone."""
    if len(samples) < 1:
        raise DataError("there is nothing to learn from")
    processes = accelerator.num_processes
    each_epoch = math.ceil(math.ceil(len(samples) / processes) / settings.batch)
    epoch, at = divmod(done * settings.accumulate, each_epoch)
    while True:
        order = torch.randperm(
            len(samples), generator=torch.Generator().manual_seed(settings.seed * 1_000_003 + epoch)
        ).tolist()
        # Every process has as many batches as the others, or they would wait for each other for ever.
        order += order[: -len(order) % processes]
        mine = order[accelerator.process_index :: processes][at * settings.batch :]
        subset = torch.utils.data.Subset(samples, mine)
        loader = DataLoader(subset, settings.batch, collate_fn=collate, num_workers=settings.workers)
        yield from loader
        epoch, at = epoch + 1, 0


def _adapted(network: VlaNetwork, settings: FinetuneSettings) -> bool:
    if not settings.lora_rank or "llm" not in settings.train:
        return False
    from peft import LoraConfig, inject_adapter_in_model

    network.llm.requires_grad_(False)
    adapters = LoraConfig(
        r=settings.lora_rank,
        lora_alpha=2 * settings.lora_rank,
        target_modules=["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"],
    )
    inject_adapter_in_model(adapters, network.llm)
    return True


def _merge(network: VlaNetwork) -> None:
    """Put adapters into the weights they adapt."""
    from peft.tuners.lora import LoraLayer

    for name, module in list(network.llm.named_modules()):
        if isinstance(module, LoraLayer):
            module.merge()
            parent_name, _, child = name.rpartition(".")
            setattr(network.llm.get_submodule(parent_name), child, module.get_base_layer())


def _keep(path: Path, network: VlaNetwork, optimizer: torch.optim.Optimizer, done: int) -> None:
    """Write what is needed to go on; an older file stands until the new one is whole."""
    tensors = {"done": torch.tensor([done])}
    learned = [name for name, p in network.named_parameters() if p.requires_grad]
    tensors |= {f"weight.{n}": p.detach().cpu().contiguous() for n, p in network.named_parameters() if p.requires_grad}
    state = optimizer.state_dict()["state"]
    for index, name in enumerate(learned):
        if index in state:
            tensors |= {f"{moment}.{name}": state[index][moment].cpu().contiguous() for moment in _MOMENTS}
    part = path.with_suffix(".part")
    save_file(tensors, part)
    part.replace(path)


def _take_up(path: Path, network: VlaNetwork, optimizer: torch.optim.Optimizer) -> int:
    if not path.exists():
        return 0
    tensors = load_file(path)
    learned = {name: p for name, p in network.named_parameters() if p.requires_grad}
    missing = [name for name in learned if f"weight.{name}" not in tensors]
    if missing:
        raise DataError(f"{path}: doesn't hold {missing[0]}; it's of another training, use another folder")
    with torch.no_grad():
        for name, parameter in learned.items():
            parameter.copy_(tensors[f"weight.{name}"])
    held = optimizer.state_dict()
    held["state"] = {
        index: {moment: tensors[f"{moment}.{name}"] for moment in _MOMENTS}
        for index, name in enumerate(learned)
        if f"exp_avg.{name}" in tensors
    }
    optimizer.load_state_dict(held)
    return int(tensors["done"][0])
