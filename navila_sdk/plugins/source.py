"""Where a module's source stands, found without importing it or any of its parents."""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path

import attrs


@attrs.frozen(slots=True)
class Source:
    """A module that can be found.

    Attributes:
        name: Its full name.
        path: Its Python source; None for extensions, namespace packages and what isn't a file.
        locations: Where its submodules are looked up; empty if it's no package.
    """

    name: str
    path: Path | None
    locations: tuple[str, ...] = ()


class Finder:
    """Finds modules on ``sys.path`` and, last, in ``folder``; remembers what it found."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._found: dict[str, Source | None] = {}

    def exists(self, root: str) -> bool:
        """Whether a top-level module of that name can be found."""
        return root in sys.stdlib_module_names or root in sys.modules or self.find(root) is not None

    def find(self, name: str) -> Source | None:
        """Return where the module stands, or None."""
        if name not in self._found:
            parent, _, last = name.rpartition(".")
            self._found[name] = self._child(parent, last) if parent else self._root(name)
        return self._found[name]

    def _root(self, name: str) -> Source | None:
        try:
            spec = importlib.util.find_spec(name)
        except (ImportError, ValueError, AttributeError):
            spec = None
        if spec is None and self._folder is not None:
            spec = PathFinder.find_spec(name, [str(self._folder)])
        return _source(name, spec)

    def _child(self, parent: str, last: str) -> Source | None:
        package = self.find(parent)
        if package is None:
            return None
        name = f"{parent}.{last}"
        try:
            return _source(name, PathFinder.find_spec(name, package.locations))
        except KeyError:
            # A namespace package inside a package asks for its imported parent, which we refuse to import.
            return _namespace(name, last, package.locations)


def _namespace(name: str, last: str, locations: Sequence[str]) -> Source | None:
    folders = tuple(path for at in locations if os.path.isdir(path := os.path.join(at, last)))
    return Source(name, None, folders) if folders else None


def _source(name: str, spec: ModuleSpec | None) -> Source | None:
    if spec is None:
        return None
    path = Path(spec.origin) if spec.has_location and spec.origin and spec.origin.endswith(".py") else None
    return Source(name, path, tuple(spec.submodule_search_locations or ()))
