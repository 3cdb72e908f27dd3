"""What is being examined: a plugin by name or by record, with the configuration and the place it comes from."""

from __future__ import annotations

import sys
import tempfile
from functools import cached_property
from pathlib import Path
from typing import Any

import attrs

from navila_sdk.config import Config, load_config
from navila_sdk.plugins import Plugins
from navila_sdk.plugins.unpackaged import plugin_folder
from navila_sdk.testing.conformance.fresh import Reading, read_alone
from navila_sdk.testing.conformance.places import Origin, shown


@attrs.frozen(slots=True)
class Bench:
    """Where plugins are examined.

    Attributes:
        config: Names what isn't said: the world, the options.
        plugins: Where names are looked up.
        folder: Where unpackaged plugins may lie.
    """

    config: Config
    plugins: Plugins
    folder: Path


def bench(config: Config | None = None, path: Path | None = None) -> Bench:
    """Return a bench with the configuration found beside the caller, or with one that was read already."""
    if config is None:
        loaded = load_config()
        config, path = loaded.config, loaded.path
    folder = plugin_folder(path)
    return Bench(config, Plugins(config.plugins.disable, config.plugins.strict, folder), folder)


class Subject:
    """A plugin.

    Args:
        kind: embodiment, world or planner.
        plugin: Its registered name, or its record.
        bench: Where it's examined.
    """

    def __init__(self, kind: str, plugin: object, bench: Bench) -> None:
        self.kind = kind
        self.bench = bench
        self._plugin = plugin
        self.name = plugin if isinstance(plugin, str) else str(getattr(plugin, "name", plugin))

    @cached_property
    def loaded(self) -> Any:  # noqa: ANN401 - a record of the subject's kind
        """The record.

        Raises:
            NavilaError: It can't be loaded.
        """
        return self.bench.plugins.load(self.kind, self._plugin) if isinstance(self._plugin, str) else self._plugin

    @cached_property
    def origin(self) -> Origin:
        """Where the record is made."""
        folder = self.bench.folder
        if not isinstance(self._plugin, str):
            return Origin(*_home_of(self._plugin), folder)
        rows = [row for row in self.bench.plugins.listing() if row.name == self.name]
        row = next((row for row in rows if row.kind == self.kind), rows[0] if rows else None)
        module, _, attribute = (row.target if row else "").partition(":")
        return Origin(module, attribute, folder)

    @cached_property
    def reading(self) -> Reading:
        """What happens when the record's module is imported by itself."""
        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder) / "reading.json"
            return read_alone(self.origin.module, self.origin.file(), out, self.bench.folder)

    def mend(self, field: str = "") -> str:
        """Return the file and line where a field of the record is set."""
        return self.origin.place(field)

    def owns(self, file: str) -> bool:
        """Whether a file belongs to the plugin rather than to navila or Python."""
        own = self.origin.file()
        return own is not None and Path(file).is_relative_to(own.parent)

    @property
    def own_file(self) -> str:
        """The record's module, as a file."""
        file = self.origin.file()
        return shown(file) if file else self.origin.module


def _home_of(record: object) -> tuple[str, str]:
    """Return module and name of a record that is held as a value."""
    for name, module in list(sys.modules.items()):
        for attribute, value in list(getattr(module, "__dict__", {}).items()):
            if value is record:
                return name, attribute
    return "", ""
