"""A model as a checkpoint in upstream's layout, readable by upstream's code and by ours."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path

from safetensors import safe_open

from navila_sdk.errors import OutputError
from navila_sdk.vla.config import PARTS
from navila_sdk.vla.model import NavilaModel
from navila_sdk.vla.tensor_file import write_tensors
from navila_sdk.vla.weights import SINGLE, tensor_files

_PREFIX = "vision_model."


def save_model(model: NavilaModel, folder: Path) -> Path:
    """Write a checkpoint and return its folder; tensors of the tower that are never used are copied from the source.

    Raises:
        OutputError: The folder can't be written.
    """
    source = model.config.folder
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for part in ("", *PARTS):
            (folder / part).mkdir(exist_ok=True)
            for path in (source / part).glob("*.json"):
                if not path.name.endswith(".index.json"):
                    _copied(path, folder / part / path.name)
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        config["model_dtype"] = str(model.dtype)
        (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
        save_tensors(model, folder)
    except OSError as error:
        raise OutputError(f"the checkpoint can't be written to {folder}: {error}") from None
    return folder


def save_tensors(model: NavilaModel, folder: Path) -> None:
    """Write a checkpoint's weights beside its configs, the unused ones of the source's tower too."""
    network = model.network
    tower = {f"{_PREFIX}{name}": value for name, value in network.vision_tower.state_dict().items()}
    for name, path in unused_tensors(model.config.folder, tower).items():
        with safe_open(str(path), framework="pt") as held:
            tower[name] = held.get_tensor(name).to(model.dtype)
    llm = network.llm.state_dict()
    if model.config.llm.get("tie_word_embeddings"):
        llm.pop("lm_head.weight", None)
    for part, tensors in (
        ("vision_tower", tower),
        ("mm_projector", network.mm_projector.state_dict()),
        ("llm", llm),
    ):
        write_tensors(folder / part / SINGLE, tensors, {"format": "pt"})


def unused_tensors(source: Path, used: Mapping[str, object]) -> dict[str, Path]:
    """Return the tower's tensors that are never built, and the files they lie in; none of a checkpoint being made."""
    if not any((source / "vision_tower").glob("*.safetensors*")):
        return {}
    return {name: path for name, path in tensor_files(source / "vision_tower").items() if name not in used}


def _copied(source: Path, target: Path) -> None:
    if source.resolve() != target.resolve():
        shutil.copyfile(source, target)
