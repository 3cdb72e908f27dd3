"""What habitat-sim's own source calls things, by version: the list in data/, and questions to it."""

from __future__ import annotations

import ast
import functools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import navila_habitat

PACKAGE = Path(navila_habitat.__file__).parent
SPOKEN = ("0.3.0", "0.3.1", "0.3.2", "0.3.3", "0.3.4")
_ALSO = {
    "CameraSensorSpec": ("VisualSensorSpec", "SensorSpec"),
    "SensorSpec": ("CameraSensorSpec", "VisualSensorSpec"),
}
_ALIASES = {"Category": "SemanticCategory"}
"""Types of ours whose name isn't habitat-sim's."""


@functools.cache
def facts() -> dict[str, Any]:
    path = Path(__file__).parent / "data" / "habitat_sim_names.json"
    return json.loads(path.read_text(encoding="utf-8"))


def _covers(span: str | list[str], version: str) -> bool:
    return span == "all" or (span == "0.3" and version.startswith("0.3")) or version in span


def has(group: str, name: str, version: str) -> bool:
    """Whether ``habitat_sim`` (group module), ``habitat_sim.physics`` or the move functions know a name."""
    span = facts()[group].get(name)
    return span is not None and _covers(span, version)


def arguments(owner: str, member: str, version: str) -> list[str] | bool | None:
    """A method's arguments; None for an attribute; False where there is no such member."""
    for name in (owner, *_ALSO.get(owner, ())):
        for span, found in facts()["classes"].get(name, {}).get(member, ()):
            if _covers(span, version):
                return found
    return False


def module(name: str) -> ast.Module:
    return ast.parse((PACKAGE / name).read_text(encoding="utf-8"))


def used_types() -> Iterator[tuple[str, str, list[str] | None]]:
    """Every member the plugin's types say habitat-sim has: owner, member, arguments (None for an attribute)."""
    for node in module("api.py").body:
        if not isinstance(node, ast.ClassDef):
            continue
        owner = _ALIASES.get(node.name, node.name)
        for part in node.body:
            if isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name):
                yield owner, part.target.id, None
            elif isinstance(part, ast.FunctionDef):
                yield owner, part.name, [argument.arg for argument in part.args.args if argument.arg != "self"]


def module_types(owner: str) -> Iterator[tuple[str, list[str] | None]]:
    """What one of the module types in ``module.py`` says it has."""
    for node in module("module.py").body:
        if isinstance(node, ast.ClassDef) and node.name == owner:
            for part in node.body:
                if isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name):
                    yield part.target.id, None
                elif isinstance(part, ast.FunctionDef):
                    yield part.name, [argument.arg for argument in part.args.args if argument.arg != "self"]


def known_anywhere(version: str = "0.3.4") -> set[str]:
    """Every name and argument of habitat-sim's and magnum's on the list."""
    names = {name for group in ("module", "physics", "moves") for name in facts()[group] if has(group, name, version)}
    for owner, members in facts()["classes"].items():
        for member in members:
            found = arguments(owner, member, version)
            if found is not False:
                names |= {member, *(found or ())}
    for name, parts in facts()["magnum"].items():
        names |= {name, *parts}
    return names
