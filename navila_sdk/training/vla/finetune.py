"""Supervised fine-tuning of tower, projector and language model on answers alone.

One loop for a toy on one core and for many machines: accelerate spreads it. It can be taken up at its last checkpoint,
and what it leaves is a checkpoint in upstream's layout.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Protocol

import attrs
import torch
from accelerate import Accelerator
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from navila_sdk.errors import DataError
from navila_sdk.training.vla.samples import IGNORE
from navila_sdk.training.vla.settings import FinetuneSettings
from navila_sdk.vla.model import NavilaModel
from navila_sdk.vla.network import VlaNetwork
from navila_sdk.vla.save import save_model
from navila_sdk.vla.tokens import IMAGE_ID

Batch = dict[str, Tensor]
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


class Learner(nn.Module):
    """A network with the loss of its answers as its forward pass."""

    def __init__(self, network: VlaNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, ids: Tensor, labels: Tensor, pixels: Tensor, frames: Tensor) -> tuple[Tensor, Tensor]:
        """Return the summed loss and how many tokens it's of.

        Args:
            ids: (B, L) padded with 0 on the right, ``IMAGE_ID`` for each frame.
            labels: (B, L), ``IGNORE`` where nothing is learned.
            pixels: (U, 3, side, side): each picture once, however many samples see it.
            frames: (B, F): which of them each sample sees; what a sample doesn't use is never read.
        """
        network = self.network
        tokens = network.frame_tokens(pixels.to(next(network.parameters()).dtype))
        rows, targets = [], []
        for row in range(len(ids)):
            embeddings, wanted = _spliced(network, ids[row], labels[row], tokens, frames[row])
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


def _spliced(network: VlaNetwork, ids: Tensor, labels: Tensor, tokens: Tensor, frames: Tensor) -> tuple[Tensor, Tensor]:
    """Return a row with its frames' tokens in place of their marks, and its labels."""
    embedded = network.embed(ids.clamp(min=0))
    parts: list[Tensor] = []
    wanted: list[Tensor] = []
    begin = 0
    marks = (ids == IMAGE_ID).nonzero()[:, 0].tolist()
    for frame, place in zip(frames.tolist(), marks, strict=False):
        parts += [embedded[begin:place], tokens[frame]]
        wanted += [labels[begin:place], labels.new_full((tokens.shape[1],), IGNORE)]
        begin = place + 1
    return torch.cat([*parts, embedded[begin:]]), torch.cat([*wanted, labels[begin:]])


class Source(Protocol):
    """Where batches come from."""

    def batches(self, settings: FinetuneSettings, process: int, processes: int, done: int) -> Iterator[Batch]:
        """Yield batches for ever, as ``Learner.forward`` takes them, in an order that depends on the seed alone.

        Args:
            settings: How large they are, and the seed.
            process: Which of the processes asks.
            processes: How many there are; each gets its own part.
            done: Batches of this process that were had before: the first that comes is the one after.
        """
        ...


def finetune(
    model: NavilaModel,
    source: Source,
    out: Path,
    settings: FinetuneSettings,
    *,
    report: Callable[[Progress], None] = lambda _: None,
    stop: Callable[[], bool] = lambda: False,
) -> Path:
    """Fine-tune a model, taking up what ``out`` holds, and return the checkpoint's folder.

    Args:
        model: What to begin with; it's changed.
        source: What to learn.
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
    batches = source.batches(settings, accelerator.process_index, accelerator.num_processes, done * settings.accumulate)
    with attending_plainly(network):
        while done < settings.steps:
            rate = rate_at(done, settings)
            for group in optimizer.param_groups:
                group["lr"] = rate
            loss, tokens = 0.0, 0
            for _ in range(settings.accumulate):
                batch = {key: value.to(accelerator.device) for key, value in next(batches).items()}
                with torch.autocast(accelerator.device.type, torch.bfloat16, enabled=settings.mixed == "bf16"):
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


@contextlib.contextmanager
def attending_plainly(network: VlaNetwork) -> Generator[None]:
    """Attend by plain matrix products: on a processor the fused kernel's way back takes several times as long."""
    parts = [part for part in (network.llm, network.vision_tower) if next(part.parameters()).device.type == "cpu"]
    before = [part.config._attn_implementation for part in parts]  # pyright: ignore[reportPrivateUsage]
    for part in parts:
        part.config._attn_implementation = "eager"
    try:
        yield
    finally:
        for part, kind in zip(parts, before, strict=True):
            part.config._attn_implementation = kind


def rate_at(step: int, settings: FinetuneSettings) -> float:
    """Return the learning rate of an update: up in a line, down along a cosine."""
    rising = max(round(settings.warm_up * settings.steps), 1)
    if step < rising:
        return settings.rate * (step + 1) / rising
    share = (step - rising) / max(settings.steps - rising, 1)
    return settings.rate * 0.5 * (1 + math.cos(math.pi * share))


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
