"""Whom a configuration's tables of options speak to: a table for nobody is a slip, and was passed over in silence."""

from __future__ import annotations

import difflib
import logging
from collections.abc import Iterator
from typing import TYPE_CHECKING

from navila_sdk.errors import ConfigError, PluginError, UnknownNameError

if TYPE_CHECKING:
    from navila_sdk.config import LoadedConfig
    from navila_sdk.plugins.registry import Plugins

_log = logging.getLogger(__name__)
_SET = "--set "


def check_addressed(loaded: LoadedConfig, plugins: Plugins) -> None:
    """Refuse ``--set planners.NAME.option=...`` for a planner that isn't there; worlds and benchmarks likewise.

    A file's table for a plugin that isn't installed is only logged: files are shared between machines.

    Args:
        loaded: The configuration.
        plugins: Who is there.

    Raises:
        ConfigError: Names every such option, and the nearest name there is.
    """
    slips: list[str] = []
    for kind, tables in (
        ("planner", loaded.config.planners),
        ("world", loaded.config.worlds),
        ("benchmark", loaded.config.benchmarks),
    ):
        known = plugins.names(kind) if tables else ()
        for name in (name for name in tables if name not in known and not _hidden(plugins, kind, name)):
            told = f"no {kind} of that name is installed and enabled{_nearest(name, known)}"
            sets = list(_set_by(loaded, f"{kind}s.{name}"))
            slips += (f"{path}: {told} (from {origin})" for path, origin in sets)
            if not sets:
                _log.warning("%s: [%ss.%s]: %s", loaded.path, kind, name, told)
    if slips:
        raise ConfigError("the configuration speaks to nobody:", slips)


def _hidden(plugins: Plugins, kind: str, name: str) -> bool:
    """Whether a plugin that has no package answers to the name, though metadata doesn't show it."""
    try:
        plugins.load(kind, name)
    except UnknownNameError:
        return False
    except PluginError:
        pass
    return True


def _set_by(loaded: LoadedConfig, table: str) -> Iterator[tuple[str, str]]:
    for path, origin in loaded.origins.items():
        if origin.startswith(_SET) and (path == table or path.startswith(f"{table}.")):
            yield path, origin


def _nearest(name: str, known: tuple[str, ...]) -> str:
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    return f"; did you mean {close[0]!r}?" if close else f"; there are: {', '.join(known) or 'none'}"
