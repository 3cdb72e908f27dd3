"""The network: transformers' SigLIP tower and Llama, and NaVILA's projector between them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from transformers import LlamaConfig, LlamaForCausalLM, SiglipVisionConfig, SiglipVisionModel

from navila_sdk.errors import CheckpointError
from navila_sdk.vla.compiled import CompiledPasses
from navila_sdk.vla.config import CheckpointConfig
from navila_sdk.vla.packed import ATTENTION
from navila_sdk.vla.weights import read_tensors

DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}
_UNUSED_VISION = ("post_layernorm", "head")


class Downsample(nn.Module):
    """Merges 2 x 2 patches into one token, an odd grid padded with zeros at the bottom and right.

    Tokens come out column by column, as upstream's block leaves its axes swapped (NaVILA
    llava/model/multimodal_projector/base_projector.py, DownSampleBlock).
    """

    def forward(self, features: Tensor) -> Tensor:
        """Return (B, ceil(g/2)**2, 4 C) for (B, g * g, C)."""
        batch, count, channels = features.shape
        side = int(count**0.5)
        grid = features.reshape(batch, side, side, channels)
        if side % 2:
            grid = nn.functional.pad(grid, (0, 0, 0, 1, 0, 1))
        half = (side + 1) // 2
        blocks = grid.reshape(batch, half, 2, half, 2, channels).permute(0, 3, 1, 2, 4, 5)
        return blocks.reshape(batch, half * half, 4 * channels)


class Projector(nn.Module):
    """``mlp_downsample``: the names of its layers are upstream's."""

    def __init__(self, channels: int, hidden: int) -> None:
        super().__init__()
        self.layers = nn.ModuleList(
            [
                Downsample(),
                nn.LayerNorm(4 * channels),
                nn.Linear(4 * channels, hidden),
                nn.GELU(),
                nn.Linear(hidden, hidden),
            ]
        )

    def forward(self, features: Tensor) -> Tensor:
        """Return tokens (B, T, hidden) of the tower's features (B, patches, channels)."""
        for layer in self.layers:
            features = layer(features)
        return features


class VlaNetwork(nn.Module):
    """Tower, projector and language model.

    Args:
        config: Their shapes.
        vocabulary: Rows of the embedding, as the checkpoint's tensor has them.

    Attributes:
        compiled: Compiled code for one robot's passes; None runs everything as it's written.
    """

    def __init__(self, config: CheckpointConfig, vocabulary: int) -> None:
        super().__init__()
        self.config = config
        self.compiled: CompiledPasses | None = None
        vision = SiglipVisionConfig(**{**_plain(config.vision), "vision_use_head": False})
        # The feature is the state after all but the last layers, so those are never built.
        vision.num_hidden_layers = int(config.vision["num_hidden_layers"]) + 1 + config.select_layer
        self.vision_tower = SiglipVisionModel(vision)
        self.vision_tower.post_layernorm = nn.Identity()
        hidden = int(config.llm["hidden_size"])
        self.mm_projector = Projector(int(config.vision["hidden_size"]), hidden)
        llm = LlamaConfig(**{**_plain(config.llm), "vocab_size": vocabulary}, attn_implementation=ATTENTION)
        self.llm = LlamaForCausalLM(llm)
        if config.llm.get("tie_word_embeddings"):
            # Built without initialisation, transformers leaves the head untied.
            self.llm.lm_head.weight = self.llm.model.embed_tokens.weight

    def features(self, pixels: Tensor) -> Tensor:
        """Return the tower's patches (B, grid * grid, C) of pictures (B, 3, side, side)."""
        return self.vision_tower(pixel_values=pixels).last_hidden_state

    def tokens_of(self, pixels: Tensor) -> Tensor:
        """Return (B, tokens_per_frame, hidden) of pictures (B, 3, side, side), never by compiled code."""
        return self.mm_projector(self.features(pixels))

    def frame_tokens(self, pixels: Tensor) -> Tensor:
        """Return (B, tokens_per_frame, hidden) of pictures (B, 3, side, side)."""
        if self.compiled is not None and pixels.shape[0] == 1:
            return self.compiled.tokens(pixels)
        return self.tokens_of(pixels)

    def logits(self, states: Tensor) -> Tensor:
        """Return (..., V) float32 of the language model's last states (..., hidden)."""
        return self.llm.lm_head(states).float()

    def embed(self, ids: Tensor) -> Tensor:
        """Return (..., hidden) of token ids (...)."""
        return self.llm.model.embed_tokens(ids)


def _plain(config: Any) -> dict[str, Any]:  # noqa: ANN401 - a mapping read from JSON
    """Return a part's config without what describes files rather than shape."""
    dropped = {
        "_name_or_path",
        "_attn_implementation",
        "architectures",
        "attn_implementation",
        "torch_dtype",
        "dtype",
        "transformers_version",
        "model_type",
    }
    return {key: value for key, value in config.items() if key not in dropped}


def load_network(
    config: CheckpointConfig,
    dtype: str = "float32",
    device: str = "cpu",
    progress: Callable[[str, int, int], None] = lambda *_: None,
) -> VlaNetwork:
    """Return a checkpoint's network, in evaluation mode.

    Args:
        config: The checkpoint.
        dtype: ``float32``, ``bfloat16`` or ``float16``.
        device: Where, as torch names it.
        progress: Told (part, tensors read, tensors there are).

    Raises:
        CheckpointError: A file is missing or damaged, tensors don't fit, or the device isn't there.
    """
    if dtype not in DTYPES:
        raise CheckpointError(f"the dtype {dtype!r:.40} isn't one of {', '.join(DTYPES)}")
    try:
        place = torch.empty(0, device=device).device
    except (RuntimeError, AssertionError) as error:
        reason = str(error).splitlines()[0]
        raise CheckpointError(f"the device {device!r} can't be used: {reason[:200]}") from None
    before = torch.get_default_dtype()
    torch.set_default_dtype(DTYPES[dtype])
    try:
        from transformers.initialization import no_init_weights

        with torch.device(place), no_init_weights():
            network = VlaNetwork(config, _vocabulary(config))
    finally:
        torch.set_default_dtype(before)
    parts: tuple[tuple[str, Any, Callable[[str], str | None]], ...] = (
        ("vision_tower", network.vision_tower, _vision_name),
        ("mm_projector", network.mm_projector, lambda name: name),
        ("llm", network.llm, lambda name: None if name.endswith("rotary_emb.inv_freq") else name),
    )
    for part, module, rename in parts:
        own = module.state_dict()
        tied = {"lm_head.weight"} if part == "llm" and config.llm.get("tie_word_embeddings") else set[str]()
        wanted = {name: tuple(value.shape) for name, value in own.items() if name not in tied}
        with torch.no_grad():
            for done, (name, tensor) in enumerate(read_tensors(config.folder / part, wanted, rename), 1):
                own[name].copy_(tensor)
                progress(part, done, len(wanted))
    return network.eval().requires_grad_(False)


def _vision_name(name: str) -> str | None:
    short = name.removeprefix("vision_model.")
    return None if short.split(".")[0] in _UNUSED_VISION else short


def _vocabulary(config: CheckpointConfig) -> int:
    """Return the rows of the embedding as its tensor has them: the config may be off by added tokens."""
    from navila_sdk.vla.weights import _open, tensor_files  # pyright: ignore[reportPrivateUsage]

    name = "model.embed_tokens.weight"
    files = tensor_files(config.folder / "llm")
    if name not in files:
        raise CheckpointError(f"{config.folder / 'llm'}: holds no {name}")
    return int(_open(files[name]).get_slice(name).get_shape()[0])
