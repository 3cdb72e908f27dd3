"""A user's MJCF with everything it refers to, read without a simulator and copied as it lies."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import attrs

from navila_sdk.errors import ConfigError
from navila_sdk.locomotion.model_file import joint_names

_FOLDERS = {"mesh": "meshdir", "skin": "meshdir", "hfield": "meshdir", "texture": "texturedir"}


@attrs.frozen(slots=True)
class Model:
    """A robot's MJCF.

    Attributes:
        path: The file.
        parts: It and everything it refers to, relative to its folder.
        joints: Names of its joints.
        base_height_m: Height of its free body's origin; None where it says none.
    """

    path: Path
    parts: tuple[PurePosixPath, ...]
    joints: tuple[str, ...]
    base_height_m: float | None


def read_model(path: Path) -> Model:
    """Read a robot's MJCF.

    Raises:
        ConfigError: The file, or one it refers to, is missing, no MJCF, or lies elsewhere; or no free body has joints.
    """
    parts, trees = [PurePosixPath(path.name)], [_tree(path)]
    for tree in trees:
        for part in _references(tree):
            if part in parts:
                continue
            if part.is_absolute() or ".." in part.parts:
                raise ConfigError(f"{path}: it refers to {str(part)!r}; files must lie beside the model or below it")
            if not (path.parent / part).is_file():
                raise ConfigError(f"{path}: it refers to {str(part)!r}, which isn't there")
            parts.append(part)
            if part.suffix == ".xml":
                trees.append(_tree(path.parent / part))
    if not any(tree.find("worldbody") is not None for tree in trees):
        raise ConfigError(f"{path}: this file has no <worldbody>, so it's no MJCF; export the robot as MJCF")
    joints = tuple(name for part in parts if part.suffix == ".xml" for name in joint_names(path.parent / part))
    base = next((body for tree in trees for body in tree.iter("body") if _is_free(body)), None)
    if base is None or not joints:
        lacking = "no body with a free joint" if base is None else "no named joint"
        raise ConfigError(f"{path}: this model has {lacking}, so nothing of it could drive or walk")
    numbers = base.get("pos", "").split()
    return Model(path, tuple(parts), joints, float(numbers[2]) if len(numbers) == 3 else None)


def _tree(path: Path) -> ElementTree.Element:
    try:
        return ElementTree.parse(path).getroot()
    except (OSError, ElementTree.ParseError) as error:
        raise ConfigError(f"{path}: this robot model can't be read: {error}") from None


def _is_free(body: ElementTree.Element) -> bool:
    return body.find("freejoint") is not None or any(joint.get("type") == "free" for joint in body.findall("joint"))


def _references(root: ElementTree.Element) -> Iterator[PurePosixPath]:
    compiler = root.find("compiler")
    settings = compiler.attrib if compiler is not None else {}
    for tag in (*_FOLDERS, "include"):
        for node in root.iter(tag):
            if file := node.get("file"):
                folder = settings.get(_FOLDERS.get(tag, ""), settings.get("assetdir", "")) if tag != "include" else ""
                yield PurePosixPath(folder) / file
