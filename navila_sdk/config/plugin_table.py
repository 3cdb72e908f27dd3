"""The [plugins] table alone, for commands that must start fast and survive a broken run configuration."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import attrs

from navila_sdk.config.files import find_config, read_toml
from navila_sdk.errors import ConfigError


@attrs.frozen(slots=True)
class PluginTable:
    """What a listing of plugins needs to know of the configuration, and the file it was read from."""

    disable: tuple[str, ...]
    strict: bool
    path: Path | None


def load_plugin_table(
    path: Path | str | None = None, cwd: Path | None = None, env: Mapping[str, str] | None = None
) -> PluginTable:
    """Return ``[plugins]`` of the config file that a run would read; imports no settings class.

    Raises:
        ConfigError: The file can't be read, or the table doesn't fit.
    """
    cwd = Path.cwd() if cwd is None else cwd
    file = find_config(Path(path) if path is not None else None, cwd, os.environ if env is None else env)
    table: Any = read_toml(file).get("plugins", {}) if file else {}
    if not isinstance(table, dict):
        raise ConfigError(f"{file}: plugins: expected a table, found {table!r}")
    values = cast("dict[str, Any]", table)
    disable: Any = values.get("disable", [])
    strict: Any = values.get("strict", False)
    if not isinstance(disable, list) or not all(isinstance(x, str) for x in cast("list[Any]", disable)):
        raise ConfigError(f"{file}: plugins.disable: expected a list of text, found {disable!r}")
    if not isinstance(strict, bool):
        raise ConfigError(f"{file}: plugins.strict: expected true or false, found {strict!r}")
    return PluginTable(tuple(cast("list[str]", disable)), strict, file)
