"""Ways in without a package: ``navila_plugin.py`` beside the config, and ``NAVILA_PLUGINS``."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType

import attrs

from navila_sdk.plugins.candidate import ENV_PLUGINS, LOCAL_FILE, Candidate
from navila_sdk.plugins.declared import declared_api, declared_kind, declared_name
from navila_sdk.plugins.info import HOOKS, RECORD_KINDS
from navila_sdk.plugins.outline import Outline, read_outline
from navila_sdk.plugins.records import record_kind


def from_environment(env: Mapping[str, str]) -> tuple[Candidate, ...]:
    """Return the candidates of ``NAVILA_PLUGINS="name=module:attribute,other=module"``.

    A target without an attribute is a module of hooks; any other's kind shows when it's loaded.
    """
    found: list[Candidate] = []
    for item in env.get(ENV_PLUGINS, "").split(","):
        if not item.strip():
            continue
        name, equals, target = (part.strip() for part in item.partition("="))
        complete = name and equals and target
        fault = "" if complete else f"{item.strip()!r} isn't of the form name=module:attribute"
        kind = "" if ":" in target or fault else HOOKS
        found.append(Candidate(name or item.strip(), kind, ENV_PLUGINS, "", target, fault))
    return tuple(found)


@attrs.frozen(slots=True)
class LocalFile:
    """``navila_plugin.py`` as its source shows it.

    Attributes:
        path: Where it lies.
        candidates: The records and hooks its top level shows.
        apis: API version of each candidate.
    """

    path: Path
    candidates: tuple[Candidate, ...]
    apis: Mapping[Candidate, str]


def plugin_folder(config_path: Path | None) -> Path:
    """Return where ``navila_plugin.py`` lies: beside the config file, else in the current folder."""
    beside = config_path.parent if config_path is not None else Path.cwd()
    return beside if (beside / LOCAL_FILE).is_file() else Path.cwd()


def local_file(folder: Path) -> LocalFile | None:
    """Return the plugin file in a folder, read but not run; None if there is none."""
    path = folder / LOCAL_FILE
    if not path.is_file():
        return None
    try:
        outline = read_outline(path.read_bytes(), str(path))
    except (OSError, SyntaxError, ValueError, RecursionError) as error:
        line = getattr(error, "lineno", None)
        at = f" (at {LOCAL_FILE}:{line})" if line else ""
        fault = f"{type(error).__name__}: {getattr(error, 'msg', error)}{at}"
        return LocalFile(path, (Candidate(path.stem, "", LOCAL_FILE, "", LOCAL_FILE, fault),), {})
    apis = dict(_shown(outline))
    return LocalFile(path, tuple(apis), apis)


def _shown(outline: Outline) -> Iterator[tuple[Candidate, str]]:
    for variable, value in outline.bindings.items():
        if isinstance(value, ast.Call) and (kind := declared_kind(value)):
            name = declared_name(value) or variable
            candidate = Candidate(name, kind, LOCAL_FILE, "", f"{LOCAL_FILE}:{variable}")
            yield candidate, declared_api(value, outline)
    if any(isinstance(v, ast.FunctionDef) and n.startswith("navila_") for n, v in outline.bindings.items()):
        yield Candidate(Path(LOCAL_FILE).stem, HOOKS, LOCAL_FILE, "", LOCAL_FILE), "1"


def records_in(module: ModuleType) -> dict[tuple[str, str], object]:
    """Return the top-level records of a loaded plugin file by kind and name."""
    found: dict[tuple[str, str], object] = {}
    for value in vars(module).values():
        kind = record_kind(value) if not isinstance(value, ModuleType) else ""
        if kind in RECORD_KINDS and kind != "dialect":
            found.setdefault((kind, str(getattr(value, "name", ""))), value)
    return found
