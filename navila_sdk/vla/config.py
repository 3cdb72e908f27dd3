"""A checkpoint's shape, read strictly from upstream's config files; never evaluated, never passed on unread."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import attrs

from navila_sdk.errors import CheckpointError

PARTS = ("llm", "vision_tower", "mm_projector")
DTYPES = ("float32", "bfloat16", "float16")
_TEXT_MAX = 4 * 1024 * 1024


@attrs.frozen(slots=True, kw_only=True)
class CheckpointConfig:
    """What is needed to build the network.

    Attributes:
        folder: The checkpoint.
        llm: ``llm/config.json``.
        vision: ``vision_tower/config.json``.
        num_frames: Frames the model sees.
        select_layer: Which of the tower's hidden states is the feature, from the end.
        side_px: The tower's picture.
        mean: Of each channel.
        deviation: Of each channel.
        context: Longest sequence.
        dtype: What it was saved in.
        prompt: Its own prompt with ``{frames}`` and ``{instruction}``; empty is NaVILA's.
    """

    folder: Path
    llm: Mapping[str, Any]
    vision: Mapping[str, Any]
    num_frames: int
    select_layer: int
    side_px: int
    mean: tuple[float, float, float]
    deviation: tuple[float, float, float]
    context: int
    dtype: str
    prompt: str = ""

    @property
    def grid(self) -> int:
        """Patches along a side of the picture."""
        return self.side_px // int(self.vision["patch_size"])

    @property
    def tokens_per_frame(self) -> int:
        """Tokens a frame becomes: 2 x 2 patches each, an odd grid rounded up."""
        return ((self.grid + 1) // 2) ** 2


def _json(path: Path) -> dict[str, Any]:
    if not path.is_file():
        raise CheckpointError(
            f"{path}: no such file; a checkpoint is a folder with config.json, {'/, '.join(PARTS)}/ in it"
        )
    if path.stat().st_size > _TEXT_MAX:
        raise CheckpointError(f"{path}: over {_TEXT_MAX // 2**20} MiB is no config")
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise CheckpointError(f"{path}: isn't JSON: {error}") from None
    if not isinstance(data, dict):
        raise CheckpointError(f"{path}: expected a JSON object; got {type(data).__name__}")
    return cast("dict[str, Any]", data)


def _whole(data: Mapping[str, Any], key: str, path: Path, low: int = 1, high: int = 10**7) -> int:
    value = data.get(key)
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise CheckpointError(f"{path}: {key} must be a whole number from {low} to {high}; got {value!r}")
    return value


def _triple(data: Mapping[str, Any], key: str, path: Path) -> tuple[float, float, float]:
    value = data.get(key, [0.5, 0.5, 0.5])
    if not isinstance(value, list) or len(value) != 3 or not all(isinstance(v, (int, float)) for v in value):  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
        raise CheckpointError(f"{path}: {key} must be three numbers; got {value!r}")
    red, green, blue = (float(v) for v in cast("list[float]", value))
    return red, green, blue


def _prompt(value: object, path: Path) -> str:
    if value is None:
        return ""
    if not isinstance(value, str) or any(value.count(part) != 1 for part in ("{frames}", "{instruction}")):
        raise CheckpointError(
            f"{path}: prompt_template must hold {{frames}} and {{instruction}} once; got {value!r:.80}"
        )
    return value


def dtype_name(text: object, path: Path) -> str:
    """Return one of ``DTYPES`` for what a config says ("torch.bfloat16", "bfloat16"); float32 where it says nothing.

    Raises:
        CheckpointError: Something else.
    """
    name = str(text).removeprefix("torch.") if text else "float32"
    if name not in DTYPES:
        raise CheckpointError(f"{path}: the dtype {text!r:.60} isn't one of {', '.join(DTYPES)}")
    return name


def read_config(folder: Path) -> CheckpointConfig:
    """Return a checkpoint's config.

    Raises:
        CheckpointError: No such folder, or a file in it is missing, damaged, or says something this isn't made for.
    """
    if not folder.is_dir():
        raise CheckpointError(f"{folder}: no such checkpoint folder")
    root_path = folder / "config.json"
    root = _json(root_path)
    llm_path, tower_path = folder / "llm" / "config.json", folder / "vision_tower" / "config.json"
    llm, vision = _json(llm_path), _json(tower_path)
    projector_path = folder / "mm_projector" / "config.json"
    projector = _json(projector_path)
    expected = (
        (llm_path, llm, "model_type", "llama"),
        (tower_path, vision, "model_type", "siglip_vision_model"),
        (projector_path, projector, "mm_projector_type", "mlp_downsample"),
    )
    for path, data, key, value in expected:
        if data.get(key) != value:
            raise CheckpointError(f"{path}: {key} must be {value!r}; got {data.get(key)!r}")
    if root.get("image_aspect_ratio", "resize") != "resize":
        raise CheckpointError(f"{root_path}: image_aspect_ratio must be 'resize'; got {root['image_aspect_ratio']!r}")
    for key in ("hidden_size", "num_hidden_layers", "num_attention_heads", "intermediate_size", "vocab_size"):
        _whole(llm, key, llm_path)
    for key in ("hidden_size", "num_hidden_layers", "num_attention_heads", "intermediate_size", "patch_size"):
        _whole(vision, key, tower_path)
    preprocessor_path = tower_path.with_name("preprocessor_config.json")
    preprocessor = _json(preprocessor_path)
    side = _whole(vision, "image_size", tower_path, 1, 4096)
    size = preprocessor.get("size")
    if size != {"height": side, "width": side}:
        raise CheckpointError(f"{preprocessor_path}: size must be {side} x {side}, the tower's; got {size!r}")
    layer = _whole(root, "mm_vision_select_layer", root_path, -(vision["num_hidden_layers"] + 1), -1)
    limits = [llm.get("tokenizer_model_max_length"), llm.get("max_position_embeddings")]
    context = min([value for value in limits if isinstance(value, int) and value > 0] or [4096])
    return CheckpointConfig(
        folder=folder,
        llm=llm,
        vision=vision,
        num_frames=_whole(root, "num_video_frames", root_path, 1, 256),
        select_layer=layer,
        side_px=side,
        mean=_triple(preprocessor, "image_mean", preprocessor_path),
        deviation=_triple(preprocessor, "image_std", preprocessor_path),
        context=context,
        dtype=dtype_name(root.get("model_dtype") or llm.get("torch_dtype"), root_path),
        prompt=_prompt(root.get("prompt_template"), root_path),
    )
