"""What a module's source says without running it: what it binds, surely imports, and where it gives up."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

import attrs

_NESTING = (ast.If, ast.Try, ast.With, ast.For, ast.While, ast.TryStar, ast.Match)


@attrs.frozen(slots=True)
class Outline:
    """The top level of one module.

    Attributes:
        imports: Import statements that run for certain: outside try, if, with and functions.
        exits: The first top-level ``raise`` or ``sys.exit()`` that runs for certain.
        bindings: What each top-level name was last bound to; None where that's no plain value.
        open_ended: Whether names may exist that the source doesn't show (star import, ``__getattr__``).
    """

    imports: tuple[ast.Import | ast.ImportFrom, ...]
    exits: ast.stmt | None
    bindings: dict[str, ast.AST | None]
    open_ended: bool


def read_outline(source: bytes, filename: str) -> Outline:
    """Parse a module.

    Raises:
        SyntaxError: The source is no Python.
        ValueError: The source holds null bytes.
    """
    body = ast.parse(source, filename).body
    bindings = dict(_bindings(body))
    exits = next((stmt for stmt in body if _gives_up(stmt)), None)
    reached = body[: body.index(exits)] if exits else body
    return Outline(
        imports=tuple(stmt for stmt in reached if isinstance(stmt, (ast.Import, ast.ImportFrom))),
        exits=exits,
        bindings=bindings,
        open_ended="*" in bindings or "__getattr__" in bindings or "globals" in _called(body),
    )


def _gives_up(stmt: ast.stmt) -> bool:
    if isinstance(stmt, ast.Raise):
        return True
    if not (isinstance(stmt, ast.Expr) and isinstance(stmt.value, ast.Call)):
        return False
    return ast.unparse(stmt.value.func) in ("exit", "quit", "sys.exit", "os._exit")


def callee(node: ast.AST | None) -> str:
    """Return the last name of what a call calls; empty if it's no call."""
    if not isinstance(node, ast.Call):
        return ""
    return getattr(node.func, "attr", getattr(node.func, "id", ""))


def _called(body: Iterable[ast.stmt]) -> set[str]:
    """Return what top-level code calls; ``globals()[...] = ...`` binds names nobody can see."""
    simple = (ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Expr, ast.For)
    return {callee(node) for stmt in body if isinstance(stmt, simple) for node in ast.walk(stmt)}


def _bindings(body: Iterable[ast.stmt]) -> Iterator[tuple[str, ast.AST | None]]:
    for stmt in body:
        if isinstance(stmt, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield stmt.name, stmt
        elif isinstance(stmt, ast.Import):
            for alias in stmt.names:
                yield alias.asname or alias.name.split(".")[0], None
        elif isinstance(stmt, ast.ImportFrom):
            yield from _from_bindings(stmt)
        elif isinstance(stmt, ast.Assign):
            for target in stmt.targets:
                yield from ((name, stmt.value) for name in _names(target))
        elif isinstance(stmt, ast.AnnAssign) and stmt.value is not None:
            yield from ((name, stmt.value) for name in _names(stmt.target))
        elif isinstance(stmt, _NESTING):
            # Any name bound somewhere inside may be bound in the end; its value can't be known.
            yield from ((name, None) for name in _nested_names(stmt))
        elif isinstance(stmt, ast.Delete):
            continue


def _from_bindings(stmt: ast.ImportFrom) -> Iterator[tuple[str, ast.AST | None]]:
    for alias in stmt.names:
        yield alias.asname or alias.name, stmt
    if stmt.level and stmt.module:
        # Importing a submodule binds it on its package as well.
        yield stmt.module.split(".")[0], None


def _names(target: ast.AST) -> Iterator[str]:
    return (node.id for node in ast.walk(target) if isinstance(node, ast.Name))


def _nested_names(stmt: ast.stmt) -> Iterator[str]:
    for node in ast.walk(stmt):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield node.name
        elif isinstance(node, ast.alias):
            yield node.asname or node.name.split(".")[0]
