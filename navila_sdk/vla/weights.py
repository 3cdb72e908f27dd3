"""A checkpoint part's tensors: safetensors only, whole or in shards, every mismatch named."""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, cast

from navila_sdk.errors import CheckpointError, MissingDependencyError

SINGLE, INDEX = "model.safetensors", "model.safetensors.index.json"
_PICKLED = ("*.bin", "*.pt", "*.pth", "*.ckpt")
_SHOWN = 12
Rename = Callable[[str], str | None]


def tensor_files(part: Path) -> dict[str, Path]:
    """Return which file holds each tensor of a part.

    Raises:
        CheckpointError: There is no safetensors file, a shard is missing, or only pickled files are there.
        MissingDependencyError: The package safetensors isn't installed.
    """
    if (part / INDEX).is_file():
        return _sharded(part)
    if (part / SINGLE).is_file():
        return dict.fromkeys(_names(part / SINGLE), part / SINGLE)
    pickled = sorted(path.name for pattern in _PICKLED for path in part.glob(pattern))
    if pickled:
        raise CheckpointError(
            f"{part}: holds only pickled weights ({', '.join(pickled[:3])}), which can run code when they're read; "
            "convert them where you trust them: load with torch.load(..., weights_only=True) and write with "
            f"safetensors.torch.save_file(..., '{SINGLE}')"
        )
    raise CheckpointError(f"{part}: holds no {SINGLE} and no {INDEX}; is the download complete?")


def _sharded(part: Path) -> dict[str, Path]:
    try:
        found = json.loads((part / INDEX).read_text(encoding="utf-8"))["weight_map"]
        places = {str(name): part / str(file) for name, file in cast("dict[str, str]", found).items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise CheckpointError(f"{part / INDEX}: no weight_map can be read from it: {error!r:.200}") from None
    outside = [path.name for path in places.values() if path.parent != part]
    if outside:
        raise CheckpointError(f"{part / INDEX}: names a file outside its folder: {outside[0]!r}")
    missing = sorted({path.name for path in places.values() if not path.is_file()})
    if missing:
        raise CheckpointError(f"{part}: {len(missing)} shards are missing: {', '.join(missing[:5])}; download them")
    return places


def _open(path: Path) -> Any:  # noqa: ANN401 - safetensors publishes no types
    try:
        safetensors: Any = importlib.import_module("safetensors")
    except ImportError as error:
        raise MissingDependencyError(
            "reading a checkpoint needs the package safetensors; install: pip install 'navila-sdk[vla]'"
        ) from error
    try:
        return safetensors.safe_open(str(path), framework="pt")
    except Exception as error:  # noqa: BLE001 - the package raises a class of its own for every kind of damage
        raise CheckpointError(
            f"{path}: this is no whole safetensors file ({path.stat().st_size} bytes): {str(error)[:200]}; "
            "download it again"
        ) from None


def _names(path: Path) -> list[str]:
    return list(_open(path).keys())


def read_tensors(part: Path, wanted: Mapping[str, tuple[int, ...]], rename: Rename) -> Iterator[tuple[str, Any]]:
    """Yield (our name, tensor) for every wanted tensor of a part, after checking all names and shapes.

    Args:
        part: The part's folder.
        wanted: Shape of each tensor, by our name.
        rename: From the file's name to ours; None for what isn't needed.

    Raises:
        CheckpointError: Tensors are missing, have another shape or hold NaN; every problem is named.
    """
    places = tensor_files(part)
    ours = {name: path for found, path in places.items() if (name := rename(found)) is not None}
    theirs = {name: found for found in places if (name := rename(found)) is not None}
    problems = [f"missing: {name} {list(shape)}" for name, shape in wanted.items() if name not in ours]
    opened = {path: _open(path) for path in sorted(set(ours.values()))}
    for name, path in ours.items():
        if name not in wanted:
            continue
        try:
            shape = tuple(int(n) for n in opened[path].get_slice(theirs[name]).get_shape())
        except Exception:  # noqa: BLE001 - an index that promises what the shard doesn't hold
            problems.append(f"{path.name}: doesn't hold {theirs[name]}, which the index says it does")
            continue
        if shape != wanted[name]:
            problems.append(f"{path.name}: {theirs[name]} is {list(shape)}, expected {list(wanted[name])}")
    if problems:
        more = [f"... and {len(problems) - _SHOWN} more"] if len(problems) > _SHOWN else []
        listed = "\n".join(f"  {line}" for line in [*problems[:_SHOWN], *more])
        raise CheckpointError(f"{part}: the weights don't fit the config:\n{listed}")
    for name in wanted:
        tensor = opened[ours[name]].get_tensor(theirs[name])
        if not bool(tensor.isfinite().all()):
            raise CheckpointError(f"{ours[name]}: {theirs[name]} holds NaN or infinity; the file is damaged")
        yield name, tensor
