"""The one door to plugins: list them by metadata, load them by name, and never fall over one of them."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, cast

from navila_sdk.errors import PluginConflictError, PluginError, UnknownNameError
from navila_sdk.plugins.addressed import check_addressed
from navila_sdk.plugins.candidate import LOCAL_FILE, Candidate
from navila_sdk.plugins.disable import DisableList
from navila_sdk.plugins.discovery import installed
from navila_sdk.plugins.info import HOOKS, NAVILA_PLUGIN_API, RECORD_KINDS, PluginInfo
from navila_sdk.plugins.listing import conflict_text, list_plugins
from navila_sdk.plugins.loader import Loader
from navila_sdk.plugins.loading import load_error
from navila_sdk.plugins.records import check_api, checked
from navila_sdk.plugins.unpackaged import from_environment, plugin_folder

if TYPE_CHECKING:
    from navila_sdk.config import Config, LoadedConfig
    from navila_sdk.embodiment import Embodiment
    from navila_sdk.grammar import Dialect
    from navila_sdk.planner import PlannerRecord
    from navila_sdk.plugins.hooks import HookPlugins
    from navila_sdk.world import WorldRecord

_log = logging.getLogger(__name__)


class Plugins:
    """All plugins this process can see.

    A plugin that fails is remembered with its error, shown as a row of the listing, and left alone.

    Args:
        disable: Names, ``kind/name`` or distributions to leave alone, besides ``NAVILA_DISABLE_PLUGINS``.
        strict: Raise at the first broken plugin where it would only be left out.
        folder: Where ``navila_plugin.py`` is looked for; the current folder if None.
        env: The environment; the process's own if None.
        timer: Seconds that pass, for reporting slow imports; replaced in tests.
    """

    def __init__(
        self,
        disable: Iterable[str] = (),
        strict: bool = False,
        folder: Path | None = None,
        env: Mapping[str, str] | None = None,
        timer: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._env = os.environ if env is None else env
        self._disabled = DisableList(disable, self._env)
        self._strict = strict
        self._loader = Loader(Path.cwd() if folder is None else folder, timer)
        self._hooks: HookPlugins | None = None

    @classmethod
    def from_config(cls, config: Config, path: Path | None = None) -> Plugins:
        """Return the plugins a configuration sees.

        Args:
            config: Its ``[plugins]`` table counts.
            path: The config file; ``navila_plugin.py`` is looked for beside it.
        """
        return cls(config.plugins.disable, config.plugins.strict, plugin_folder(path))

    @classmethod
    def of(cls, loaded: LoadedConfig) -> Plugins:
        """Return the plugins a loaded configuration sees, once all that ``--set`` speaks to is among them.

        Raises:
            ConfigError: ``--set`` names an option of a planner, world or benchmark that isn't there.
        """
        plugins = cls.from_config(loaded.config, loaded.path)
        check_addressed(loaded, plugins)
        return plugins

    @property
    def quarantine(self) -> Mapping[Candidate, PluginError]:
        """The plugins that failed so far, with their errors."""
        return dict(self._loader.evidence.failed)

    def names(self, kind: str) -> tuple[str, ...]:
        """Return the names of one kind that are registered and enabled, without loading any."""
        return tuple(sorted({c.name for c in self._enabled if c.kind == kind}))

    def listing(self) -> tuple[PluginInfo, ...]:
        """Return every plugin with its status, judged from metadata and source; imports none of them.

        A plugin that was loaded already shows what loading it said.
        """
        loader = self._loader
        return list_plugins(self._candidates, self._disabled.reason, loader.folder, loader.evidence)

    def check(self) -> tuple[PluginInfo, ...]:
        """Load every enabled plugin and return the listing that results.

        Raises:
            PluginError: Only if strict: the first plugin that failed.
        """
        self.hooks()
        for candidate in self._enabled:
            if candidate.kind != HOOKS:
                self._quarantined(self._loader.record, candidate)
        return self.listing()

    def load(self, kind: str, name: str) -> object:
        """Return the record of that kind and name; imports that plugin and no other.

        Raises:
            UnknownNameError: Nothing of that name is registered and enabled.
            PluginConflictError: Two distributions register it.
            PluginApiError: It speaks another plugin API.
            PluginLoadError: It can't be imported, or isn't a record of that kind.
        """
        if kind not in RECORD_KINDS:
            raise UnknownNameError("kind of plugin", kind, RECORD_KINDS)
        claims = [c for c in self._enabled if c.name == name and self._loader.kind_of(c) == kind]
        if len(claims) > 1:
            raise PluginConflictError(conflict_text(claims, kind))
        return self._loader.record(claims[0], kind) if claims else self._hidden_record(kind, name)

    def embodiment(self, name: str) -> Embodiment:
        """Return an embodiment record; raises as ``load``."""
        return cast("Embodiment", self.load("embodiment", name))

    def world(self, name: str) -> WorldRecord:
        """Return a world record; raises as ``load``."""
        return cast("WorldRecord", self.load("world", name))

    def planner(self, name: str) -> PlannerRecord:
        """Return a planner record; raises as ``load``."""
        return cast("PlannerRecord", self.load("planner", name))

    def dialect(self, name: str) -> Dialect:
        """Return a dialect; raises as ``load``."""
        return cast("Dialect", self.load("dialect", name))

    def hooks(self) -> HookPlugins:
        """Load the hook plugins, once; one that fails is logged and left out.

        Raises:
            PluginError: Only if strict: the first hook plugin that failed.
        """
        if self._hooks is None:
            # Imported here because pluggy costs more than a listing does.
            from navila_sdk.plugins.hooks import HookPlugins

            hooks = HookPlugins()
            for candidate in self._enabled:
                if candidate.kind == HOOKS:
                    self._quarantined(lambda c: self._register(hooks, c), candidate)
            self._hooks = hooks
        return self._hooks

    @cached_property
    def _candidates(self) -> tuple[Candidate, ...]:
        local = self._loader.file.candidates if self._loader.file else ()
        return (*installed(), *from_environment(self._env), *local)

    @property
    def _enabled(self) -> list[Candidate]:
        return [c for c in self._candidates if not self._disabled.reason(c)]

    def _register(self, hooks: HookPlugins, candidate: Candidate) -> None:
        plugin = self._loader.load(candidate)
        with self._loader.evidence.of(candidate):
            try:
                check_api(getattr(plugin, "navila_api", NAVILA_PLUGIN_API), candidate)
                hooks.register(plugin, candidate)
            except (Exception, SystemExit) as error:
                # A plugin object may raise on any access to it; that too is the plugin's fault, by name.
                raise load_error(candidate, error) from error

    def _quarantined(self, act: Callable[[Candidate], object], candidate: Candidate) -> None:
        try:
            act(candidate)
        except PluginError as error:
            if self._strict:
                raise
            _log.warning("%s", error)

    def _hidden_record(self, kind: str, name: str) -> object:
        """Look for a record that only running ``navila_plugin.py`` shows; give up with what is known."""
        note = self._disabled_note(kind, name)
        hidden = Candidate(name, kind, LOCAL_FILE, "", LOCAL_FILE)
        if not self._disabled.reason(hidden):
            try:
                records = self._loader.local_records()
            except PluginError as error:
                note = f"{note} Besides, {error}".strip()
            else:
                if (kind, name) in records:
                    return checked(records[kind, name], hidden, kind)
        raise UnknownNameError(kind, name, self.names(kind), note)

    def _disabled_note(self, kind: str, name: str) -> str:
        for candidate in self._candidates:
            reason = self._disabled.reason(candidate)
            if reason and candidate.name == name and candidate.kind in (kind, ""):
                return f"{candidate.label} is {reason}; take it out there to use it."
        return ""
