"""A checkpoint as two ONNX files that onnxruntime runs without torch: pictures to tokens, tokens to logits.

The language model takes the whole prompt and the whole token trie of legal answers in one pass, with the mask that
makes the trie a tree; a small model needs no cache.
"""

from __future__ import annotations

import importlib
import json
import shutil
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from navila_sdk.errors import MissingDependencyError
from navila_sdk.vla.model import NavilaModel
from navila_sdk.vla.network import VlaNetwork

VISION, LANGUAGE, CARD = "vision.onnx", "language.onnx", "nano.json"
_OPSET = 18


class _Vision(nn.Module):
    """The tower and the projector, written out."""

    def __init__(self, network: VlaNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, pixels: Tensor) -> Tensor:
        return self.network.frame_tokens(pixels)


class _Language(nn.Module):
    """The language model over an index into its embeddings followed by the frames' tokens."""

    def __init__(self, network: VlaNetwork) -> None:
        super().__init__()
        self.model = network.llm.model
        self.head = network.llm.lm_head

    def forward(self, index: Tensor, frames: Tensor, positions: Tensor, bias: Tensor, asked: Tensor) -> Tensor:
        """Return logits (A, V).

        Args:
            index: (T,) rows of the embedding followed by those of ``frames``.
            frames: (F, hidden).
            positions: (T,).
            bias: (T, T) added to attention: 0 where a row may look, far below 0 elsewhere.
            asked: (A,) places whose logits are wanted.
        """
        config: Any = self.model.config
        heads, width = int(config.num_attention_heads), int(config.hidden_size) // int(config.num_attention_heads)
        groups = heads // int(config.num_key_value_heads)
        hidden = torch.cat([self.model.embed_tokens.weight, frames])[index]
        angle = positions[:, None].to(hidden.dtype) * self.model.rotary_emb.inv_freq[None, :]
        cos, sin = torch.cat([angle, angle], -1).cos(), torch.cat([angle, angle], -1).sin()

        def turned(x: Tensor) -> Tensor:
            half = width // 2
            return x * cos + torch.cat([-x[..., half:], x[..., :half]], -1) * sin

        for layer in self.model.layers:
            attention: Any = layer.self_attn
            x = layer.input_layernorm(hidden)
            q = turned(attention.q_proj(x).unflatten(-1, (heads, width)).transpose(0, 1))
            k = turned(attention.k_proj(x).unflatten(-1, (heads // groups, width)).transpose(0, 1))
            v = attention.v_proj(x).unflatten(-1, (heads // groups, width)).transpose(0, 1)
            if groups > 1:
                k, v = k.repeat_interleave(groups, 0), v.repeat_interleave(groups, 0)
            weights = torch.softmax(q @ k.transpose(-1, -2) / width**0.5 + bias, -1)
            hidden = hidden + attention.o_proj((weights @ v).transpose(0, 1).flatten(1))
            hidden = hidden + layer.mlp(layer.post_attention_layernorm(hidden))
        return self.head(self.model.norm(hidden[asked]))


def export_onnx(model: NavilaModel, folder: Path) -> Path:
    """Write a model's ONNX files, its tokenizer and its card, and return the folder.

    Args:
        model: In float32 on the processor.
        folder: Where.

    Raises:
        MissingDependencyError: onnx or onnxscript isn't installed.
    """
    for package in ("onnx", "onnxscript"):
        try:
            importlib.import_module(package)
        except ImportError:
            raise MissingDependencyError(
                f"writing ONNX files needs the package {package}; install it: pip install {package}"
            ) from None
    folder.mkdir(parents=True, exist_ok=True)
    network, config = model.network.eval(), model.config
    side, hidden = config.side_px, int(config.llm["hidden_size"])
    network.vision_tower.config._attn_implementation = "eager"  # pyright: ignore[reportPrivateUsage]
    dim = torch.export.Dim
    count, length, tokens, asked = dim("count", min=2), dim("length", min=2), dim("tokens", min=2), dim("asked", min=2)
    with torch.no_grad():
        _export(
            _Vision(network), (torch.zeros(2, 3, side, side),), ({0: count},), folder / VISION, ["pixels"], "tokens"
        )
        example = (
            torch.arange(7),
            torch.zeros(18, hidden),
            torch.arange(7),
            torch.zeros(7, 7),
            torch.arange(3),
        )
        shapes = ({0: length}, {0: tokens}, {0: length}, {0: length, 1: length}, {0: asked})
        names = ["index", "frames", "positions", "bias", "asked"]
        _export(_Language(network), example, shapes, folder / LANGUAGE, names, "logits")
    shutil.copyfile(config.folder / "llm" / "tokenizer.json", folder / "tokenizer.json")
    card = {
        "format": 1,
        "frames": config.num_frames,
        "tokens_per_frame": config.tokens_per_frame,
        "side_px": side,
        "mean": list(config.mean),
        "deviation": list(config.deviation),
        "prompt": config.prompt,
        "hidden": hidden,
        "vocabulary": int(network.llm.config.vocab_size),
        "context": config.context,
        "sentences": list(model.trie.sentences),
    }
    (folder / CARD).write_text(json.dumps(card, indent=2) + "\n", encoding="utf-8")
    return folder


def _export(
    module: nn.Module, example: tuple[Tensor, ...], shapes: tuple[Any, ...], path: Path, names: list[str], out: str
) -> None:
    with warnings.catch_warnings():
        # What the exporter's own parts say to each other; whether the file is right is measured, see ``difference``.
        warnings.simplefilter("ignore")
        program: Any = torch.onnx.export(
            module.eval(),
            example,
            input_names=names,
            output_names=[out],
            dynamic_shapes=shapes,
            opset_version=_OPSET,
            verbose=False,
        )
    program.save(str(path), external_data=False)


def difference(model: NavilaModel, folder: Path, seed: int = 0) -> float:
    """Return the largest difference between a model's logits and those of its ONNX files, on random input."""
    import onnxruntime

    random = np.random.default_rng(seed)
    config = model.config
    frames = [random.integers(0, 256, (48, 64, 3), np.uint8) for _ in range(config.num_frames)]
    wanted = model.logits(frames, "Go to the red box.")
    vision = onnxruntime.InferenceSession(str(folder / VISION), providers=["CPUExecutionProvider"])
    language = onnxruntime.InferenceSession(str(folder / LANGUAGE), providers=["CPUExecutionProvider"])
    pixels = np.stack([model.pixels(frame).numpy() for frame in frames])
    tokens = vision.run(None, {"pixels": pixels})[0].reshape(-1, int(config.llm["hidden_size"]))
    index: list[int] = []
    vocabulary, each, seen = int(model.network.llm.config.vocab_size), config.tokens_per_frame, 0
    for token in model.tokenizer.prompt_ids("Go to the red box.", config.num_frames):
        if token >= 0:
            index.append(token)
        else:
            index += range(vocabulary + seen * each, vocabulary + (seen + 1) * each)
            seen += 1
    length = len(index)
    bias = np.where(np.tri(length, dtype=bool), 0.0, -1e9).astype(np.float32)
    every = np.arange(length)
    given = {"index": np.array(index), "frames": tokens, "positions": every, "bias": bias, "asked": every}
    return float(np.abs(language.run(None, given)[0] - wanted).max())
