"""What a step of NaVILA's model costs: a straightforward loop as upstream does it, and ours, on the same weights.

    python benchmarks/vla.py --size tiny|small|8b [--steps 12] [--device cpu] [--dtype float32] [--threads 1]
        [--quantize int8|int4] [--compile]

Weights are random, shapes are NaVILA's (8b), about 0.3 B parameters with the same tower grid (small), or toys (tiny).
Upstream's loop encodes all eight frames at every step, fills the whole prompt and generates token by token until the
sentence's end (12 tokens of a trained sentence). Ours encodes the new frame, keeps what the prompt shares with the last
one, and answers in one pass. Both see the same history, one frame more each step. Needs the extra vla.
"""

from __future__ import annotations

import argparse
import copy
import json
import resource
import tempfile
import time
from pathlib import Path

import numpy as np
import torch
from transformers import DynamicCache

from navila_sdk.memory import navila_indices
from navila_sdk.vla.caching import CACHE
from navila_sdk.vla.config import CheckpointConfig, read_config
from navila_sdk.vla.decode import Prefill
from navila_sdk.vla.features import FeatureMemory
from navila_sdk.vla.model import NavilaModel
from navila_sdk.vla.network import DTYPES, VlaNetwork
from navila_sdk.vla.quantize import quantize
from navila_sdk.vla.tokens import PromptTokenizer

TINY = Path(__file__).parent.parent / "tests" / "data" / "tiny_navila"
INSTRUCTION = "Walk past the kitchen and wait by the door."
ANSWER_TOKENS = 12
SIZES = {
    "tiny": ({}, {}),
    "small": (
        {"hidden_size": 1024, "num_hidden_layers": 16, "num_attention_heads": 16, "num_key_value_heads": 4}
        | {"intermediate_size": 2816},
        {"hidden_size": 768, "num_hidden_layers": 12, "num_attention_heads": 12, "intermediate_size": 3072}
        | {"image_size": 384},
    ),
    "8b": (
        {"hidden_size": 4096, "num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": 8}
        | {"intermediate_size": 14336, "vocab_size": 128256},
        {"hidden_size": 1152, "num_hidden_layers": 27, "num_attention_heads": 16, "intermediate_size": 4304}
        | {"image_size": 384},
    ),
}


def config_of(size: str) -> CheckpointConfig:
    """Return the shape asked for, with the tiny checkpoint's tokenizer."""
    llm, vision = SIZES[size]
    with tempfile.TemporaryDirectory() as kept:
        folder = Path(kept)
        for part in ("", "llm", "vision_tower", "mm_projector"):
            (folder / part).mkdir(exist_ok=True)
            for path in (TINY / part).glob("*.json"):
                (folder / part / path.name).write_bytes(path.read_bytes())
        for part, changes in (("llm", llm), ("vision_tower", vision)):
            path = folder / part / "config.json"
            path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))
        side = read_side(folder)
        path = folder / "vision_tower" / "preprocessor_config.json"
        path.write_text(json.dumps({**json.loads(path.read_text()), "size": {"height": side, "width": side}}))
        return read_config(folder)


def read_side(folder: Path) -> int:
    """Return the tower's picture."""
    return int(json.loads((folder / "vision_tower" / "config.json").read_text())["image_size"])


def model_of(size: str, device: str, dtype: str, small: str = "", compiled: bool = False) -> NavilaModel:
    """Return a model of that shape with random weights, in fewer bits and compiled where that's asked for."""
    config = config_of(size)
    before = torch.get_default_dtype()
    torch.set_default_dtype(DTYPES[dtype])
    try:
        with torch.device("cpu" if small else device):
            network = VlaNetwork(config, int(config.llm["vocab_size"])).eval().requires_grad_(False)
    finally:
        torch.set_default_dtype(before)
    network = quantize(network, small, device) if small else network
    model = NavilaModel(config, network, PromptTokenizer(TINY / "llm" / "tokenizer.json"))
    if compiled:
        model.compile()
    return model


class Clock:
    """Adds up wall time by stage, waiting for the device."""

    def __init__(self, device: str) -> None:
        self.seconds: dict[str, list[float]] = {}
        self._device = device

    def now(self) -> float:
        """Return the time when all that was asked is done."""
        if self._device.startswith("cuda"):
            torch.cuda.synchronize()
        return time.perf_counter()

    def add(self, stage: str, seconds: float) -> None:
        """Count a stage."""
        self.seconds.setdefault(stage, []).append(seconds)


@torch.inference_mode()
def upstream(model: NavilaModel, frames: list[np.ndarray], clock: Clock) -> None:
    """Do one step as upstream does it, never compiled."""
    compiled, model.network.compiled = model.network.compiled, None
    begin = clock.now()
    picked = [None if i is None else frames[i] for i in navila_indices(len(frames), 8)]
    tokens = [(number, model.encode(frame)) for number, frame in enumerate(picked)]
    seen = clock.now()
    cache = DynamicCache()
    prompt = torch.cat([block.embeddings for block in model.blocks(INSTRUCTION, tokens)])[None]
    out = model.network.llm(inputs_embeds=prompt, use_cache=True, logits_to_keep=1, **{CACHE: cache})
    logits = out.logits[0, -1]
    filled = clock.now()
    ids = model.tokenizer.answer_ids("The next action is move forward 75 cm.")[:ANSWER_TOKENS]
    for token in ids:
        int(logits.argmax())
        embeddings = model.network.embed(torch.tensor([[token]], device=model.device))
        out = model.network.llm(inputs_embeds=embeddings, use_cache=True, **{CACHE: cache})
        logits = out.logits[0, -1]
    ended = clock.now()
    for stage, seconds in (("vision", seen - begin), ("prefill", filled - seen), ("decode", ended - filled)):
        clock.add(stage, seconds)
    clock.add("step", ended - begin)
    model.network.compiled = compiled


@torch.inference_mode()
def ours(model: NavilaModel, memory: FeatureMemory, prefill: Prefill, frame: np.ndarray, clock: Clock) -> int:
    """Do one step as the planner does it, and return the prompt's tokens."""
    begin = clock.now()
    memory.add(frame)
    seen = clock.now()
    answer = model.answer(INSTRUCTION, memory.sampled(), prefill)
    ended = clock.now()
    clock.add("vision", seen - begin)
    clock.add("prefill", answer.seconds["prefill"])
    clock.add("decode", answer.seconds["decode"])
    clock.add("step", ended - begin)
    return answer.tokens


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", choices=SIZES, default="tiny")
    parser.add_argument("--steps", type=int, default=12)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--dtype", choices=DTYPES, default="float32")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--quantize", choices=("int8", "int4"), default="", help="for both ways")
    parser.add_argument("--compile", action="store_true", help="for ours")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    model = model_of(args.size, args.device, args.dtype, args.quantize, args.compile)
    parameters = sum(p.numel() for p in model.network.parameters())
    random = np.random.default_rng(0)
    frames = [random.integers(0, 256, (240, 320, 3), np.uint8) for _ in range(args.steps + 1)]
    theirs, mine = Clock(args.device), Clock(args.device)
    memory, prefill, tokens = FeatureMemory(model.encode, 8), Prefill(model.network), 0
    ours(model, copy.copy(FeatureMemory(model.encode, 8)), Prefill(model.network), frames[0], Clock(args.device))
    for step in range(1, args.steps + 1):
        upstream(model, frames[:step], theirs)
        tokens = ours(model, memory, prefill, frames[step - 1], mine)
    late = slice(7, None) if args.steps > 8 else slice(0, None)
    print(f"{args.size}: {parameters / 1e6:.0f} M parameters, {args.dtype}, {args.device}, prompt of {tokens} tokens")
    print("| stage | upstream's way ms | ours ms | ratio |\n|---|---|---|---|")
    for stage in ("vision", "prefill", "decode", "step"):
        a, b = (1e3 * float(np.median(clock.seconds[stage][late])) for clock in (theirs, mine))
        print(f"| {stage} | {a:.1f} | {b:.1f} | {a / b:.1f} |")
    print(f"peak memory of the process {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.1f} GiB")


if __name__ == "__main__":
    main()
