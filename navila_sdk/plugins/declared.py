"""What a record declares about itself in source: its kind, its name and the plugin API it speaks."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from navila_sdk.plugins.info import NAVILA_PLUGIN_API
from navila_sdk.plugins.outline import Outline, callee

RECORD_CALLS = {"Embodiment": "embodiment", "WorldRecord": "world", "PlannerRecord": "planner"}
UNKNOWN_API = "?"


def declared_kind(node: ast.AST | None) -> str:
    """Return the kind of record a value is, where its source shows it; else empty."""
    return RECORD_CALLS.get(callee(_record_call(node)), "")


def declared_name(node: ast.AST | None) -> str:
    """Return the record's own name where it's written out; else empty."""
    call = _record_call(node)
    if call is None:
        return ""
    values = [keyword.value for keyword in call.keywords if keyword.arg == "name"] or call.args[:1]
    value = values[0] if values else None
    return value.value if isinstance(value, ast.Constant) and isinstance(value.value, str) else ""


def declared_api(node: ast.AST | None, outline: Outline) -> str:
    """Return the API version a value declares: what ``navila_api=`` says, else the record's default."""
    call = _record_call(node)
    for keyword in call.keywords if call else ():
        if keyword.arg == "navila_api":
            return literal_api(keyword.value, outline)
    return NAVILA_PLUGIN_API


def literal_api(value: ast.AST | None, outline: Outline) -> str:
    """Return the version an expression stands for, following one name; "?" where only running could tell."""
    if isinstance(value, ast.Name):
        if value.id == "NAVILA_PLUGIN_API":
            return NAVILA_PLUGIN_API
        value = outline.bindings.get(value.id)
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        return value.value
    return UNKNOWN_API


def _record_call(node: ast.AST | None) -> ast.Call | None:
    """Return the call that makes the record: the value itself, or what a factory function returns."""
    if isinstance(node, ast.Call):
        return node
    if not isinstance(node, ast.FunctionDef):
        return None
    assigned = dict(_assigned(node))
    for inner in ast.walk(node):
        if isinstance(inner, ast.Return):
            value = assigned.get(inner.value.id) if isinstance(inner.value, ast.Name) else inner.value
            if isinstance(value, ast.Call):
                return value
    return None


def _assigned(function: ast.FunctionDef) -> Iterator[tuple[str, ast.expr]]:
    for inner in ast.walk(function):
        if isinstance(inner, ast.Assign):
            yield from ((target.id, inner.value) for target in inner.targets if isinstance(target, ast.Name))
