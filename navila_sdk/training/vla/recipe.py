"""A small VLA's training as a value: its shape, and the stages it learns in. A TOML file beside its planner."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

import attrs

from navila_sdk.errors import ConfigError
from navila_sdk.strict import strict_converter, structure_problems, within
from navila_sdk.training.vla.lesson_plan import Plan
from navila_sdk.training.vla.shape import Shape

FILE = "training.toml"


@attrs.frozen(slots=True, kw_only=True)
class Stage:
    """One stretch of learning.

    Attributes:
        name: Its folder.
        task: ``see`` trains the tower on pictures (``train data --pictures``); ``talk`` the whole model on walks.
        data: Folders of shards, and how much likelier their frames are drawn than others'.
        steps: Updates.
        batch: Samples of each.
        rate: Highest learning rate.
        weight_decay: AdamW's.
        plan: What batches hold.
        blend: How far from the weights it began with to those it ended with it goes in the end; below 1, what lies
            there is written to the folder ``NAME-blend``.
    """

    name: str
    data: Mapping[str, float]
    task: Literal["see", "talk"] = "talk"
    steps: int = attrs.field(validator=within(1, 10_000_000))
    batch: int = attrs.field(default=64, validator=within(1, 4096))
    rate: float = attrs.field(default=1e-3, validator=within(1e-9, 1.0))
    weight_decay: float = attrs.field(default=0.05, validator=within(0.0, 1.0))
    plan: Plan = attrs.field(factory=Plan)
    blend: float = attrs.field(default=1.0, validator=within(0.0, 1.0))


@attrs.frozen(slots=True, kw_only=True)
class VlaRecipe:
    """How a small VLA comes about.

    Attributes:
        shape: How large it is.
        stages: What it learns, in order; each begins with what the one before it left.
        storage: How the last stage's weights are stored; with float16 a folder ``shipped`` is written, see ``ship``.
    """

    stages: tuple[Stage, ...]
    shape: Shape = attrs.field(factory=Shape)
    storage: Literal["float32", "float16"] = "float32"


def read_recipe(path: Path) -> VlaRecipe:
    """Return the recipe in a file.

    Raises:
        ConfigError: It's missing, no TOML, or doesn't fit; lists every problem.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigError(f"the recipe {path} can't be read: {error}") from None
    try:
        return strict_converter().structure(data, VlaRecipe)
    except Exception as error:  # noqa: BLE001 - cattrs groups whatever its hooks raise; all of it is the file's fault
        problems = tuple(structure_problems(error, whole="the recipe"))
    raise ConfigError(f"the recipe {path} doesn't fit", problems)


def preset_path(target: str, name: str) -> Path:
    """Return the recipe that comes with a planner.

    Args:
        target: Where the planner's record is (``module:attribute``).
        name: The planner's name.

    Raises:
        ConfigError: It has none.
    """
    module = target.partition(":")[0].split(".")[0]
    found = find_spec(module)
    path = Path(found.origin).with_name(FILE) if found and found.origin else None
    if path is None or not path.is_file():
        raise ConfigError(f"the planner {name!r} has no recipe ({FILE} in its package); give one: --recipe FILE")
    return path
