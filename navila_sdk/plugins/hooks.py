"""The hook implementations of all plugins: checked when registered, called one at a time."""

from __future__ import annotations

import difflib
import inspect
import logging
from collections.abc import Mapping

import pluggy

from navila_sdk.errors import PluginLoadError
from navila_sdk.plugins import hookspecs
from navila_sdk.plugins.candidate import Candidate
from navila_sdk.plugins.loading import describe

_log = logging.getLogger(__name__)
_PREFIXES = ("navila_on_", "navila_add_")


class HookPlugins:
    """Holds the hook plugins that passed the checks, the last registered called first as in pluggy."""

    def __init__(self) -> None:
        self._manager = pluggy.PluginManager("navila")
        self._manager.add_hookspecs(hookspecs)

    @property
    def names(self) -> tuple[str, ...]:
        """The registered plugins."""
        return tuple(name for name, _ in self._manager.list_name_plugin())

    def register(self, plugin: object, candidate: Candidate) -> None:
        """Take up one plugin: a module, an object, or a class made without arguments.

        Raises:
            PluginLoadError: A hook is misspelt, unmarked, a wrapper, or takes arguments it isn't given.
        """
        if inspect.isclass(plugin):
            plugin = plugin()
        name = f"{candidate.name} ({candidate.origin})"
        self._refuse_unmarked(plugin, candidate)
        try:
            self._manager.register(plugin, name=name)
            self._check_pending(plugin)
        except (ValueError, pluggy.PluginValidationError) as error:
            if self._manager.is_registered(plugin):
                self._manager.unregister(plugin)
            raise PluginLoadError(
                f"{candidate.label} can't be used: {error}. To mend it: {candidate.remedy}"
            ) from error

    def implementations(self, hook: str) -> list[pluggy.HookImpl]:
        """Return the implementations of one hook in the order they are called."""
        caller: pluggy.HookCaller = getattr(self._manager.hook, hook)
        return list(reversed(caller.get_hookimpls()))

    def add_commands(self, cli: object) -> None:
        """Let every plugin add its commands to a click group; one that raises is logged and left out."""
        for impl in self.implementations("navila_add_commands"):
            try:
                call(impl, {"cli": cli})
            except (Exception, SystemExit) as error:  # noqa: BLE001 - one plugin's bad command must not cost the others'
                _log.warning("plugin %s failed to add its commands: %s", impl.plugin_name, describe(error))

    def _refuse_unmarked(self, plugin: object, candidate: Candidate) -> None:
        for name in dir(plugin):
            value = getattr(plugin, name, None)
            if not (name.startswith(_PREFIXES) and inspect.isroutine(value)):
                continue
            if self._manager.parse_hookimpl_opts(plugin, name) is None:
                raise PluginLoadError(
                    f"{candidate.label} has {name}() without a mark, so it would never be called: put "
                    f"@hookimpl (from navila_sdk.plugins import hookimpl) over it"
                )

    def _check_pending(self, plugin: object) -> None:
        """Refuse what pluggy would silently never call, or what couldn't be called one at a time."""
        known = [name for name in dir(hookspecs) if name.startswith(_PREFIXES)]
        for caller in self._manager.get_hookcallers(plugin) or ():
            impls = [impl for impl in caller.get_hookimpls() if impl.plugin is plugin]
            if not caller.has_spec() and not all(impl.optionalhook for impl in impls):
                close = difflib.get_close_matches(caller.name, known, n=1, cutoff=0.5)
                guess = f" Did you mean {close[0]!r}?" if close else ""
                raise ValueError(f"there is no hook {caller.name!r}.{guess} Known: {', '.join(known)}")
            if any(impl.hookwrapper or impl.wrapper for impl in impls):
                raise ValueError(f"{caller.name} is a wrapper; hooks of navila can't be wrapped")


def call(impl: pluggy.HookImpl, given: Mapping[str, object]) -> object:
    """Call one implementation with those of the given arguments it takes."""
    return impl.function(*(given[name] for name in impl.argnames))
