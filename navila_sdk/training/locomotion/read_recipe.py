"""A robot's training recipe, and the stages that a kind of policy is trained in, read strictly."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar, cast

import attrs

from navila_sdk.embodiment import Embodiment
from navila_sdk.errors import CapabilityError, ConfigError
from navila_sdk.locomotion.choose import packaged_file
from navila_sdk.strict import strict_converter, structure_problems, within
from navila_sdk.training.locomotion.recipe import Kind, Recipe, Stage

_T = TypeVar("_T")

FIRST = "first"
"""Name of the stage that the recipe itself is."""


def recipe_of(embodiment: Embodiment) -> Recipe:
    """Return the recipe an embodiment's record names.

    Raises:
        CapabilityError: It names none.
        ConfigError: The file doesn't fit; every problem is listed.
    """
    return recipe_in(recipe_file(embodiment))


def recipe_file(embodiment: Embodiment) -> Path:
    """Return where the recipe lies that an embodiment's record names.

    Raises:
        CapabilityError: It names none.
        ConfigError: There is no such file.
    """
    if embodiment.recipe is None:
        raise CapabilityError(f"{embodiment.name} has no training recipe; docs/locomotion.md says how to write one")
    return packaged_file(embodiment.recipe)


def recipe_in(path: Path) -> Recipe:
    """Return the recipe in a file: what its first stage goes by.

    Raises:
        ConfigError: The file can't be read or doesn't fit, later stages included; every problem is listed.
    """
    return _read(path)[0]


def stages_in(path: Path, kind: Kind) -> tuple[Stage, ...]:
    """Return the stages of a kind of policy, the recipe itself first.

    Raises:
        ConfigError: The file can't be read or doesn't fit, or says nothing of that kind; every problem is listed.
    """
    recipe, later = _read(path)
    if kind not in recipe.learning.steps:
        kinds = ", ".join(recipe.learning.steps)
        raise ConfigError(f"{path}: this recipe's learning.steps knows no {kind!r}; it has: {kinds}")
    return (Stage(name=FIRST, steps=recipe.learning.steps[kind], recipe=recipe), *later.get(kind, ()))


def _name(_: object, field: attrs.Attribute[str], value: str) -> None:
    if value == FIRST or not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,39}", value):
        raise ValueError(f"{field.name}: a folder's name, small letters, and not {FIRST!r}; got {value!r:.60}")


@attrs.frozen(slots=True, kw_only=True)
class _Head:
    """What a stage says beside what it says in the recipe's place."""

    name: str = attrs.field(validator=_name)
    steps: int = attrs.field(validator=within(1, 10**12))
    blend: float = attrs.field(default=1.0, validator=within(1e-3, 1.0))


_Rows = Mapping[Kind, tuple[dict[str, Any], ...]]


def _read(path: Path) -> tuple[Recipe, Mapping[Kind, tuple[Stage, ...]]]:
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: this recipe can't be read: {error}") from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: this recipe isn't TOML: {error}") from None
    said = table.pop("stages", {})
    recipe = _structured(table, Recipe, path, "")
    made: dict[Kind, tuple[Stage, ...]] = {}
    for kind, rows in _structured(said, _Rows, path, "stages").items():
        stages = tuple(_stage(row, table, path, f"stages.{kind}[{i}]") for i, row in enumerate(rows))
        if twice := {stage.name for stage in stages if sum(stage.name == other.name for other in stages) > 1}:
            raise ConfigError(f"{path}: stages.{kind}: each stage needs a name of its own; twice: {min(twice)}")
        made[kind] = stages
    return recipe, made


def _stage(row: Mapping[str, Any], table: Mapping[str, Any], path: Path, where: str) -> Stage:
    heads = {field.name for field in attrs.fields(_Head)}
    head = _structured({key: row[key] for key in heads & row.keys()}, _Head, path, where)
    differs = {key: value for key, value in row.items() if key not in heads}
    recipe = _structured(_over(table, differs), Recipe, path, where)
    return Stage(name=head.name, steps=head.steps, recipe=recipe, blend=head.blend)


def _over(table: Mapping[str, Any], differs: Mapping[str, Any]) -> dict[str, Any]:
    """Return a table with what differs in its place, tables within tables entry by entry."""
    merged = dict(table)
    for key, value in differs.items():
        below = merged.get(key)
        both = isinstance(below, dict) and isinstance(value, dict)
        merged[key] = _over(cast("dict[str, Any]", below), cast("dict[str, Any]", value)) if both else value
    return merged


def _structured(value: object, kind: type[_T], path: Path, where: str) -> _T:
    try:
        return strict_converter().structure(value, kind)
    except Exception as error:  # noqa: BLE001 - the converter groups errors of every class
        problems: Iterable[str] = structure_problems(error, where, whole="the recipe")
        raise ConfigError(f"{path}: this recipe doesn't fit:", list(problems)) from None
