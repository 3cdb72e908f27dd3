"""What a fine-tuning is set by."""

from __future__ import annotations

from typing import Literal

import attrs

from navila_sdk.strict import within


@attrs.frozen(slots=True, kw_only=True)
class FinetuneSettings:
    """Settings of a fine-tuning; defaults are NaVILA's own (scripts/train/sft_8frames.sh).

    Attributes:
        steps: Updates.
        batch: Samples of each forward pass, on each device.
        accumulate: Forward passes of each update.
        rate: Highest learning rate.
        warm_up: Share of the updates in which the rate rises; it falls along a cosine after.
        weight_decay: AdamW's.
        clip: Largest gradient norm.
        seed: Order of the samples, and dropout of LoRA.
        train: Parts that learn.
        lora_rank: 0 trains the language model whole; else low-rank adapters, merged when it's saved.
        normalise: What is done to instructions: ``none``, or ``upstream``'s training normalisation.
        mixed: Precision of the arithmetic; weights and their updates stay as they are.
        hints: What a hint counts beside a token of an answer, where the source gives hints; see ``hints``.
        save_every: Updates between two checkpoints.
        workers: Processes that read pictures.
    """

    steps: int = attrs.field(default=1000, validator=within(1, 10_000_000))
    batch: int = attrs.field(default=10, validator=within(1, 4096))
    accumulate: int = attrs.field(default=2, validator=within(1, 4096))
    rate: float = attrs.field(default=1e-4, validator=within(1e-9, 1.0))
    warm_up: float = attrs.field(default=0.03, validator=within(0.0, 1.0))
    weight_decay: float = attrs.field(default=0.0, validator=within(0.0, 1.0))
    clip: float = attrs.field(default=1.0, validator=within(1e-6, 1e6))
    seed: int = 10
    train: tuple[Literal["vision_tower", "mm_projector", "llm"], ...] = ("vision_tower", "mm_projector", "llm")
    lora_rank: int = attrs.field(default=0, validator=within(0, 1024))
    normalise: Literal["none", "upstream"] = "none"
    mixed: Literal["no", "bf16"] = "no"
    hints: float = attrs.field(default=0.0, validator=within(0.0, 100.0))
    save_every: int = attrs.field(default=100, validator=within(1, 1_000_000))
    workers: int = attrs.field(default=0, validator=within(0, 256))
