"""Every import of a file, and whether it runs when the module is imported, when it's called, or never."""

from __future__ import annotations

import ast
import enum
from collections.abc import Iterator

import attrs

from tests.house.source import Source


class When(enum.Enum):
    """When an import statement runs."""

    LOADING = "at module top"
    CALLED = "inside a function"
    TYPING = "under TYPE_CHECKING"


@attrs.frozen
class Import:
    """One imported module, absolute; ``names`` are what ``from`` takes out of it."""

    module: str
    names: tuple[str, ...]
    line: int
    when: When


def imports(source: Source) -> Iterator[Import]:
    """Every import in the file."""
    yield from _walk(source, source.tree.body, When.LOADING)


def _walk(source: Source, nodes: list[ast.stmt], when: When) -> Iterator[Import]:
    for node in nodes:
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(alias.name, (), node.lineno, when)
        elif isinstance(node, ast.ImportFrom):
            names = tuple(alias.name for alias in node.names)
            yield Import(_absolute(source, node), names, node.lineno, when)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from _walk(source, node.body, When.CALLED if when is When.LOADING else when)
        elif isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            yield from _walk(source, node.body, When.TYPING)
            yield from _walk(source, node.orelse, when)
        else:
            for child in _bodies(node):
                yield from _walk(source, child, when)


def _bodies(node: ast.stmt) -> Iterator[list[ast.stmt]]:
    """The blocks of a compound statement."""
    for name in ("body", "orelse", "finalbody"):
        if block := getattr(node, name, None):
            yield block
    for holder in (*getattr(node, "handlers", ()), *getattr(node, "cases", ())):
        yield holder.body


def _absolute(source: Source, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    package = source.module.split(".")
    if source.path.name != "__init__.py":
        package = package[:-1]
    base = package[: len(package) - node.level + 1]
    return ".".join([*base, *([node.module] if node.module else [])])
