"""Supervised fine-tuning of tower, projector and language model on answers alone.

One loop for a toy on one core and for many machines: accelerate spreads it. It can be taken up at its last checkpoint,
and what it leaves is a checkpoint in upstream's layout.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

import attrs
import torch
from accelerate import Accelerator
from torch import Tensor

from navila_sdk.training.vla.hints import Hints
from navila_sdk.training.vla.learner import Learner, attending_plainly
from navila_sdk.training.vla.settings import FinetuneSettings
from navila_sdk.training.vla.state import STATE, keep, learning, take_up
from navila_sdk.vla.model import NavilaModel
from navila_sdk.vla.network import VlaNetwork
from navila_sdk.vla.save import save_model

Batch = dict[str, Tensor]


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
    learner = Learner(network, *((_heads(network), settings.hints) if settings.hints else ()))
    parameters = [p for p in learner.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(parameters, lr=settings.rate, weight_decay=settings.weight_decay)
    out.mkdir(parents=True, exist_ok=True)
    done = take_up(out / STATE, learning(learner), optimizer)
    accelerator = Accelerator(gradient_accumulation_steps=1)
    spread, optimizer = accelerator.prepare(learner, optimizer)
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
                    total, count = spread(**batch)
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
                keep(out / STATE, learning(learner), optimizer, done)
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


def _heads(network: VlaNetwork) -> Hints:
    first = next(network.llm.parameters())
    return Hints(int(network.config.llm["hidden_size"])).to(first.device)
