"""Where a plugin says what it says: the file and line of a record's field, or of a method, without running anything."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable
from pathlib import Path

import attrs

from navila_sdk.plugins.outline import Outline, callee, read_outline
from navila_sdk.plugins.source import Finder, Source

RECORDS = ("Embodiment", "WorldRecord", "PlannerRecord", "fake_embodiment")
_HOPS = 8


def shown(path: Path | str, line: int = 0) -> str:
    """Return a file as people write it: relative to where they stand if it lies below, with the line."""
    path = Path(path)
    near = path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
    return f"{near}:{line}" if line else str(near)


def code_place(thing: object) -> str:
    """Return where a function, method or class is defined; empty where there is no source."""
    try:
        unwrapped = inspect.unwrap(thing) if callable(thing) else type(thing)
        file, (_, line) = inspect.getsourcefile(unwrapped), inspect.getsourcelines(unwrapped)  # type: ignore[arg-type]
    except (TypeError, OSError):
        return ""
    return shown(file, line) if file else ""


@attrs.frozen(slots=True)
class Origin:
    """Where a record is made.

    Attributes:
        module: Module of its target; a path for a file that is no module.
        attribute: Name it's bound to there.
        folder: Where modules may lie besides ``sys.path``.
    """

    module: str
    attribute: str
    folder: Path

    def file(self) -> Path | None:
        """Return the module's own file."""
        source = self._source(self.module)
        return source.path if source else None

    def place(self, field: str = "") -> str:
        """Return file and line of a field of the record, given by its dotted path; as near as the source shows."""
        source = self._source(self.module)
        outline = _outline(source)
        if source is None or outline is None or source.path is None:
            return self.module
        node, source, outline = self._made(source, outline)
        path = source.path or Path(source.name)
        return shown(path, _line(node, field.split(".") if field else [], outline))

    def _source(self, module: str) -> Source | None:
        file = self.folder / module
        if module.endswith(".py") and file.is_file():
            return Source(file.stem, file)
        return Finder(self.folder).find(module)

    def _made(self, source: Source, outline: Outline) -> tuple[ast.AST | None, Source, Outline]:
        """Follow ``from .record import embodiment`` to the file where the record is made."""
        name = self.attribute.partition(".")[0]
        value = outline.bindings.get(name)
        for _ in range(_HOPS):
            if isinstance(value, ast.Name):
                name = value.id
            elif isinstance(value, ast.ImportFrom):
                original = next((a.name for a in value.names if (a.asname or a.name) == name), name)
                package = source.name if source.locations else source.name.rpartition(".")[0]
                base = (f"{package}." if value.level else "") + (value.module or "")
                further = self._source(base.rstrip("."))
                below = _outline(further)
                if further is None or below is None:
                    break
                name, source, outline = original, further, below
            else:
                break
            value = outline.bindings.get(name)
        return value, source, outline


def _outline(source: Source | None) -> Outline | None:
    if source is None or source.path is None:
        return None
    try:
        return read_outline(source.path.read_bytes(), str(source.path))
    except (OSError, SyntaxError, ValueError):
        return None


def _line(node: ast.AST | None, parts: list[str], outline: Outline) -> int:
    """Return the line of the keyword that sets a field, or of what is nearest to it."""
    line = getattr(node, "lineno", 0)
    if isinstance(node, ast.FunctionDef):
        node = next((part for part in ast.walk(node) if callee(part) in RECORDS), node)
        line = getattr(node, "lineno", line)
    for part in parts:
        if isinstance(node, ast.Name):
            node = outline.bindings.get(node.id)
        if not isinstance(node, ast.Call):
            return line
        keyword = next((k for k in node.keywords if k.arg == part), None)
        if keyword is None:
            return line
        line, node = keyword.value.lineno, keyword.value
    return line


def raised_at(error: BaseException, near: Callable[[str], bool]) -> str:
    """Return the deepest line of a traceback whose file ``near`` accepts; empty where there is none."""
    found = ""
    trace = error.__traceback__
    while trace is not None:
        file = trace.tb_frame.f_code.co_filename
        if near(file):
            found = shown(file, trace.tb_lineno)
        trace = trace.tb_next
    return found
