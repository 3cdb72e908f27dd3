"""Judging a plugin by its source: what would surely fail at import is found without importing anything.

"ok" here means that nothing was found against it. Only loading tells the whole truth.
"""

from __future__ import annotations

import ast
from pathlib import Path

import attrs

from navila_sdk.plugins.candidate import Candidate
from navila_sdk.plugins.declared import declared_api, declared_kind, literal_api
from navila_sdk.plugins.info import HOOKS, NAVILA_PLUGIN_API
from navila_sdk.plugins.outline import Outline, read_outline
from navila_sdk.plugins.source import Finder, Source

_HOST = "navila_sdk"
_MAX_MODULES = 60


@attrs.frozen(slots=True)
class Verdict:
    """What the source says of a plugin: the fault found, its API version, and its kind where that shows."""

    fault: str = ""
    api: str = NAVILA_PLUGIN_API
    kind: str = ""


class _FaultError(Exception):
    """Ends the search at the first fault."""


class Vetter:
    """Vets candidates; files and lookups are read once for all of them."""

    def __init__(self, folder: Path | None = None) -> None:
        self._finder = Finder(folder)
        self._outlines: dict[Path, Outline] = {}

    def vet(self, candidate: Candidate) -> Verdict:
        """Return the verdict on one candidate."""
        if candidate.fault:
            return Verdict(candidate.fault)
        if not candidate.module:
            return Verdict(f"its target {candidate.target!r} isn't of the form module:attribute")
        if not candidate.attribute and candidate.kind != HOOKS:
            return Verdict(f"its target {candidate.target!r} names no record: write module:attribute")
        try:
            self._walk(candidate.module)
            return self._judge(candidate)
        except _FaultError as fault:
            return Verdict(str(fault), self._api_if_readable(candidate))

    def _api_if_readable(self, candidate: Candidate) -> str:
        try:
            return self._judge(candidate).api
        except _FaultError:
            return NAVILA_PLUGIN_API

    def outline(self, source: Source) -> Outline | None:
        """Return a module's outline, or None where there is no source to read."""
        if source.path is None:
            return None
        if source.path not in self._outlines:
            self._outlines[source.path] = _read(source.path)
        return self._outlines[source.path]

    def _walk(self, target: str) -> None:
        """Follow what importing the target runs, inside its own package."""
        root = target.partition(".")[0]
        waiting, done = [*_with_parents(target)], set[str]()
        while waiting and len(done) < _MAX_MODULES:
            name = waiting.pop(0)
            if name in done:
                continue
            done.add(name)
            source = self._finder.find(name)
            if source is None:
                raise _FaultError(f"ModuleNotFoundError: No module named {name!r}")
            outline = self.outline(source)
            if outline is None:
                continue
            for stmt in outline.imports:
                for wanted in self._imported(stmt, source, root):
                    if wanted.partition(".")[0] != root:
                        self._must_exist(wanted.partition(".")[0], source, stmt)
                    elif root != _HOST:  # the host runs already; its modules need no vetting
                        self._must_find(wanted, source, stmt)
                        waiting.extend(_with_parents(wanted))
            if outline.exits is not None:
                raise _FaultError(f"{ast.unparse(outline.exits)[:200]} {_at(source, outline.exits)}")

    def _must_exist(self, root: str, source: Source, stmt: ast.stmt) -> None:
        if not self._finder.exists(root):
            raise _FaultError(f"ModuleNotFoundError: No module named {root!r} {_at(source, stmt)}")

    def _must_find(self, name: str, source: Source, stmt: ast.stmt) -> None:
        if self._finder.find(name) is None:
            raise _FaultError(f"ModuleNotFoundError: No module named {name!r} {_at(source, stmt)}")

    def _imported(self, stmt: ast.Import | ast.ImportFrom, source: Source, root: str) -> list[str]:
        if isinstance(stmt, ast.Import):
            return [alias.name for alias in stmt.names]
        base = _absolute(stmt, source)
        if base.partition(".")[0] != root or root == _HOST:
            return [base]
        # "from package import name" imports a submodule where there is one of that name.
        submodules = (f"{base}.{alias.name}" for alias in stmt.names)
        return [base, *(name for name in submodules if self._finder.find(name))]

    def _judge(self, candidate: Candidate) -> Verdict:
        """Look at what the target's attribute is."""
        source = self._finder.find(candidate.module)
        outline = self.outline(source) if source else None
        if source is None or outline is None:
            return Verdict()
        if not candidate.attribute:
            stated = outline.bindings.get("navila_api")
            return Verdict(api=literal_api(stated, outline) if stated else NAVILA_PLUGIN_API, kind=HOOKS)
        first = candidate.attribute.partition(".")[0]
        if first not in outline.bindings and not outline.open_ended:
            raise _FaultError(f"AttributeError: {candidate.module} defines no {first!r} at its top level")
        if first != candidate.attribute:
            return Verdict()
        value, outline = self._resolve(first, source, outline)
        kind = declared_kind(value)
        fault = ""
        if candidate.kind and kind and kind != candidate.kind:
            fault = f"it's registered as {candidate.kind}, but {candidate.target} is a record of kind {kind}"
        elif candidate.kind != HOOKS and isinstance(value, ast.Constant):
            fault = f"{candidate.target} is {value.value!r}, no record"
        return Verdict(fault, declared_api(value, outline), kind)

    def _resolve(self, name: str, source: Source, outline: Outline) -> tuple[ast.AST | None, Outline]:
        """Follow ``from .module import name`` to where the value is made."""
        value = outline.bindings.get(name)
        for _ in range(8):
            if isinstance(value, ast.Name):
                value = outline.bindings.get(value.id)
            elif isinstance(value, ast.ImportFrom):
                made = next((a.name for a in value.names if (a.asname or a.name) == name), name)
                found = self._finder.find(_absolute(value, source))
                further = self.outline(found) if found else None
                if found is None or further is None:
                    return None, outline
                name, source, outline = made, found, further
                value = outline.bindings.get(name)
            else:
                return value, outline
        return None, outline


def _read(path: Path) -> Outline:
    try:
        return read_outline(path.read_bytes(), str(path))
    except SyntaxError as error:
        raise _FaultError(f"SyntaxError: {error.msg} (at {path.name}:{error.lineno})") from None
    except (OSError, ValueError, RecursionError) as error:
        raise _FaultError(f"{path.name} can't be read: {type(error).__name__}: {error}") from None


def _with_parents(name: str) -> list[str]:
    parts = name.split(".")
    return [".".join(parts[: i + 1]) for i in range(len(parts))]


def _absolute(stmt: ast.ImportFrom, source: Source) -> str:
    """Return the full name a from-import starts at."""
    if not stmt.level:
        return stmt.module or ""
    package = source.name if source.locations else source.name.rpartition(".")[0]
    for _ in range(stmt.level - 1):
        package = package.rpartition(".")[0]
    return f"{package}.{stmt.module}" if stmt.module else package


def _at(source: Source, stmt: ast.stmt) -> str:
    file = "/".join(source.path.parts[-2:]) if source.path else source.name
    return f"(at {file}:{stmt.lineno})"
