"""Whom a configuration's tables of options speak to: a table for nobody is a slip, and was passed over in silence."""

from __future__ import annotations

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
        for name in (name for name in tables if name not in known):
            told = _unknown(plugins, kind, name)
            sets = list(_set_by(loaded, f"{kind}s.{name}"))
            if told and sets:
                slips += (f"{path}: {told} (from {origin})" for path, origin in sets)
            elif told:
                _log.warning("%s: [%ss.%s]: %s", loaded.path, kind, name, told)
    if slips:
        raise ConfigError("the configuration speaks to nobody:", slips)


def _unknown(plugins: Plugins, kind: str, name: str) -> str:
    """Return what is wrong with a name; empty where a plugin without a package answers to it, unseen by metadata."""
    try:
        plugins.load(kind, name)
    except UnknownNameError as error:
        return str(error)
    except PluginError:
        pass
    return ""


def _set_by(loaded: LoadedConfig, table: str) -> Iterator[tuple[str, str]]:
    for path, origin in loaded.origins.items():
        if origin.startswith(_SET) and (path == table or path.startswith(f"{table}.")):
            yield path, origin
