"""A new checkpoint from nothing: a shape, a tokenizer learned from a corpus, random weights; upstream's layout.

What comes out is loaded and fine-tuned like any other checkpoint.
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import torch

from navila_sdk.errors import DataError
from navila_sdk.training.vla.shape import Shape
from navila_sdk.vla.prompt import BEGIN, END, HEADER, HEADER_END, TURN_END

WEIGHTS = Path("llm", "model.safetensors")
WORDS = r" ?[A-Za-z]+| ?[0-9]| ?[^\sA-Za-z0-9]|\s"
"""How text falls into words: simple enough to be done the same without the tokenizer's package."""


def learn_tokenizer(corpus: Iterable[str], vocabulary: int) -> Any:  # noqa: ANN401 - a tokenizers.Tokenizer
    """Return a byte-level BPE tokenizer without capitals: knows the corpus's words, can read any."""
    tokenizers: Any = importlib.import_module("tokenizers")
    for part in ("models", "normalizers", "pre_tokenizers", "decoders", "trainers"):
        importlib.import_module(f"tokenizers.{part}")
    tokenizer = tokenizers.Tokenizer(tokenizers.models.BPE())
    # A space in front makes a word the same at the beginning as within.
    tokenizer.normalizer = tokenizers.normalizers.Sequence(
        [tokenizers.normalizers.Prepend(" "), tokenizers.normalizers.Lowercase()]
    )
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.Sequence(
        [
            tokenizers.pre_tokenizers.Split(tokenizers.Regex(WORDS), "isolated"),
            tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = tokenizers.decoders.ByteLevel()
    trainer = tokenizers.trainers.BpeTrainer(
        vocab_size=vocabulary,
        special_tokens=[BEGIN, END, TURN_END, HEADER, HEADER_END],
        initial_alphabet=tokenizers.pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(corpus, trainer)
    return tokenizer


def make_checkpoint(folder: Path, shape: Shape, corpus: Iterable[str], seed: int = 0) -> Path:
    """Write a checkpoint with random weights and return its folder.

    Args:
        folder: Where.
        shape: How large.
        corpus: Sentences its tokenizer is learned from.
        seed: Of the weights.
    """
    from navila_sdk.vla.config import read_config
    from navila_sdk.vla.model import NavilaModel
    from navila_sdk.vla.network import VlaNetwork
    from navila_sdk.vla.save import save_tensors
    from navila_sdk.vla.tokens import PromptTokenizer

    for part in ("", "llm", "vision_tower", "mm_projector"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    tokenizer = learn_tokenizer(corpus, shape.vocabulary)
    path = folder / "llm" / "tokenizer.json"
    tokenizer.save(str(path))
    path.write_text(path.read_text(encoding="utf-8").rstrip() + "\n", encoding="utf-8")
    size = int(tokenizer.get_vocab_size(with_added_tokens=True))
    for name, content in _configs(shape, size, tokenizer).items():
        (folder / name).write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    config = read_config(folder)
    torch.manual_seed(seed)
    network = VlaNetwork(config, size)
    save_tensors(NavilaModel(config, network, PromptTokenizer(folder / "llm" / "tokenizer.json", shape.prompt)), folder)
    return folder


def take_up(source: Path, folder: Path) -> Path:
    """Write a trained checkpoint where a fresh one would be, in single precision, and return its folder.

    Args:
        source: The checkpoint.
        folder: Where; what an earlier call wrote there is left.

    Raises:
        CheckpointError: The checkpoint can't be read.
        DataError: Another one lies there.
    """
    from navila_sdk.vla.model import NavilaModel
    from navila_sdk.vla.save import save_model

    model = NavilaModel.from_pretrained(source)
    if not (folder / WEIGHTS).is_file():
        save_model(model, folder)
        return folder
    there, here = (m.network.state_dict() for m in (NavilaModel.from_pretrained(folder), model))
    if there.keys() != here.keys() or any(not torch.equal(there[name], here[name]) for name in here):
        raise DataError(
            f"the training in {folder.parent} began with another checkpoint than {source}; choose another --out"
        )
    return folder


def _configs(shape: Shape, vocabulary: int, tokenizer: Any) -> dict[str, dict[str, Any]]:  # noqa: ANN401
    root: dict[str, Any] = {
        "model_type": "llava_llama",
        "architectures": ["LlavaLlamaModel"],
        "image_aspect_ratio": "resize",
        "mm_vision_select_layer": -2,
        "mm_vision_select_feature": "cls_patch",
        "num_video_frames": shape.frames,
        "model_dtype": "torch.float32",
        "hidden_size": shape.hidden,
        "mm_hidden_size": shape.vision_hidden,
    }
    if shape.prompt:
        root["prompt_template"] = shape.prompt
    return {
        "config.json": root,
        "llm/config.json": {
            "model_type": "llama",
            "architectures": ["LlamaForCausalLM"],
            "bos_token_id": tokenizer.token_to_id(BEGIN),
            "eos_token_id": tokenizer.token_to_id(END),
            "hidden_act": "silu",
            "hidden_size": shape.hidden,
            "intermediate_size": shape.feed,
            "num_hidden_layers": shape.layers,
            "num_attention_heads": shape.hidden // shape.head,
            "num_key_value_heads": shape.hidden // shape.head,
            "max_position_embeddings": shape.context,
            "rms_norm_eps": 1e-5,
            "rope_theta": 10000.0,
            "tie_word_embeddings": True,
            "torch_dtype": "float32",
            "vocab_size": vocabulary,
        },
        "vision_tower/config.json": {
            "model_type": "siglip_vision_model",
            "architectures": ["SiglipVisionModel"],
            "hidden_act": "gelu_pytorch_tanh",
            "hidden_size": shape.vision_hidden,
            "image_size": shape.side_px,
            "intermediate_size": shape.vision_feed,
            "layer_norm_eps": 1e-6,
            "num_attention_heads": shape.vision_hidden // shape.head,
            "num_channels": 3,
            # The last layer is never built: the feature is the state before it.
            "num_hidden_layers": shape.vision_layers + 1,
            "patch_size": shape.patch_px,
            "torch_dtype": "float32",
        },
        "vision_tower/preprocessor_config.json": {
            "image_processor_type": "SiglipImageProcessor",
            "do_normalize": True,
            "do_rescale": True,
            "do_resize": True,
            "image_mean": [0.5, 0.5, 0.5],
            "image_std": [0.5, 0.5, 0.5],
            "resample": 3,
            "rescale_factor": 1 / 255,
            "size": {"height": shape.side_px, "width": shape.side_px},
        },
        "mm_projector/config.json": {
            "model_type": "v2l_projector",
            "architectures": ["MultimodalProjector"],
            "mm_projector_type": "mlp_downsample",
            "torch_dtype": "float32",
        },
    }
